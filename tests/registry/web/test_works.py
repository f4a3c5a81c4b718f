"""The list of one's works, correcting them, and removing what was registered by mistake."""

import pytest
from django.test import Client
from django.urls import reverse

from registry.ids import new_id, public_id
from registry.models import Claim, Rightsholder, Work
from registry.services import declarations, people
from registry.vocabulary import Choice, EvidenceLevel, Usage
from registry.web.presets import BY_CODE

pytestmark = pytest.mark.django_db


def test_an_empty_list_leads_on(mayas: Client) -> None:
    page = mayas.get("/works/").content.decode()
    assert "Register your first work" in page
    assert 'href="/works/new/"' in page


def test_one_sees_ones_own_works_only(mayas: Client, ruis: Client, maya, rui, register) -> None:
    register(maya, "Harbour")
    register(rui, "Quarry")
    page = mayas.get("/works/").content.decode()
    assert "Harbour" in page
    assert "Quarry" not in page


def test_each_work_shows_what_counts_and_whether_it_is_published(
    mayas: Client, maya, register, publish
) -> None:
    register(maya, "Harbour", choices=BY_CODE["no-training"].choices)
    register(maya, "Pier", choices={Usage.SEARCH: Choice.REFUSE})
    page = mayas.get("/works/").content.decode()
    assert page.count("Being published") == 2
    assert "No training" in page
    assert "AI search: No" in page
    publish()
    register(maya, "Boat")
    page = mayas.get("/works/").content.decode()
    assert page.count("Being published") == 1
    assert "Nothing said: that is no" in page


def test_a_change_is_shown_as_being_published(mayas: Client, maya, register, publish, now) -> None:
    work = register(maya, "Harbour")
    publish()
    declarations.declare(rightsholder=maya, work=work, choices=BY_CODE["no-ai"].choices, at=now)
    assert "Being published" in mayas.get("/works/").content.decode()


def test_what_was_said_for_all_works_is_shown_on_each(mayas: Client, maya, register, now) -> None:
    register(maya, "Harbour")
    declarations.declare(rightsholder=maya, choices=BY_CODE["no-ai"].choices, at=now)
    page = mayas.get("/works/").content.decode()
    assert "No AI use" in page
    assert "Said for all works" in page


def test_a_yes_that_does_not_count_yet_is_not_shown_as_one(mayas: Client, maya, register) -> None:
    register(maya, "Harbour", choices=BY_CODE["training-allowed"].choices)
    page = mayas.get("/works/").content.decode()
    assert "Not in force yet" in page
    assert 'data-choice="allow"' not in page


def test_a_yes_that_counts_is_shown_as_one(browser, vouched, register) -> None:
    register(vouched, "Harbour", choices=BY_CODE["training-allowed"].choices)
    page = browser(vouched).get("/works/").content.decode()
    assert "Not in force yet" not in page
    assert 'data-choice="allow"' in page


def test_the_list_is_searched_by_title(mayas: Client, maya, register) -> None:
    register(maya, "Harbour at low tide")
    register(maya, "100% Pier_")
    assert "Pier" not in mayas.get("/works/", {"search": "HARBOUR"}).content.decode()
    assert "Harbour" not in mayas.get("/works/", {"search": "100% pier_"}).content.decode()
    none = mayas.get("/works/", {"search": "quarry\x00"}).content.decode()
    assert "No work has this in its title" in none


def test_the_list_is_paged_and_keeps_the_search(mayas: Client, maya, register) -> None:
    for number in range(26):
        register(maya, f"Sketch {number}")
    page = mayas.get("/works/", {"search": "sketch"})
    assert "Page 1 of 2" in page.content.decode()
    assert "search=sketch&amp;page=2" in page.content.decode()
    assert len(mayas.get("/works/", {"page": 2}).context["rows"]) == 1
    assert len(mayas.get("/works/", {"page": "x"}).context["rows"]) == 25


def test_title_medium_and_year_are_corrected(mayas: Client, maya, register) -> None:
    work = register(maya, "Harbor")
    sent = {"title": "Harbour", "medium": "text", "year": "1999"}
    page = mayas.post(reverse("correct_work", args=[work.id]), sent, follow=True)
    assert "Corrected" in page.content.decode()
    work.refresh_from_db()
    assert (work.title, work.medium, work.year) == ("Harbour", "text", 1999)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("title", "x" * 301),
        ("title", "\x1f"),
        ("medium", "smell"),
        ("year", "999"),
        ("year", "9999"),
        ("year", "last year"),
        ("year", "9" * 5000),
    ],
)
def test_a_wrong_correction_is_said_at_its_field(
    mayas: Client, maya, register, field: str, value: str
) -> None:
    work = register(maya, "Harbour")
    sent = {"title": "Pier", "medium": "text", "year": "1999"} | {field: value}
    page = mayas.post(reverse("correct_work", args=[work.id]), sent)
    assert page.context["form"].errors[field]
    work.refresh_from_db()
    assert work.title == "Harbour"


def test_removing_asks_first_and_then_removes(mayas: Client, maya, register, publish) -> None:
    work = register(maya, "Harbour")
    remove = reverse("remove_work", args=[work.id])
    assert "Remove this registration?" in mayas.get(remove).content.decode()
    assert Work.objects.get().removed_at is None
    page = mayas.post(remove, follow=True).content.decode()
    assert "“Harbour” is removed" in page
    assert Claim.objects.filter(work=work, is_withdrawal=True).exists()
    assert mayas.get(reverse("work", args=[work.id])).status_code == 404
    assert mayas.post(remove).status_code == 404


def test_what_was_removed_is_registered_again(mayas: Client, maya, register, now) -> None:
    work = register(maya, "Harbour")
    mayas.post(reverse("remove_work", args=[work.id]))
    register(maya, "Harbour")


OWNERS_PAGES = (
    "work",
    "correct_work",
    "remove_work",
    "declare_work",
    "withdraw_work_declaration",
    "undo_work_declaration",
)


@pytest.mark.parametrize(
    ("method", "name"),
    [("get", name) for name in OWNERS_PAGES] + [("post", name) for name in OWNERS_PAGES[1:]],
)
def test_another_accounts_work_is_not_there(
    ruis: Client, maya: Rightsholder, register, method: str, name: str
) -> None:
    work = register(maya, "Harbour")
    sent = {"preset": "training-allowed", "title": "Mine", "medium": "text"}
    answer = getattr(ruis, method)(reverse(name, args=[work.id]), sent)
    assert answer.status_code == 404
    assert "Harbour" not in answer.content.decode()
    assert "Maya" not in answer.content.decode()


@pytest.mark.parametrize("name", OWNERS_PAGES)
def test_strangers_sign_in_first(client: Client, maya: Rightsholder, register, name: str) -> None:
    address = reverse(name, args=[register(maya).id])
    assert client.get(address)["Location"] == f"/accounts/login/?next={address}"


@pytest.mark.parametrize(
    "work_id", ["wrk_" + "0" * 32, "wrk_zz", "chk_" + "0" * 32, "1", "wrk_" + "A" * 32, "%00"]
)
def test_an_id_that_is_none_is_not_there(mayas: Client, work_id: str) -> None:
    assert mayas.get(f"/works/{work_id}/").status_code == 404


def test_ids_in_addresses_are_public_ids() -> None:
    row = new_id()
    assert reverse("work", args=[row]) == f"/works/{public_id('wrk', row)}/"
    assert reverse("work", args=[public_id("wrk", row)]) == f"/works/{public_id('wrk', row)}/"


def test_the_evidence_level_of_the_list_is_the_newest(mayas: Client, maya, register, now) -> None:
    register(maya, "Harbour", choices=BY_CODE["training-allowed"].choices)
    people.set_evidence_level(rightsholder=maya, level=EvidenceLevel.VOUCHED, reason="test", at=now)
    assert "Not in force yet" not in mayas.get("/works/").content.decode()
