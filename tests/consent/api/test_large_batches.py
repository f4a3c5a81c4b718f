"""Ten thousand items cost as many SQL statements as two, whatever they are and whatever matches."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from stdnum import ean

from consent.models import Firm
from consent.services import firms
from consent.services.quotas import STANDARD
from registry.identifiers import parse
from registry.models import Rightsholder
from registry.services.declarations import declare
from registry.services.locations import register_location
from registry.services.works import Draft, register_works
from registry.statements import TreeHead
from registry.vocabulary import Choice, IdentifierKind, Medium, Scope, Usage
from tests.conftest import hash_of

pytestmark = pytest.mark.django_db

ITEMS = 10_000
WORKS = 60  # of each kind
BAD_EVERY = 7  # hundred items
TRAINING = Usage.GENERATIVE_TRAINING


def _isbn(number: int) -> str:
    digits = f"978{number:09}"
    return digits + ean.calc_check_digit(digits)


VALUES: dict[IdentifierKind, Callable[[int], str]] = {
    IdentifierKind.SHA256: lambda n: hash_of(f"Work {n}").value,
    IdentifierKind.URL: lambda n: f"https://s{n % 50}.example/works/{n}.jpg?size=large",
    IdentifierKind.ISBN: _isbn,
    IdentifierKind.ISRC: lambda n: f"USRC17{n:06}"[:12],
    IdentifierKind.DOI: lambda n: f"10.1000/{n}",
    IdentifierKind.PDQ: lambda n: f"{n:064x}",
}
BAD: list[object] = [{"sha256": "no"}, {"url": "no"}, {"isbn": "9780306406158"}, {}, 7, None]


@pytest.fixture(autouse=True)
def _record(vouched: Rightsholder, publish: Callable[..., TreeHead], now: datetime) -> None:
    """Register sixty works of each kind, every second one open to training, and ten websites."""
    drafts = [
        Draft(
            title=f"{kind} {n}",
            medium=Medium.IMAGE,
            identifiers=(parse(kind, value(n)),),
            choices={TRAINING: Choice.REFUSE if n % 2 else Choice.ALLOW},
        )
        for kind, value in VALUES.items()
        for n in range(WORKS)
    ]
    outcomes = register_works(rightsholder=vouched, drafts=drafts, at=now)
    assert all(outcome.work for outcome in outcomes)
    for n in range(10):
        place = register_location(
            rightsholder=vouched, scope=Scope.HOST, value=f"place{n}.example", reason="", at=now
        )
        declare(rightsholder=vouched, location=place, choices={TRAINING: Choice.ALLOW}, at=now)
    publish()


@pytest.fixture
def post(client: Client, now: datetime) -> Callable[..., Any]:
    """Ask with the key of a firm that has a quota."""
    firm: Firm = firms.found_firm(name="Acme", plan=STANDARD)
    key = firms.issue_key(firm=firm, at=now)[1]

    def send(address: str, body: object, content_type: str) -> Any:
        headers = {"Authorization": f"Bearer {key}"}
        return client.post(address, body, content_type, headers=headers)

    return send


def statements(ask: Callable[[], Any]) -> tuple[int, Any]:
    """Give how many SQL statements the answer costs, asked for the second time, and the answer."""
    ask()
    with CaptureQueriesContext(connection) as queries:
        answer = ask()
    assert answer.status_code == 200
    return len(queries), answer


def at(n: int) -> object:
    """Give the n-th of many items: of every kind, some bad, some registered, some at a place."""
    if n % 100 < BAD_EVERY:
        return BAD[n % len(BAD)]
    if n % 100 == BAD_EVERY:
        return {"url": f"https://place{n // 100 % 10}.example/{n}"}
    kind = list(VALUES)[n % len(VALUES)]
    return {kind.value: VALUES[kind](n // len(VALUES))}


def expected(n: int) -> str:
    """Give the basis of the n-th item's answer, or `error`."""
    if n % 100 < BAD_EVERY:
        return "error"
    if n % 100 == BAD_EVERY:
        return "granted"
    number = n // len(VALUES)
    return ("refused" if number % 2 else "granted") if number < WORKS else "unstated"


def test_mixed_items(post: Callable[..., Any]) -> None:
    items = [at(n) for n in range(ITEMS)]

    def ask(chosen: list[object]) -> Callable[[], Any]:
        return lambda: post("/api/v1/consent", {"items": chosen}, "application/json")

    small, _ = statements(ask([at(BAD_EVERY), at(BAD_EVERY + 1)]))
    large, answer = statements(ask(items))
    results = answer.json()["results"]
    assert [each.get("basis", "error") for each in results] == [expected(n) for n in range(ITEMS)]
    assert small == large


def test_records(post: Callable[..., Any]) -> None:
    records = [hash_of(f"Work {n}").key for n in range(ITEMS)]

    def ask(chosen: list[bytes]) -> Callable[[], Any]:
        return lambda: post("/api/v1/consent", b"".join(chosen), "application/octet-stream")

    small, _ = statements(ask([records[0], records[-1]]))
    large, answer = statements(ask(records))
    assert answer.content == bytes(2 if n < WORKS and n % 2 == 0 else 1 for n in range(ITEMS))
    assert small == large


def test_urls_in_the_format_of_spawning(post: Callable[..., Any]) -> None:
    url = VALUES[IdentifierKind.URL]
    lines = [url(n) for n in range(ITEMS)]
    lines[100::7] = ["no address"] * len(lines[100::7])
    lines[101::7] = [f"https://place{n % 10}.example/{n}" for n in range(len(lines[101::7]))]

    def ask(chosen: list[str]) -> Callable[[], Any]:
        return lambda: post("/api/v2/query/urls/", "\n".join(chosen), "text/plain")

    small, _ = statements(ask([url(0), lines[101]]))
    large, answer = statements(ask(lines))
    entries = answer.json()["urls"]
    assert [entry["url"] for entry in entries] == lines
    is_open = {*range(0, WORKS, 2), *range(101, ITEMS, 7)}
    assert [entry["optIn"] for entry in entries] == [n in is_open for n in range(ITEMS)]
    assert small == large
