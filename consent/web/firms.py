"""The area of AI firms: who asks, with which keys, and how much is left of the quota."""

from __future__ import annotations

from functools import wraps
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from consent.labels import sentence
from consent.selectors.firms import firm_of, key_of, keys_of
from consent.selectors.quotas import allowance_of
from consent.services import firms
from consent.statuses import status_of
from consent.web.docs import example
from consent.web.forms import FirmForm, KeyForm
from registry.errors import DomainError

HOUR = 3600  # seconds

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.contrib.auth.models import AbstractBaseUser

    from consent.models import Firm

    View = Callable[..., HttpResponse]


def _posted(view: View) -> View:
    """Let a member's POST through; any other way in leads to the area's first page."""

    @never_cache
    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, **arguments: str) -> HttpResponse:
        if request.method != "POST":
            return redirect("consent:firm")
        return view(request, **arguments)

    return guarded


@never_cache
@require_safe
def firm(request: HttpRequest) -> HttpResponse:
    """Show the firm with its keys and quota; to others, how to become one."""
    if not request.user.is_authenticated:
        return render(request, "consent/for_firms.html")
    own = firm_of(_member(request))
    return _firm_page(request, own) if own else _founding_page(request, FirmForm())


@_posted
def found_firm(request: HttpRequest) -> HttpResponse:
    """Sign the organisation up by its name."""
    form = FirmForm(request.POST)
    if form.is_valid():
        try:
            firms.found_firm(name=form.cleaned_data["name"], user=_member(request))
        except DomainError as refusal:
            form.add_error("name", sentence(refusal))
        else:
            return redirect("consent:firm")
    return _founding_page(request, form, status=status_of("invalid-name"))


@_posted
def issue_key(request: HttpRequest) -> HttpResponse:
    """Show a new key in this one answer, and nowhere else ever."""
    own = _own_firm(request)
    form = KeyForm(request.POST)
    if not form.is_valid():
        return _firm_page(request, own, key_form=form, status=status_of("invalid-name"))
    _key, text = firms.issue_key(firm=own, at=timezone.now(), **form.cleaned_data)
    return _firm_page(request, own, new_key=text)


@_posted
def revoke_key(request: HttpRequest, public_id: str) -> HttpResponse:
    """End one of the firm's keys at once; another firm's is not found."""
    key = key_of(_own_firm(request), public_id)
    if key is None:
        raise Http404
    firms.revoke_key(key=key, at=timezone.now())
    messages.success(request, _("The key %(id)s is revoked.") % {"id": key.public_id})
    return redirect("consent:firm")


def _member(request: HttpRequest) -> AbstractBaseUser:
    """Give the account, where it is known to be signed in."""
    return cast("AbstractBaseUser", request.user)


def _own_firm(request: HttpRequest) -> Firm:
    own = firm_of(_member(request))
    if own is None:
        raise Http404
    return own


def _firm_page(
    request: HttpRequest,
    own: Firm,
    *,
    key_form: KeyForm | None = None,
    status: HTTPStatus = HTTPStatus.OK,
    **shown_once: Any,
) -> HttpResponse:
    now, plan = timezone.now(), own.plan
    context = {
        "firm": own,
        "keys": keys_of(own),
        "key_form": key_form or KeyForm(),
        "allowance": allowance_of(own, at=now),
        "items_an_hour": (plan.items or 0) * HOUR // plan.period_seconds,
        "now": now,
        "curl": example("with_key.sh"),
        **shown_once,
    }
    return render(request, "consent/firm.html", context, status=status)


def _founding_page(
    request: HttpRequest, form: FirmForm, *, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    return render(request, "consent/found_firm.html", {"form": form}, status=status)
