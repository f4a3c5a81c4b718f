"""The account page: the public name, the language, and what would let one say more."""

import pytest
from django.test import Client
from django.urls import reverse

from registry.models import Rightsholder, User
from registry.selectors.people import acting_rightsholder, evidence_level
from registry.services import people
from registry.vocabulary import EvidenceLevel

pytestmark = pytest.mark.django_db

SETTINGS = "/settings/"


def test_strangers_sign_in_first(client: Client) -> None:
    assert client.get(SETTINGS)["Location"].startswith("/accounts/login/")


def test_the_public_name_is_changed(mayas: Client, maya: Rightsholder) -> None:
    page = mayas.post(SETTINGS, {"name": " Maya  M. ", "language": "en"}, follow=True)
    assert "Saved." in page.content.decode()
    maya.refresh_from_db()
    assert maya.name == "Maya M."


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("name", "x" * 201), ("name", "\x02"), ("language", "tlh"), ("language", "")],
)
def test_what_cannot_be_saved_is_said(
    mayas: Client, maya: Rightsholder, field: str, value: str
) -> None:
    page = mayas.post(SETTINGS, {"name": "Maya M.", "language": "en"} | {field: value})
    assert page.context["form"].errors[field]
    maya.refresh_from_db()
    assert maya.name == "Maya"


def test_the_language_counts_for_pages_and_mails(mayas: Client, maya: Rightsholder) -> None:
    mayas.post(SETTINGS, {"name": "Maya", "language": "fr"})
    assert maya.members.get().language == "fr"
    assert '<html lang="fr">' in mayas.get(SETTINGS).content.decode()


def test_the_language_switch_keeps_the_place_and_the_account(
    mayas: Client, maya: Rightsholder
) -> None:
    answer = mayas.post(reverse("set_language"), {"language": "fr", "next": "/works/"})
    assert answer["Location"] == "/works/"
    assert maya.members.get().language == "fr"
    assert '<html lang="fr">' in mayas.get("/works/").content.decode()


def test_the_language_switch_works_for_strangers(client: Client) -> None:
    client.post(reverse("set_language"), {"language": "fr", "next": "/"})
    assert '<html lang="fr">' in client.get("/").content.decode()


@pytest.mark.parametrize("language", ["tlh", "", "de", "../../etc", "x" * 9000])
def test_a_language_that_is_none_changes_nothing(
    mayas: Client, maya: Rightsholder, language: str
) -> None:
    mayas.post(reverse("set_language"), {"language": language, "next": "/"})
    assert maya.members.get().language == "en"
    assert '<html lang="en">' in mayas.get("/").content.decode()


def test_the_language_switch_leads_nowhere_else(client: Client) -> None:
    sent = {"language": "fr", "next": "https://example.org/"}
    assert client.post(reverse("set_language"), sent)["Location"] == "/"


@pytest.mark.parametrize(
    ("level", "done", "following"), [(0, 0, 0), (1, 1, 1), (2, 1, 1), (3, 2, 2), (4, 3, None)]
)
def test_it_is_said_what_one_may_say_and_what_comes_next(
    mayas: Client, maya: Rightsholder, now, level: int, done: int, following: int | None
) -> None:
    people.set_evidence_level(rightsholder=maya, level=level, reason="test", at=now)
    steps = mayas.get(SETTINGS).context["steps"]
    assert [step["is_done"] for step in steps] == [place < done for place in range(3)]
    assert [place for place, step in enumerate(steps) if step["is_next"]] == (
        [] if following is None else [following]
    )


def test_an_account_without_a_name_gets_one_with_its_evidence(account) -> None:
    user: User = account("zed@example.org")
    client = Client()
    client.force_login(user)
    client.post(SETTINGS, {"name": "Zed", "language": "en"})
    rightsholder = acting_rightsholder(user)
    assert rightsholder is not None
    assert evidence_level(rightsholder) == EvidenceLevel.EMAIL


def test_an_account_with_an_unconfirmed_address_gets_no_evidence() -> None:
    user = people.create_account(email="zed@example.org", password="x")
    client = Client()
    client.force_login(user)
    client.post(SETTINGS, {"name": "Zed", "language": "en"})
    rightsholder = acting_rightsholder(user)
    assert rightsholder is not None
    assert evidence_level(rightsholder) == EvidenceLevel.NONE
