"""The record: found by anything that one may hold in hand, without counting millions."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from registry.identifiers import parse
from registry.models import Rightsholder, Work
from registry.services.works import remove_work
from registry.statements import TreeHead
from registry.vocabulary import Choice, IdentifierKind, Usage

pytestmark = pytest.mark.django_db


def titles(operator: Client, query: str) -> set[str]:
    page = operator.get("/admin/registry/work/", {"q": query}).content.decode()
    return {title for title in ("Harbour", "Lighthouse") if f">{title}</a>" in page}


def test_a_work_is_found_by_id_identifier_or_title(
    operator: Client, maya: Rightsholder, register: Callable[..., Work]
) -> None:
    register(maya, "Harbour")
    url = parse(IdentifierKind.URL, "https://maya.example/lighthouse")
    isbn = parse(IdentifierKind.ISBN, "978-3-16-148410-0")
    lighthouse = register(maya, "Lighthouse", url, isbn)
    found = {"Lighthouse"}
    assert titles(operator, "") == {"Harbour", "Lighthouse"}
    assert titles(operator, f"wrk_{lighthouse.id.hex}") == found
    assert titles(operator, " https://maya.example/lighthouse ") == found
    assert titles(operator, "316148410X") == found
    assert titles(operator, "light") == found
    assert titles(operator, "0" * 64) == set()


def test_a_work_links_to_its_public_page_while_it_has_one(
    operator: Client, maya: Rightsholder, register: Callable[..., Work], now: object
) -> None:
    work = register(maya)
    page = f"/admin/registry/work/{work.id}/change/"
    assert f"/record/wrk_{work.id.hex}/" in operator.get(page).content.decode()
    remove_work(work=work, at=now)  # type: ignore[arg-type]
    assert "/record/" not in operator.get(page).content.decode()


def test_what_was_said_is_shown_in_words_with_its_place_in_the_log(
    operator: Client,
    maya: Rightsholder,
    register: Callable[..., Work],
    publish: Callable[..., TreeHead],
) -> None:
    register(maya, choices={Usage.SEARCH: Choice.ALLOW, Usage.MINING: Choice.REFUSE})
    address = "/admin/registry/declaration/"
    page = operator.get(address).content.decode()
    assert "AI search: Yes; Text and data mining: No" in page
    place = re.compile(r"field-place[^>]*>\s*(\w+)")
    assert place.findall(page) == ["waiting"]
    head = publish()
    page = operator.get(address, {"rightsholder__id__exact": maya.id.hex}).content.decode()
    assert place.findall(page) == [str(head.size - 1)]


def test_no_list_of_a_long_table_counts_it(
    operator: Client,
    everything: list[object],
    django_assert_max_num_queries: Callable[..., DjangoAssertNumQueries],
) -> None:
    for name in (
        "work",
        "claim",
        "declaration",
        "standing",
        "checkpoint",
        "location",
        "rightsholder",
        "user",
    ):
        with django_assert_max_num_queries(8) as queries:  # type: ignore[attr-defined]
            operator.get(f"/admin/registry/{name}/")
        counts = [query["sql"] for query in queries if "COUNT(" in query["sql"]]
        assert counts == [], name


def test_a_mails_text_is_nobodys_to_read(operator: Client, everything: list[object]) -> None:
    page = operator.get("/admin/registry/mail/")
    assert "maya@example.org" in page.content.decode()
    [mail] = [row for row in everything if type(row).__name__ == "Mail"]
    page = operator.get(f"/admin/registry/mail/{mail.pk}/change/")  # type: ignore[attr-defined]
    assert "a-private-link" not in page.content.decode()
