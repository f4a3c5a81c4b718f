"""Who acts for a firm: invited by an owner, joining by themselves, leaving at any time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from consent.errors import (
    AlreadyInvited,
    AlreadyMember,
    InvitationEnded,
    LastOwner,
    TooManyInvitations,
)
from consent.models import Firm, FirmMember, Invitation
from consent.selectors.firms import invitations_to, members_of
from consent.services.firms import join, lock
from consent.vocabulary import Role
from registry.services.reports import mail_written

if TYPE_CHECKING:
    from uuid import UUID

    from django.contrib.auth.models import AbstractBaseUser

INVITATION_LASTS = timedelta(days=14)
INVITATION_KEPT = timedelta(days=30)
MOST_INVITATIONS = 20  # a day
DAY = timedelta(days=1)


@transaction.atomic
def invite(
    *, inviter: FirmMember, email: str, role: Role, mail: tuple[str, str], at: datetime
) -> Invitation:
    """Give the invitation, and queue its `mail`, a subject and a text.

    Raises AlreadyMember, AlreadyInvited and TooManyInvitations.
    """
    email, firm = email.strip().lower(), inviter.firm
    lock(firm)
    if members_of(firm).filter(user__email=email).exists():
        raise AlreadyMember
    if Invitation.objects.filter(firm=firm, invited_at__gt=at - DAY).count() >= MOST_INVITATIONS:
        raise TooManyInvitations(limit=MOST_INVITATIONS)
    expired = Invitation.objects.filter(firm=firm, email=email, expires_at__lte=at, ended_at=None)
    expired.update(ended_at=at)
    try:
        with transaction.atomic():
            invitation = Invitation.objects.create(
                firm=firm,
                inviter=inviter,
                email=email,
                role=role,
                invited_at=at,
                expires_at=at + INVITATION_LASTS,
            )
    except IntegrityError as error:
        raise AlreadyInvited from error
    subject, body = mail
    mail_written(recipient=email, subject=subject, body=body, at=at)
    return invitation


@transaction.atomic
def accept(*, invitation: UUID, user: AbstractBaseUser, at: datetime) -> FirmMember:
    """Let the account act for the firm that invited it; raise InvitationEnded, AlreadyInFirm."""
    found = _taken(invitation, user, at)
    return join(firm=found.firm, user=user, role=Role(found.role))


@transaction.atomic
def decline(*, invitation: UUID, user: AbstractBaseUser, at: datetime) -> None:
    """End the invitation as the one who was invited; raise InvitationEnded."""
    _taken(invitation, user, at)


def withdraw_invitation(*, firm: Firm, invitation: UUID, at: datetime) -> None:
    """End one of the firm's invitations, if it is open."""
    Invitation.objects.filter(firm=firm, id=invitation, ended_at=None).update(ended_at=at)


@transaction.atomic
def change_role(*, member: FirmMember, role: Role) -> None:
    """Let the member do more or less; raise LastOwner. Who is no owner has invited nobody."""
    lock(member.firm)
    if role != Role.OWNER:
        _keep_an_owner(member)
        _withdraw_invitations(member)
    FirmMember.objects.filter(id=member.id).update(role=role)


@transaction.atomic
def remove(*, member: FirmMember) -> None:
    """Let the account act for the firm no more; raise LastOwner.

    Keys stay the firm's; open invitations go with whoever wrote them.
    """
    lock(member.firm)
    _keep_an_owner(member)
    _withdraw_invitations(member)
    member.delete()


def forget_invitations(*, at: datetime) -> None:
    """Delete the addresses of those invited a month ago."""
    Invitation.objects.filter(invited_at__lt=at - INVITATION_KEPT).delete()


def _taken(invitation: UUID, user: AbstractBaseUser, at: datetime) -> Invitation:
    """Give an open invitation to the account's confirmed address, and end it."""
    mine = invitations_to(user, at=at).select_for_update(of=("self",))
    found = mine.filter(id=invitation).first()
    if found is None:
        raise InvitationEnded
    found.ended_at = at
    found.save(update_fields=["ended_at"])
    return found


def _withdraw_invitations(member: FirmMember) -> None:
    """Forget whom the member invited, so that a dismissed owner has no way back in."""
    Invitation.objects.filter(inviter=member, ended_at=None).delete()


def _keep_an_owner(member: FirmMember) -> None:
    if not FirmMember.objects.filter(id=member.id, role=Role.OWNER).exists():
        return
    others = members_of(member.firm).exclude(id=member.id)
    if not others.filter(role=Role.OWNER, user__is_active=True).exists():
        raise LastOwner
