"""A firm's API keys: issued, looked at, changed and ended by its members."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from consent.labels import KEY_SCOPES, sentence
from consent.selectors.firms import key_of
from consent.services import firms
from consent.statuses import status_of
from consent.vocabulary import Role
from consent.web.acting import for_member, posted
from consent.web.firms import firm_page
from consent.web.forms import KeyForm
from registry.errors import DomainError

if TYPE_CHECKING:
    from consent.models import ApiKey, FirmMember

DAY = 86_400  # seconds


@posted
@for_member(Role.ENGINEER)
def issue_key(request: HttpRequest, member: FirmMember) -> HttpResponse:
    """Show a new key in this one answer, and nowhere else ever."""
    form = KeyForm(request.POST)
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    if form.is_valid():
        wanted = form.cleaned_data
        if not cache.add(sent := f"key-form-{wanted.pop('once')}", "sent", DAY):
            messages.info(request, _("This form was sent before: its key is in the list."))
            return redirect("consent:firm")
        try:
            _key, text = firms.issue_key(firm=member.firm, at=timezone.now(), **wanted)
        except DomainError as refusal:
            form.add_error(None, sentence(refusal))
            status = status_of(refusal.code)
            cache.delete(sent)
        else:
            return firm_page(request, member, new_key=text)
    return firm_page(request, member, key_form=form, status=status)


@require_safe
@for_member()
def key(request: HttpRequest, member: FirmMember, public_id: str) -> HttpResponse:
    """Show one of the firm's keys, what it may be used for, and the ways to change it."""
    shown = _own_key(member, public_id)
    scopes = [label for scope, label in KEY_SCOPES if scope in shown.scopes]
    now = timezone.now()
    context = {
        "member": member,
        "firm": member.firm,
        "key": shown,
        "scopes": scopes,
        "is_over": bool(shown.revoked_at or (shown.expires_at and shown.expires_at <= now)),
    }
    return render(request, "consent/key.html", context)


@posted
@for_member(Role.ENGINEER)
def revoke_key(request: HttpRequest, member: FirmMember, public_id: str) -> HttpResponse:
    """End one of the firm's keys at once; another firm's is not found."""
    ended = _own_key(member, public_id)
    firms.revoke_key(key=ended, at=timezone.now())
    messages.success(request, _("The key %(id)s is revoked.") % {"id": ended.public_id})
    return redirect("consent:firm")


@posted
@for_member(Role.ENGINEER)
def set_strictness(request: HttpRequest, member: FirmMember, public_id: str) -> HttpResponse:
    """Make every no an opt-out in Spawning's format, or refusals alone."""
    changed = _own_key(member, public_id)
    firms.set_strictness(key=changed, is_strict=request.POST.get("is_strict") != "no")
    messages.success(request, _("Saved."))
    return redirect("consent:key", public_id=changed.public_id)


def _own_key(member: FirmMember, public_id: str) -> ApiKey:
    found = key_of(member.firm, public_id)
    if found is None:
        raise Http404
    return found
