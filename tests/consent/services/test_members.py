"""Owners invite; whoever is invited joins with that very address; an owner always stays."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress

from consent.errors import (
    AlreadyInFirm,
    AlreadyInvited,
    AlreadyMember,
    InvitationEnded,
    LastOwner,
    TooManyInvitations,
)
from consent.models import Firm, FirmMember, Invitation
from consent.services import firms, members
from consent.vocabulary import Role
from registry.models import Mail, User
from registry.services.people import create_account, set_access
from tests.conftest import firm_with

pytestmark = pytest.mark.django_db

Account = Callable[[str], User]
Invite = Callable[..., Invitation]


@pytest.fixture
def owner(account: Account) -> User:
    """Owns Acme."""
    return account("owner@acme.example")


@pytest.fixture
def acme(owner: User) -> Firm:
    """Acme asks."""
    return firm_with(owner)


@pytest.fixture
def invite(acme: Firm, now: datetime) -> Invite:
    """Invite somebody to Acme."""
    inviter = FirmMember.objects.get(firm=acme)

    def make(
        email: str = "bob@acme.example", role: Role = Role.ENGINEER, **more: Any
    ) -> Invitation:
        given = {"inviter": inviter, "mail": ("Join", "Acme"), "at": now} | more
        return members.invite(email=email, role=role, **given)

    return make


def role_of(user: User) -> str:
    return FirmMember.objects.get(user=user).role


def test_whoever_is_invited_joins_in_the_role_they_were_offered(
    acme: Firm, invite: Invite, account: Account, now: datetime
) -> None:
    invitation = invite(" Bob@Acme.example ")
    assert Mail.objects.get().recipient == "bob@acme.example"
    bob = account("bob@acme.example")
    assert members.accept(invitation=invitation.id, user=bob, at=now).firm == acme
    assert role_of(bob) == Role.ENGINEER
    with pytest.raises(InvitationEnded):
        members.accept(invitation=invitation.id, user=bob, at=now)


def test_an_invitation_is_for_one_confirmed_address_alone(
    invite: Invite, account: Account, now: datetime
) -> None:
    invitation = invite("bob@acme.example")
    with pytest.raises(InvitationEnded):
        members.accept(invitation=invitation.id, user=account("zed@zed.example"), at=now)
    pretender = create_account(email="bob@acme.example")
    EmailAddress.objects.create(user=pretender, email="bob@acme.example", primary=True)
    with pytest.raises(InvitationEnded):
        members.accept(invitation=invitation.id, user=pretender, at=now)
    assert FirmMember.objects.count() == 1


@pytest.mark.parametrize("way", ["withdrawn", "declined", "expired"])
def test_an_invitation_that_has_ended_lets_nobody_in(
    way: str, acme: Firm, invite: Invite, account: Account, now: datetime
) -> None:
    invitation, bob, at = invite(), account("bob@acme.example"), now
    if way == "withdrawn":
        members.withdraw_invitation(firm=acme, invitation=invitation.id, at=now)
    elif way == "declined":
        members.decline(invitation=invitation.id, user=bob, at=now)
    else:
        at = now + timedelta(days=14)
    with pytest.raises(InvitationEnded):
        members.accept(invitation=invitation.id, user=bob, at=at)
    assert invite(at=at).id != invitation.id, "they can be invited again"


def test_another_firms_invitation_cannot_be_withdrawn(
    invite: Invite, account: Account, now: datetime
) -> None:
    invitation = invite()
    zed = firm_with(account("zed@zed.example"), name="Zed")
    members.withdraw_invitation(firm=zed, invitation=invitation.id, at=now)
    invitation.refresh_from_db()
    assert invitation.ended_at is None


def test_nobody_is_invited_twice_or_where_they_are(invite: Invite, owner: User) -> None:
    invite()
    with pytest.raises(AlreadyInvited):
        invite()
    with pytest.raises(AlreadyMember):
        invite(owner.email)
    assert Mail.objects.count() == 1


def test_a_firm_writes_twenty_invitations_a_day_at_most(
    acme: Firm, invite: Invite, now: datetime
) -> None:
    for n in range(20):
        invitation = invite(f"{n}@acme.example")
        members.withdraw_invitation(firm=acme, invitation=invitation.id, at=now)
    with pytest.raises(TooManyInvitations):
        invite()
    assert Mail.objects.count() == 20
    assert invite(at=now + timedelta(days=1))


def test_who_acts_for_a_firm_keeps_the_invitation_of_another(
    invite: Invite, account: Account, now: datetime
) -> None:
    invitation, bob = invite(), account("bob@acme.example")
    firm_with(bob, name="Zed")
    with pytest.raises(AlreadyInFirm):
        members.accept(invitation=invitation.id, user=bob, at=now)
    invitation.refresh_from_db()
    assert invitation.ended_at is None


def test_an_owner_always_stays(acme: Firm, owner: User, account: Account) -> None:
    first = FirmMember.objects.get()
    with pytest.raises(LastOwner):
        members.remove(member=first)
    with pytest.raises(LastOwner):
        members.change_role(member=first, role=Role.VIEWER)
    bob = account("bob@acme.example")
    second = firms.join(firm=acme, user=bob, role=Role.VIEWER)
    with pytest.raises(LastOwner):
        members.remove(member=first)
    members.change_role(member=second, role=Role.OWNER)
    set_access(user=bob, is_active=False, is_administrator=False)
    with pytest.raises(LastOwner):
        members.remove(member=first)
    set_access(user=bob, is_active=True, is_administrator=False)
    members.remove(member=first)
    assert role_of(bob) == Role.OWNER


@pytest.mark.parametrize("way", ["removed", "demoted"])
def test_a_dismissed_owner_has_no_way_back(
    way: str, acme: Firm, invite: Invite, account: Account, now: datetime
) -> None:
    first = acme.memberships.get()
    invitation = invite("private@partner.example", role=Role.OWNER)
    firms.join(firm=acme, user=account("bob@acme.example"), role=Role.OWNER)
    if way == "removed":
        members.remove(member=first)
    else:
        members.change_role(member=first, role=Role.VIEWER)
    with pytest.raises(InvitationEnded):
        members.accept(invitation=invitation.id, user=account("private@partner.example"), at=now)


def test_a_viewer_can_leave_though_no_owner_is_left(
    acme: Firm, owner: User, account: Account
) -> None:
    viewer = firms.join(firm=acme, user=account("eve@acme.example"), role=Role.VIEWER)
    set_access(user=owner, is_active=False, is_administrator=False)
    members.remove(member=viewer)
    assert FirmMember.objects.get().user == owner


def test_addresses_of_the_invited_are_forgotten_after_a_month(
    invite: Invite, now: datetime
) -> None:
    invite()
    members.forget_invitations(at=now + timedelta(days=30))
    assert Invitation.objects.exists()
    members.forget_invitations(at=now + timedelta(days=30, seconds=1))
    assert not Invitation.objects.exists()
