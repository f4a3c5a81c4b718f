"""Anybody sees what the registry says about an item, in plain words, and never a wrong yes."""

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from html import escape
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.formats import date_format

from consent.labels import BASIS_SENTENCES
from consent.models import Plan
from consent.web.forms import CheckForm
from registry.identifiers import Identifier, parse
from registry.ids import public_id
from registry.models import Rightsholder, Work
from registry.services import people, works
from registry.services.declarations import Terms, declare
from registry.statements import TreeHead
from registry.vocabulary import Basis, Choice, EvidenceLevel, IdentifierKind, Usage
from tests.conftest import hash_of

pytestmark = pytest.mark.django_db

HARBOUR = hash_of("Harbour")
ALL_REFUSED = dict.fromkeys(Usage, Choice.REFUSE)
NO_TO_ALL, YES_TO_ALL, IT_DEPENDS = (
    "No, for every use",
    "Yes, for every use",
    "It depends on the use",
)

Register = Callable[..., Work]
Publish = Callable[..., TreeHead]


def look_up(client: Client, item: Identifier) -> Any:
    return client.get("/check/", {item.kind.value: item.value})


def text_of(response: Any) -> str:
    return response.content.decode()


def unlimited() -> None:
    Plan.objects.filter(name="anonymous").update(items=None)


def test_the_page_asks_for_a_file_or_a_text(client: Client) -> None:
    response = client.get("/check/")
    assert response.status_code == 200
    assert "data-file-check" in text_of(response)
    assert 'name="q"' in text_of(response)
    assert 'name="kind"' not in text_of(response)


def test_what_nobody_registered_is_no(client: Client, publish: Publish) -> None:
    publish()
    response = look_up(client, HARBOUR)
    assert response.status_code == 200
    page = text_of(response)
    assert NO_TO_ALL in page
    assert "Nobody has registered this" in page
    assert "Is it yours?" in page
    assert "/accounts/signup/" in page
    assert "says nothing about the original" in page


def test_a_refusal_shows_who_holds_the_work_and_since_when(
    client: Client, maya: Rightsholder, register: Register, publish: Publish, now: datetime
) -> None:
    work = register(maya, choices=ALL_REFUSED)
    publish()
    page = text_of(look_up(client, HARBOUR))
    assert NO_TO_ALL in page
    assert str(BASIS_SENTENCES[Basis.REFUSED]) in page
    assert "Harbour" in page
    assert "Maya" in page
    assert public_id("wrk", work.id) in page
    assert f"Said on {date_format(now)}" in page
    assert "R04" in page
    assert "example.org" not in page


def test_each_decision_stands_once_with_all_its_usages(
    client: Client, maya: Rightsholder, register: Register, publish: Publish
) -> None:
    register(maya, choices={Usage.SEARCH: Choice.REFUSE, Usage.MINING: Choice.REFUSE})
    publish()
    page = text_of(look_up(client, HARBOUR))
    assert page.count(str(BASIS_SENTENCES[Basis.REFUSED])) == 1
    assert page.count(str(BASIS_SENTENCES[Basis.UNSTATED])) == 1
    for usage in ("Training generative AI", "Training other AI", "Use as AI input"):
        assert page.count(f"<strong>{usage}</strong>") == 1


@pytest.mark.parametrize(
    ("level", "choice", "basis"),
    [
        (EvidenceLevel.VOUCHED, Choice.ALLOW, Basis.GRANTED),
        (EvidenceLevel.IDENTITY, Choice.ALLOW, Basis.WAITING_GRANT),
        (EvidenceLevel.EMAIL, Choice.ALLOW, Basis.UNPROVEN_GRANT),
        (EvidenceLevel.EMAIL, Choice.REFUSE, Basis.REFUSED),
    ],
)
def test_every_basis_has_its_sentence_on_the_page(
    level: EvidenceLevel,
    choice: Choice,
    basis: Basis,
    client: Client,
    rightsholder: Callable[..., Rightsholder],
    register: Register,
    publish: Publish,
) -> None:
    register(rightsholder("Maya", level), choices=dict.fromkeys(Usage, choice))
    publish()
    page = text_of(look_up(client, HARBOUR))
    assert str(BASIS_SENTENCES[basis]) in page
    assert (YES_TO_ALL in page) == (basis is Basis.GRANTED)
    assert ("May change on" in page) == (basis is Basis.WAITING_GRANT)


def test_a_yes_for_one_use_is_a_yes_for_no_other(
    client: Client, vouched: Rightsholder, register: Register, publish: Publish
) -> None:
    register(vouched, choices={Usage.SEARCH: Choice.ALLOW})
    publish()
    page = text_of(look_up(client, HARBOUR))
    assert IT_DEPENDS in page
    assert page.count('data-verdict="allow"') == 1


def test_ask_me_first_shows_how_to_ask(
    client: Client, maya: Rightsholder, register: Register, publish: Publish, now: datetime
) -> None:
    terms = Terms(terms_url="https://maya.example/terms?a=1&b=2", contact="agent <of> Maya")
    declare(
        rightsholder=maya,
        work=register(maya),
        choices=dict.fromkeys(Usage, Choice.LICENSE),
        terms=terms,
        at=now,
    )
    publish()
    page = text_of(look_up(client, HARBOUR))
    assert str(BASIS_SENTENCES[Basis.LICENSE_REQUIRED]) in page
    assert f'href="{escape(terms.terms_url)}"' in page
    assert escape(terms.contact) in page


def test_the_same_work_of_two_accounts_is_shown_twice_and_the_no_stands(
    client: Client,
    vouched: Rightsholder,
    rightsholder: Callable[..., Rightsholder],
    register: Register,
    publish: Publish,
) -> None:
    register(vouched, choices=dict.fromkeys(Usage, Choice.ALLOW))
    register(rightsholder("Rui", EvidenceLevel.IDENTITY), choices=ALL_REFUSED)
    publish()
    page = text_of(look_up(client, HARBOUR))
    assert NO_TO_ALL in page
    assert "Registered by Label" in page
    assert "Registered by Rui" in page


def test_those_who_hold_it_too_are_named_and_needed(
    client: Client, vouched: Rightsholder, register: Register, publish: Publish
) -> None:
    register(vouched, choices=dict.fromkeys(Usage, Choice.ALLOW), holders=("Rui", "<Zoe>"))
    publish()
    page = text_of(look_up(client, HARBOUR))
    assert "Held together with Rui, &lt;Zoe&gt;" in page
    assert NO_TO_ALL in page


def test_what_is_not_published_does_not_answer_yet(
    client: Client, vouched: Rightsholder, register: Register, publish: Publish
) -> None:
    publish()
    register(vouched, choices=dict.fromkeys(Usage, Choice.ALLOW))
    page = text_of(look_up(client, HARBOUR))
    assert NO_TO_ALL in page
    assert "Registered by" not in page


def test_a_removed_work_is_not_shown(
    client: Client, maya: Rightsholder, register: Register, publish: Publish, now: datetime
) -> None:
    works.remove_work(work=register(maya, choices=ALL_REFUSED), at=now)
    publish()
    page = text_of(look_up(client, HARBOUR))
    assert "Registered by" not in page
    assert "Is it yours?" in page


def test_titles_and_names_are_shown_as_they_are_typed(
    client: Client, maya: Rightsholder, register: Register, publish: Publish
) -> None:
    title = "<script>alert(1)</script>"
    people.rename_rightsholder(rightsholder=maya, name="<b>Maya</b> & Co")
    register(maya, title, HARBOUR)
    publish()
    page = text_of(look_up(client, HARBOUR))
    assert title not in page
    assert escape(title) in page
    assert escape("<b>Maya</b> & Co") in page


def test_a_text_is_recognised_and_led_to_an_address_to_keep(client: Client) -> None:
    response = client.get("/check/", {"q": "ISBN 0-306-40615-2"})
    assert response.status_code == 302
    assert response["Location"] == "/check/?isbn=9780306406157"


def test_an_address_survives_its_way_through_the_page(client: Client, publish: Publish) -> None:
    publish()
    url = "https://example.org/a?b=c&d=%26e+f"
    response = client.get("/check/", {"q": url}, follow=True)
    assert response.status_code == 200
    assert f"<code>{escape(url)}</code>" in text_of(response)


def test_what_is_not_recognised_stays_in_the_form_with_the_question_what_it_is(
    client: Client,
) -> None:
    response = client.get("/check/", {"q": "harbour.jpg"})
    assert response.status_code == 422
    page = text_of(response)
    assert 'value="harbour.jpg"' in page
    assert 'name="kind"' in page
    assert NO_TO_ALL not in page


def test_who_says_what_it_is_gets_the_mistake_in_it_named(client: Client) -> None:
    response = client.get("/check/", {"q": "0306406153", "kind": "isbn"})
    assert response.status_code == 422
    assert "Is there a typing mistake?" in text_of(response)
    assert 'value="0306406153"' in text_of(response)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"sha256": "abc"}, "64 characters"),
        ({"sha256": "0" * 10_000}, "too long"),
        ({"url": "not an address"}, "not a web address"),
        ({"url": "https://example.org/" + "a" * 9_000}, "too long"),
        ({"isbn": "9780306406158"}, "check digit"),
        ({"doi": "11.1000/182"}, "not a valid identifier"),
        ({"sha256": hash_of("").value}, "file is empty"),
        ({"q": ""}, "required"),
        ({"q": "x", "kind": "magic"}, "magic"),
    ],
)
def test_mistakes_are_named_at_the_field(query: dict[str, str], words: str, client: Client) -> None:
    response = client.get("/check/", query)
    assert response.status_code == 422
    assert words in text_of(response)
    assert "errorlist" in text_of(response)


def test_no_string_breaks_the_page(client: Client, publish: Publish, samples: Path) -> None:
    publish()
    unlimited()
    strings = json.loads((samples / "vectors/strings/blns.json").read_text())
    for text in strings:
        response = client.get("/check/", {"q": text}, follow=True)
        assert response.status_code in {200, 422}, text
        page = text_of(response)
        assert not re.search(r"<script(?! type=\"module\" src=)", page), text
        assert YES_TO_ALL not in page
        for kind in CheckForm.base_fields["kind"].choices:
            CheckForm({"q": text, "kind": kind[0]}).is_valid()


def test_a_registry_that_lags_behind_does_not_answer(
    client: Client, maya: Rightsholder, register: Register, publish: Publish, now: datetime
) -> None:
    publish()
    with_delay = now - timedelta(seconds=61)
    people.set_evidence_level(rightsholder=maya, level=2, reason="test", at=with_delay)
    response = look_up(client, HARBOUR)
    assert response.status_code == 503
    assert response["Retry-After"] == "5"
    page = text_of(response)
    assert "catching up" in page
    assert f'value="{HARBOUR.value}"' in page
    assert NO_TO_ALL not in page


def test_a_registry_without_a_published_log_does_not_answer(client: Client) -> None:
    assert look_up(client, HARBOUR).status_code == 503


def test_questions_are_counted_by_address(client: Client, publish: Publish) -> None:
    publish()
    Plan.objects.filter(name="anonymous").update(items=1, burst=2, period_seconds=3600)
    statuses = [look_up(client, HARBOUR).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    response = look_up(client, HARBOUR)
    assert int(response["Retry-After"]) > 3000
    assert "Ask again in" in text_of(response)
    assert f'value="{HARBOUR.value}"' in text_of(response)
    assert client.get("/check/").status_code == 200


def test_many_registrations_cost_no_more_queries_than_one(
    client: Client, maya: Rightsholder, register: Register, publish: Publish, now: datetime
) -> None:
    def count() -> int:
        publish()
        with CaptureQueriesContext(connection) as queries:
            assert look_up(client, HARBOUR).status_code == 200
        return len(queries)

    register(maya, choices=ALL_REFUSED)
    count()
    one = count()
    for number in range(12):
        other = people.add_rightsholder(user=maya.members.get(), name=f"Maya {number}")
        people.set_evidence_level(rightsholder=other, level=1, reason="test", at=now)
        register(other, choices=ALL_REFUSED)
    assert count() == one <= 14
    assert "3 more accounts" in text_of(look_up(client, HARBOUR))


def test_answers_are_not_kept_by_caches_or_search_engines(client: Client, publish: Publish) -> None:
    publish()
    response = look_up(client, HARBOUR)
    assert "private" in response["Cache-Control"]
    assert "no-store" in response["Cache-Control"]
    assert 'content="noindex"' in text_of(response)


def test_pages_carry_nothing_that_the_content_policy_forbids(
    client: Client, maya: Rightsholder, register: Register, publish: Publish
) -> None:
    register(maya, choices=ALL_REFUSED)
    publish()
    page = text_of(look_up(client, HARBOUR))
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style|javascript:", page)


def test_every_kind_can_be_asked_for_by_its_name(
    client: Client, maya: Rightsholder, register: Register, publish: Publish
) -> None:
    items = [
        parse(IdentifierKind.URL, "https://example.org/harbour"),
        parse(IdentifierKind.ISBN, "9780306406157"),
        parse(IdentifierKind.ISRC, "GBAYE0601498"),
        parse(IdentifierKind.ISWC, "T0345246801"),
        parse(IdentifierKind.DOI, "10.1000/182"),
    ]
    register(maya, "Harbour", *items, choices=ALL_REFUSED)
    publish()
    for item in items:
        assert "Registered by Maya" in text_of(look_up(client, item))
