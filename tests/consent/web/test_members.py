"""The page of a firm's members: owners invite and dismiss, others look and may leave."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from consent.models import Firm, FirmMember, Invitation
from consent.services import firms
from consent.vocabulary import Role
from registry.models import Mail, User
from tests.conftest import firm_with

pytestmark = pytest.mark.django_db

Browse = Callable[[str], Client]


@pytest.fixture
def acme(account: Callable[[str], User]) -> Firm:
    """Acme asks; it has an owner, an engineer and a viewer."""
    firm = firm_with(account("owner@acme.example"))
    for role in (Role.ENGINEER, Role.VIEWER):
        firms.join(firm=firm, user=account(f"{role}@acme.example"), role=role)
    return firm


@pytest.fixture
def browse(acme: Firm) -> Browse:
    """Give a browser in which this member is signed in."""

    def signed_in(name: str) -> Client:
        client = Client()
        client.force_login(User.objects.get(email__startswith=f"{name}@"))
        return client

    return signed_in


def text_of(response: Any) -> str:
    return response.content.decode()


def number_of(name: str) -> int:
    return FirmMember.objects.get(user__email__startswith=f"{name}@").pk


def test_everybody_sees_who_is_in_and_owners_alone_can_change_it(browse: Browse) -> None:
    for name in ("owner", "engineer", "viewer"):
        page = text_of(browse(name).get("/firm/members/"))
        for other in ("owner", "engineer", "viewer"):
            assert f"{other}@acme.example" in page
        assert ("Send the invitation" in page) is (name == "owner")
        assert page.count("Remove ") == (2 if name == "owner" else 0)


def test_somebody_is_invited_by_mail_and_joins(
    browse: Browse, account: Callable[[str], User], client: Client
) -> None:
    form = {"email": "bob@partner.example", "role": "engineer"}
    page = browse("owner").post("/firm/members/invite/", form, follow=True)
    assert "We have written to bob@partner.example." in text_of(page)
    assert "Invited, not here yet" in text_of(page)
    mail = Mail.objects.get()
    assert (mail.recipient, mail.subject) == (
        "bob@partner.example",
        "Acme invites you to the Consent Registry",
    )
    assert "owner@acme.example invites you to act for Acme" in mail.body
    assert "Your role: Engineer." in mail.body
    assert re.search(r"https?://\S+/firm/$", mail.body, re.MULTILINE)
    client.force_login(account("bob@partner.example"))
    assert "Acme invites you" in text_of(client.get("/firm/"))
    joined = client.post(f"/firm/invitations/{Invitation.objects.get().pk}/accept/", follow=True)
    assert "Asks as an organisation" in text_of(joined)
    assert FirmMember.objects.get(pk=number_of("bob")).role == Role.ENGINEER


def test_an_invitation_is_written_in_the_language_of_the_account_it_goes_to(
    browse: Browse, account: Callable[[str], User]
) -> None:
    bob = account("bob@partner.example")
    User.objects.filter(pk=bob.pk).update(language="fr")
    browse("owner").post("/firm/members/invite/", {"email": bob.email, "role": "viewer"})
    assert "Bonjour" in Mail.objects.get().body


def test_an_invitation_is_declined_or_withdrawn(
    browse: Browse, account: Callable[[str], User], client: Client
) -> None:
    owner, form = browse("owner"), {"email": "bob@partner.example", "role": "viewer"}
    client.force_login(account("bob@partner.example"))
    for actor, way in ((client, "decline"), (owner, "withdraw")):
        owner.post("/firm/members/invite/", form)
        invitation = Invitation.objects.get(ended_at=None)
        actor.post(f"/firm/invitations/{invitation.pk}/{way}/")
        invitation.refresh_from_db()
        assert invitation.ended_at
        assert "invites you" not in text_of(client.get("/firm/"))
        refused = client.post(f"/firm/invitations/{invitation.pk}/accept/", follow=True)
        assert "This invitation has ended" in text_of(refused)
    assert not FirmMember.objects.filter(user__email=form["email"]).exists()


@pytest.mark.parametrize(
    ("email", "status", "said"),
    [
        ("engineer@acme.example", 409, "belongs to your organisation already"),
        ("", 422, "This field is required"),
        ("nobody", 422, "Enter a valid email address"),
        ("a\x00@acme.example", 422, "Null characters are not allowed"),
        (f"{'a' * 243}@example.com", 422, "at most 254 characters"),
    ],
)
def test_an_address_that_cannot_be_invited_stays_in_the_form(
    email: str, status: int, said: str, browse: Browse
) -> None:
    form = {"email": email, "role": "viewer"}
    response = browse("owner").post("/firm/members/invite/", form)
    assert response.status_code == status
    assert said in text_of(response)
    assert not Mail.objects.exists()


def test_an_owner_changes_roles_and_dismisses(browse: Browse) -> None:
    owner, number = browse("owner"), number_of("viewer")
    owner.post(f"/firm/members/{number}/role/", {"role": "engineer"})
    assert FirmMember.objects.get(pk=number).role == Role.ENGINEER
    owner.post(f"/firm/members/{number}/role/", {"role": "emperor"})
    assert FirmMember.objects.get(pk=number).role == Role.ENGINEER
    page = owner.post(f"/firm/members/{number}/remove/", follow=True)
    assert "viewer@acme.example is no longer a member." in text_of(page)
    assert not FirmMember.objects.filter(pk=number).exists()


def test_the_last_owner_can_neither_go_nor_step_back(browse: Browse) -> None:
    owner, number = browse("owner"), number_of("owner")
    for way, form in (("remove", {}), ("role", {"role": "viewer"})):
        page = owner.post(f"/firm/members/{number}/{way}/", form, follow=True)
        assert "An organisation needs an owner." in text_of(page)
    assert FirmMember.objects.get(pk=number).role == Role.OWNER


def test_anybody_may_leave(browse: Browse) -> None:
    page = browse("viewer").post(f"/firm/members/{number_of('viewer')}/remove/", follow=True)
    assert "You no longer act for Acme." in text_of(page)
    assert "Sign up this organisation" not in text_of(page) or "acme.example" in text_of(page)
    assert FirmMember.objects.count() == 2


@pytest.mark.parametrize("name", ["engineer", "viewer"])
def test_others_change_nothing_about_members(name: str, browse: Browse) -> None:
    client, viewer = browse(name), number_of("owner")
    form = {"email": "bob@acme.example", "role": "owner"}
    assert client.post("/firm/members/invite/", form).status_code == 403
    assert client.post(f"/firm/members/{viewer}/role/", form).status_code == 403
    assert client.post(f"/firm/members/{viewer}/remove/").status_code == 404
    assert (FirmMember.objects.count(), Invitation.objects.count()) == (3, 0)


def test_another_firms_members_and_invitations_are_not_found(
    browse: Browse, account: Callable[[str], User], client: Client, now: datetime
) -> None:
    zed = account("zed@zed.example")
    firm_with(zed, name="Zed")
    client.force_login(zed)
    number = number_of("viewer")
    assert client.post(f"/firm/members/{number}/role/", {"role": "owner"}).status_code == 404
    assert client.post(f"/firm/members/{number}/remove/").status_code == 404
    assert "acme.example" not in text_of(client.get("/firm/members/"))
    assert FirmMember.objects.get(pk=number).role == Role.VIEWER


def test_reading_changes_nothing(browse: Browse) -> None:
    number = number_of("viewer")
    for address in ("invite/", f"{number}/role/", f"{number}/remove/"):
        assert browse("owner").get(f"/firm/members/{address}").status_code == 302
    assert FirmMember.objects.count() == 3
