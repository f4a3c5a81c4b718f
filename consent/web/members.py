"""Who acts for a firm: the list, invitations, roles, and the way out."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from consent.labels import ROLE_HELP, ROLES, sentence
from consent.selectors.firms import member_of, members_of, open_invitations
from consent.services import members as service
from consent.statuses import status_of
from consent.vocabulary import Role
from consent.web.acting import account_of, for_member, posted
from consent.web.forms import InvitationForm, RoleForm
from registry.errors import DomainError
from registry.selectors.people import account

if TYPE_CHECKING:
    from uuid import UUID

    from consent.models import Firm, FirmMember


@require_safe
@for_member()
def members(request: HttpRequest, member: FirmMember) -> HttpResponse:
    """List the members, and to owners those who are invited."""
    return _page(request, member, InvitationForm())


@posted
@for_member(Role.OWNER)
def invite(request: HttpRequest, member: FirmMember) -> HttpResponse:
    """Invite an address to join."""
    form = InvitationForm(request.POST)
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    if form.is_valid():
        email, role = form.cleaned_data["email"], Role(form.cleaned_data["role"])
        mail = _invitation_mail(member.firm, str(request.user), email, role)
        try:
            service.invite(inviter=member, email=email, role=role, mail=mail, at=timezone.now())
        except DomainError as refusal:
            form.add_error("email", sentence(refusal))
            status = status_of(refusal.code)
        else:
            messages.success(request, _("We have written to %(email)s.") % {"email": email})
            return redirect("consent:members")
    return _page(request, member, form, status=status)


@posted
@for_member(Role.OWNER)
def withdraw_invitation(request: HttpRequest, member: FirmMember, invitation: UUID) -> HttpResponse:
    """End an invitation of the firm."""
    service.withdraw_invitation(firm=member.firm, invitation=invitation, at=timezone.now())
    messages.success(request, _("The invitation is withdrawn."))
    return redirect("consent:members")


@posted
@for_member(Role.OWNER)
def change_role(request: HttpRequest, member: FirmMember, number: int) -> HttpResponse:
    """Let a member do more or less."""
    form = RoleForm(request.POST)
    if form.is_valid():
        try:
            service.change_role(
                member=_colleague(member, number), role=Role(form.cleaned_data["role"])
            )
        except DomainError as refusal:
            messages.error(request, sentence(refusal))
        else:
            messages.success(request, _("Saved."))
    return redirect("consent:members")


@posted
@for_member(Role.VIEWER)
def remove_member(request: HttpRequest, member: FirmMember, number: int) -> HttpResponse:
    """Let an owner dismiss a member, and anybody leave."""
    leaver = _colleague(member, number)
    if leaver.pk != member.pk and member.role != Role.OWNER:
        raise Http404
    try:
        service.remove(member=leaver)
    except DomainError as refusal:
        messages.error(request, sentence(refusal))
        return redirect("consent:members")
    if leaver.user_id == member.user_id:
        name = member.firm.organisation.name
        messages.success(request, _("You no longer act for %(name)s.") % {"name": name})
        return redirect("consent:firm")
    messages.success(request, _("%(email)s is no longer a member.") % {"email": leaver.user})
    return redirect("consent:members")


@posted
def accept(request: HttpRequest, invitation: UUID) -> HttpResponse:
    """Join the firm that invited the account's address."""
    try:
        service.accept(invitation=invitation, user=account_of(request), at=timezone.now())
    except DomainError as refusal:
        messages.error(request, sentence(refusal))
    return redirect("consent:firm")


@posted
def decline(request: HttpRequest, invitation: UUID) -> HttpResponse:
    """Refuse an invitation."""
    try:
        service.decline(invitation=invitation, user=account_of(request), at=timezone.now())
    except DomainError as refusal:
        messages.error(request, sentence(refusal))
    else:
        messages.success(request, _("The invitation is declined."))
    return redirect("consent:firm")


def _page(
    request: HttpRequest,
    member: FirmMember,
    form: InvitationForm,
    *,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    open_ones = open_invitations(at=timezone.now()).filter(firm=member.firm)
    context = {
        "member": member,
        "firm": member.firm,
        "members": members_of(member.firm),
        "invitations": open_ones if member.role == Role.OWNER else [],
        "roles": ROLES,
        "form": form,
    }
    return render(request, "consent/members.html", context, status=status)


def _colleague(member: FirmMember, number: int) -> FirmMember:
    found = member_of(member.firm, number)
    if found is None:
        raise Http404
    return found


def _invitation_mail(firm: Firm, inviter: str, email: str, role: Role) -> tuple[str, str]:
    """Give subject and text in the language of the account invited, else of this page."""
    invited = account(email)
    with translation.override(invited.language if invited else translation.get_language()):
        context = {
            "firm": firm.organisation.name,
            "inviter": inviter,
            "email": email,
            "role": dict(ROLES)[role],
            "role_help": ROLE_HELP[role],
            "days": service.INVITATION_LASTS.days,
            "url": settings.PUBLIC_URL + reverse("consent:firm"),
            "registry_url": settings.PUBLIC_URL,
        }
        subject = render_to_string("emails/invitation_subject.txt", context)
        return subject.strip(), render_to_string("emails/invitation.txt", context)
