"""The area of AI firms: who asks, with which keys, and how much is left of the quota."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from consent.labels import sentence
from consent.mailboxes import company_domain
from consent.selectors.firms import invitations_to, keys_of, membership_of
from consent.selectors.quotas import allowance_of
from consent.services import firms
from consent.statuses import status_of
from consent.web.acting import account_of, posted
from consent.web.docs import example
from consent.web.forms import FirmForm, KeyForm
from registry.errors import DomainError, InvalidName
from registry.selectors.people import confirmed_address

if TYPE_CHECKING:
    from consent.models import FirmMember


@never_cache
@require_safe
def firm(request: HttpRequest) -> HttpResponse:
    """Show the firm with its keys and quota; to others, how to become one."""
    if not request.user.is_authenticated:
        return render(request, "consent/for_firms.html")
    member = membership_of(account_of(request))
    return firm_page(request, member) if member else _founding_page(request, FirmForm())


@posted
def found_firm(request: HttpRequest) -> HttpResponse:
    """Sign the organisation up that the account's address belongs to."""
    form = FirmForm(request.POST)
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    if form.is_valid():
        try:
            firms.sign_up(name=form.cleaned_data["name"], user=account_of(request))
        except DomainError as refusal:
            field = "name" if isinstance(refusal, InvalidName) else None
            form.add_error(field, sentence(refusal))
            status = status_of(refusal.code)
        else:
            return redirect("consent:firm")
    return _founding_page(request, form, status=status)


def firm_page(
    request: HttpRequest,
    member: FirmMember,
    *,
    key_form: KeyForm | None = None,
    status: HTTPStatus = HTTPStatus.OK,
    **shown_once: Any,
) -> HttpResponse:
    """Give the area's first page, with what is `shown_once`."""
    now = timezone.now()
    context = {
        "member": member,
        "firm": member.firm,
        "keys": keys_of(member.firm),
        "key_form": key_form or KeyForm(),
        "allowance": allowance_of(member.firm, at=now),
        "now": now,
        "curl": example("with_key.sh"),
        **shown_once,
    }
    return render(request, "consent/firm.html", context, status=status)


def _founding_page(
    request: HttpRequest, form: FirmForm, *, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    address = confirmed_address(account_of(request).pk) or ""
    context = {
        "form": form,
        "address": address,
        "domain": company_domain(address.rpartition("@")[2]),
        "invitations": invitations_to(account_of(request), at=timezone.now()),
    }
    return render(request, "consent/found_firm.html", context, status=status)
