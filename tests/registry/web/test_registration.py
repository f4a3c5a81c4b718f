"""Registering: several works in one go, each by a hash, an address or a number."""

from hashlib import sha256

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from registry.errors import TooManyWorks
from registry.labels import sentence
from registry.models import Claim, Declaration, Holder, Identifier, Rightsholder, Work
from registry.web.registration import WORKS_AT_ONCE
from tests.conftest import hash_of

pytestmark = pytest.mark.django_db

NEW = "/works/new/"


def files(*names: str) -> dict[str, list[str]]:
    """Give what files.js sends for some files."""
    return {
        "sha256": [hash_of(name).value for name in names],
        "title": list(names),
        "medium": ["image"] * len(names),
    }


def items(*values: str, title: str = "A title") -> dict[str, list[str]]:
    """Give what comes back after lines have become items."""
    return {
        "item": list(values),
        "item_title": [title] * len(values),
        "item_medium": ["text"] * len(values),
        "item_year": [""] * len(values),
    }


def test_a_stranger_signs_in_first(client: Client) -> None:
    assert client.get(NEW)["Location"].startswith("/accounts/login/")
    assert client.post(NEW, files("Harbour"))["Location"].startswith("/accounts/login/")


def test_the_page_warns_that_an_edited_copy_is_another_file(mayas: Client) -> None:
    page = mayas.get(NEW).content.decode()
    assert "An edited, resized or re-saved copy is another file" in page
    assert "nobody can say yes for this work" in page


def test_a_file_is_registered_by_its_hash_and_its_page_opens(mayas: Client) -> None:
    answer = mayas.post(NEW, files("Harbour"))
    work = Work.objects.get()
    assert answer["Location"] == reverse("work", args=[work.id])
    assert Identifier.objects.get().value == hash_of("Harbour").value


def test_files_are_registered_and_declared_in_one_step(mayas: Client) -> None:
    answer = mayas.post(NEW, files("Harbour", "Pier") | {"preset": "no-training"}, follow=True)
    assert "2 works are registered" in answer.content.decode()
    said = Declaration.objects.all()
    assert {declaration.generative_training for declaration in said} == {"refuse"}
    assert {declaration.mining for declaration in said} == {"refuse"}
    assert {declaration.search for declaration in said} == {""}


def test_ask_me_first_needs_a_way_to_ask_and_publishes_it(mayas: Client) -> None:
    sent = files("Harbour") | {"preset": "ask-first"}
    page = mayas.post(NEW, sent).content.decode()
    assert "needs a web address with your terms" in page
    assert 'value="Harbour"' in page
    assert not Work.objects.exists()
    mayas.post(NEW, sent | {"terms_url": "https://maya.example.org/terms"})
    assert Declaration.objects.get().terms_url == "https://maya.example.org/terms"


def test_terms_are_published_with_ask_me_first_only(mayas: Client) -> None:
    mayas.post(NEW, files("Harbour") | {"preset": "no-ai", "contact": "maya@example.org"})
    assert Declaration.objects.get().contact == ""


def test_pasted_lines_come_back_once_with_a_suggested_title(mayas: Client) -> None:
    lines = "https://example.org/winter_light.jpg\n\n ISBN 978-3-16-148410-0 "
    page = mayas.post(NEW, {"lines": lines, "preset": "no-ai"})
    assert page.context["items"] == [
        {
            "item": "https://example.org/winter_light.jpg",
            "sha256": "https://example.org/winter_light.jpg",
            "title": "winter light",
            "medium": "image",
            "year": "",
            "error": "",
        },
        {
            "item": "ISBN 978-3-16-148410-0",
            "sha256": "ISBN 978-3-16-148410-0",
            "title": "",
            "medium": "text",
            "year": "",
            "error": "",
        },
    ]
    assert page.context["form"]["preset"].value() == "no-ai"
    assert "Nothing is registered yet" in page.content.decode()
    assert not Work.objects.exists()


def test_items_are_registered_with_title_medium_and_year(mayas: Client) -> None:
    sent = items("978-3-16-148410-0", "https://example.org/b") | {"item_year": ["1999", ""]}
    page = mayas.post(NEW, sent, follow=True).content.decode()
    assert "2 works are registered" in page
    book = Identifier.objects.get(kind="isbn").work
    assert (book.title, book.medium, book.year) == ("A title", "text", 1999)


def test_a_year_may_come_with_a_file(mayas: Client) -> None:
    mayas.post(NEW, files("Harbour") | {"year": ["2021"]})
    assert Work.objects.get().year == 2021


@pytest.mark.parametrize(
    ("typed", "kind", "value"),
    [
        ("https://Example.org:443/a#b", "url", "https://example.org/a"),
        ("www.example.org/a", "url", "https://www.example.org/a"),
        ("ISBN 0-306-40615-2", "isbn", "9780306406157"),
        ("GB-AYE-69-00531", "isrc", "GBAYE6900531"),
        ("T-034.524.680-1", "iswc", "T0345246801"),
        ("doi:10.1000/XYZ", "doi", "10.1000/xyz"),
        ("AB" * 32, "sha256", "ab" * 32),
    ],
)
def test_what_is_pasted_is_recognised(mayas: Client, typed: str, kind: str, value: str) -> None:
    mayas.post(NEW, items(typed))
    assert list(Identifier.objects.values_list("kind", "value")) == [(kind, value)]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("nonsense", "This is no web address, ISBN, ISRC, ISWC, DOI or SHA-256."),
        ("978-3-16-148410-1", "The check digit does not fit."),
        ("T-034.524.680-2", "The check digit does not fit."),
        ("https://", "This is not a web address."),
        ("https://exa mple.org/", "This is not a web address."),
        ("http://" + "a" * 9000, "This web address is too long."),
        ("zz" * 32, "This is no web address, ISBN, ISRC, ISWC, DOI or SHA-256."),
        ("ab" * 31, "A SHA-256 has exactly 64 characters"),
        (sha256().hexdigest(), "This file is empty"),
    ],
)
def test_what_cannot_be_registered_is_said_beside_it_and_stays(
    mayas: Client, typed: str, sentence: str
) -> None:
    page = mayas.post(NEW, items(typed))
    [item] = page.context["items"]
    assert item["item"] == typed
    assert sentence in item["error"]
    assert not Work.objects.exists()


def test_a_wrong_line_is_said_before_anything_is_registered(mayas: Client) -> None:
    page = mayas.post(NEW, {"lines": "nonsense"})
    [item] = page.context["items"]
    assert item["error"].startswith("This is no web address")


@pytest.mark.parametrize("digest", ["ab" * 31, "ab" * 33, "zz" * 32, "https"])
def test_a_forged_digest_of_a_file_is_refused(mayas: Client, digest: str) -> None:
    page = mayas.post(NEW, files("Harbour") | {"sha256": [digest]})
    assert page.context["files"][0]["error"]
    assert not Work.objects.exists()


def test_an_empty_file_is_refused(mayas: Client) -> None:
    page = mayas.post(NEW, files("Harbour") | {"sha256": [sha256().hexdigest()]})
    assert "This file is empty" in page.context["files"][0]["error"]


def test_what_is_fine_is_registered_and_what_is_not_stays(mayas: Client) -> None:
    sent = files("Harbour", "Pier", "Boat") | {
        "title": ["Harbour", "", "Boat"],
        "year": ["", "", "3000"],
    }
    page = mayas.post(NEW, sent)
    assert "1 work is registered" in page.content.decode()
    assert "2 works could not be registered" in page.content.decode()
    assert [row["sha256"] for row in page.context["files"]] == [
        hash_of("Pier").value,
        hash_of("Boat").value,
    ]
    assert "A work needs a title" in page.context["files"][0]["error"]
    assert "This year is not possible" in page.context["files"][1]["error"]
    assert Work.objects.get().title == "Harbour"


def test_what_was_registered_before_is_named_with_a_link(mayas: Client) -> None:
    mayas.post(NEW, files("Harbour"))
    page = mayas.post(NEW, files("Harbour"))
    work = Work.objects.get()
    assert "You have registered this already" in page.context["files"][0]["error"]
    assert reverse("work", args=[work.id]) in page.context["files"][0]["error"]


def test_the_same_file_twice_in_one_go_is_registered_once(mayas: Client) -> None:
    page = mayas.post(NEW, files("Harbour", "Harbour"))
    assert "1 work is registered" in page.content.decode()
    assert Work.objects.count() == 1


def test_the_same_hash_of_another_account_is_kept_apart_and_never_mentioned(
    mayas: Client, ruis: Client
) -> None:
    ruis.post(NEW, files("Harbour"))
    page = mayas.post(NEW, files("Harbour"), follow=True).content.decode()
    assert "1 work is registered" in page
    assert "Rui" not in page
    assert "already" not in page
    assert Work.objects.count() == 2


def test_joint_holders_are_kept_by_name_and_the_registrant_is_not_doubled(mayas: Client) -> None:
    mayas.post(NEW, files("Harbour") | {"holders": "Noor\n\n  maya \nNoor"})
    named = Holder.objects.order_by("id").values_list("name", "rightsholder__name")
    assert list(named) == [("Maya", "Maya"), ("Noor", None)]


@pytest.mark.parametrize(
    ("holders", "sentence"),
    [
        ("x" * 201, "A name has between 1 and 200"),
        ("\n".join(map(str, range(51))), "At most 50 names"),
    ],
)
def test_joint_holders_that_cannot_be_kept_are_said(
    mayas: Client, holders: str, sentence: str
) -> None:
    page = mayas.post(NEW, files("Harbour") | {"holders": holders})
    assert sentence in str(page.context["form"].errors["holders"])
    assert page.context["files"][0]["title"] == "Harbour"
    assert not Work.objects.exists()


def test_an_empty_form_is_said(mayas: Client) -> None:
    assert "There is nothing to register yet" in mayas.post(NEW, {}).content.decode()


def test_a_thousand_works_fit_into_one_form(mayas: Client) -> None:
    page = mayas.post(NEW, files(*map(str, range(WORKS_AT_ONCE))), follow=True).content.decode()
    assert "1000 works are registered" in page
    assert Claim.objects.count() == WORKS_AT_ONCE


def test_one_more_is_refused_and_nothing_is_lost(mayas: Client) -> None:
    page = mayas.post(NEW, files(*map(str, range(WORKS_AT_ONCE + 1))))
    assert sentence(TooManyWorks(limit=WORKS_AT_ONCE)) in page.content.decode()
    assert len(page.context["files"]) == WORKS_AT_ONCE + 1
    assert not Work.objects.exists()


def test_ten_thousand_lines_are_refused_and_nothing_is_lost(mayas: Client) -> None:
    lines = "\n".join(f"https://example.org/{number}" for number in range(10_000))
    page = mayas.post(NEW, {"lines": lines})
    assert "At most 1000 works fit into one go" in page.content.decode()
    assert "https://example.org/9999" in page.content.decode()


def test_ten_thousand_works_are_refused_in_words(mayas: Client) -> None:
    page = mayas.post(NEW, files(*map(str, range(10_000))))
    assert page.status_code == 413
    assert "At most 1000 works fit into one go" in page.content.decode()
    assert not Work.objects.exists()


def test_a_form_larger_than_the_server_reads_is_refused_in_words(mayas: Client) -> None:
    lines = "x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
    page = mayas.post(NEW, f"lines={lines}", "application/x-www-form-urlencoded")
    assert page.status_code == 413
    assert "At most 1000 works fit into one go" in page.content.decode()


def test_a_form_from_another_site_is_not_taken(maya: Rightsholder) -> None:
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(maya.members.get())
    answer = careful.post(NEW, files("Harbour"))
    assert answer.status_code == 403
    assert "Please send the form again" in answer.content.decode()
    assert not Work.objects.exists()


def test_an_account_that_acts_for_nobody_chooses_a_name_first(account) -> None:
    client = Client()
    client.force_login(account("zed@example.org"))
    answer = client.get(NEW, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("account_settings")
    assert "First choose the name" in answer.content.decode()
