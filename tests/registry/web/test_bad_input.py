"""Whatever is typed into a field gives a page: a message, or harmless text."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from registry.models import Work

pytestmark = pytest.mark.django_db

FINE = (200, 302)


@pytest.fixture
def strings(samples: Path) -> list[str]:
    """The big list of naughty strings."""
    return json.loads((samples / "vectors" / "strings" / "blns.json").read_text())


@pytest.fixture
def harbour(maya, register) -> Work:
    return register(maya, "Harbour")


def forms(work: Work, text: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Give every form of the record with the text in all its fields, and in the free ones alone."""
    page = reverse("work", args=[work.id])
    yield "/settings/", {"name": text, "language": text}
    yield "/settings/", {"name": text, "language": "en"}
    signature = dict.fromkeys(("name", "organisation_name"), text)
    yield "/statement/sign/", signature | {"capacity": text, "discipline": text}
    yield "/statement/sign/", signature | {"capacity": "organisation", "discipline": "music"}
    yield f"{page}correct/", {"title": text, "medium": text, "year": text}
    yield f"{page}correct/", {"title": text, "medium": "text"}
    terms = {"terms_url": text, "contact": text}
    yield f"{page}declare/", {"preset": text, **terms}
    yield f"{page}declare/", {"preset": "ask-first", **terms}
    yield f"{page}declare/", {"search": text, "ends_on": text, **terms}
    yield f"{page}undo/", {"newest": text}
    yield "/language/", {"language": text, "next": text}


@pytest.fixture(params=[30, pytest.param(1, marks=pytest.mark.slow)], ids=["some", "all"])
def some(request, strings: list[str]) -> list[str]:
    return strings[:: request.param]


def test_no_text_breaks_a_form(mayas: Client, harbour, some: list[str]) -> None:
    for text in some:
        for address, sent in forms(harbour, text):
            assert mayas.post(address, sent).status_code in FINE, (address, text)


def test_no_text_breaks_an_address(mayas: Client, some: list[str]) -> None:
    for text in some:
        for address in ("/works/", "/statement/signatories/"):
            query = dict.fromkeys(("search", "page", "discipline"), text)
            assert mayas.get(address, query).status_code == 200, text


def test_every_text_is_a_title_or_is_refused_with_a_reason(mayas: Client, strings) -> None:
    addresses = [f"https://example.org/{number}" for number in range(len(strings))]
    sent = {"item": addresses, "item_title": strings, "item_medium": ["text"] * len(strings)}
    page = mayas.post("/works/new/", sent)
    assert all(item["error"] for item in page.context["items"])
    assert Work.objects.count() + len(page.context["items"]) == len(strings)
    for number in range(1, 1 + Work.objects.count() // 25):
        shown = mayas.get("/works/", {"page": number}).content.decode()
        assert "<script>alert" not in shown
        assert "<img src=x" not in shown.lower()


def test_every_text_is_an_item_or_is_refused_with_a_reason(mayas: Client, strings) -> None:
    page = mayas.post("/works/new/", {"lines": "\n".join(strings)})
    assert page.context["items"]
    sent = {name: [item[name] for item in page.context["items"]] for name in ("item",)}
    again = mayas.post("/works/new/", sent | {"item_title": ["x"] * len(sent["item"])})
    assert all(item["error"] for item in again.context["items"])


def test_every_text_is_a_name_of_a_holder_or_is_refused(mayas: Client, some: list[str]) -> None:
    for number, text in enumerate(some):
        sent = {
            "item": f"https://example.org/{number}",
            "item_title": "x",
            "item_medium": "text",
            "holders": text,
            "contact": text,
            "terms_url": text,
            "preset": text,
        }
        assert mayas.post("/works/new/", sent).status_code in FINE
        assert mayas.post("/works/new/", sent | {"preset": "ask-first"}).status_code in FINE


def test_every_text_is_a_name_to_sign_up_with_or_is_refused(client: Client, some) -> None:
    for text in some:
        sent = {"name": text, "email": text, "password1": text}
        assert client.post("/accounts/signup/", sent).status_code in (*FINE, 429)


@pytest.mark.parametrize(
    "address",
    [
        "/settings/",
        "/statement/sign/",
        "/statement/withdraw/",
        "/works/new/",
        "/catalogue/declare/",
    ],
)
def test_a_forged_form_is_answered_with_a_page(maya, address: str) -> None:
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(maya.members.get())
    sent = {"csrfmiddlewaretoken": "x" * 64, "name": "Zed", "preset": "training-allowed"}
    answer = careful.post(address, sent)
    assert answer.status_code == 403
    assert "Please send the form again" in answer.content.decode()
