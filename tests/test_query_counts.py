"""How many SQL statements each endpoint and main page costs, held to a reviewed file.

After a change that is meant, run this test with UPDATE_QUERY_COUNTS=1 and review the difference.
"""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from consent.selectors import snapshots
from consent.selectors.lookups import SETTLED_AFTER
from consent.services import firms
from consent.services.snapshots import build_alone
from registry.models import Rightsholder, Work
from registry.statements import TreeHead
from registry.vocabulary import Choice, Usage
from tests.conftest import firm_with, hash_of

FILE = Path(__file__).with_name("query_counts.json")
WORKS = 30
CONSENT = "/api/v1/consent"
Request = Callable[[], Any]

pytestmark = pytest.mark.django_db


@pytest.fixture
def now() -> datetime:
    """Long enough ago that an answer as of then cannot change any more."""
    return timezone.now() - 2 * SETTLED_AFTER


@pytest.fixture
def requests(
    vouched: Rightsholder,
    register: Callable[..., Work],
    publish: Callable[..., TreeHead],
    now: datetime,
    tmp_path: Path,
) -> dict[str, Request]:
    """Give the requests by name, on a registry with thirty works."""
    choices = {Usage.GENERATIVE_TRAINING: Choice.ALLOW}
    works = [register(vouched, f"Work {n}", choices=choices) for n in range(WORKS)]
    head = publish()
    later = now + timedelta(milliseconds=2)
    with opened(tmp_path):
        assert build_alone(head=head, at=later)
    user = vouched.members.get()
    firm = firm_with(user)
    key = firms.issue_key(firm=firm, at=now)[1]
    firms.key_in_use(text=key, at=timezone.now())
    work = f"wrk_{works[0].id.hex}"

    anonymous, signed_in = Client(), Client()
    signed_in.force_login(user)
    program = Client(headers={"Authorization": f"Bearer {key}"})
    in_memory = partial(from_snapshot, tmp_path)

    def page(path: str, client: Client = anonymous) -> Request:
        return lambda: client.get(path)

    known = {"sha256": hash_of("Work 0").value}
    unknown = {"sha256": "0" * 64}
    return {
        "GET /api/v1/consent, anonymous": ask(anonymous, known),
        "GET /api/v1/consent, with a key": ask(program, known),
        "GET /api/v1/consent, nothing registered": ask(program, unknown),
        "GET /api/v1/consent, as of a time": ask(program, {**known, "at": later.isoformat()}),
        "GET /api/v1/consent, as of a size": ask(program, {**known, "tree_size": head.size}),
        "POST /api/v1/consent, 2 items": batch(program, 2),
        "POST /api/v1/consent, 30 items": batch(program, WORKS),
        "POST /api/v1/consent, 2 items from a snapshot": in_memory(batch(program, 2)),
        "POST /api/v1/consent, 30 items from a snapshot": in_memory(batch(program, WORKS)),
        "POST /api/v1/consent, 2 records": records(program, 2),
        "POST /api/v1/consent, 30 records": records(program, WORKS),
        "POST /api/v1/consent, 2 records from a snapshot": in_memory(records(program, 2)),
        "POST /api/v1/consent, 30 records from a snapshot": in_memory(records(program, WORKS)),
        "POST /api/v1/consent, 2 items with an Idempotency-Key": once(program, 2),
        "POST /api/v1/consent, 30 items with an Idempotency-Key": once(program, WORKS),
        "POST /api/v1/consent, 2 items sent again": batch(program, 2, {"Idempotency-Key": "1"}),
        "POST /api/v2/query/urls/, 2 URLs": lines(program, 2),
        "POST /api/v2/query/urls/, 30 URLs": lines(program, WORKS),
        "GET /log/declarations/checkpoint": page("/log/declarations/checkpoint"),
        "GET /log/declarations/tile": page("/log/declarations/tile/0/000.p/5"),
        "GET /log/declarations/tile/entries": page("/log/declarations/tile/entries/000.p/5"),
        "GET /api/v1/log/declarations": page("/api/v1/log/declarations"),
        "GET /api/v1/log/declarations/inclusion": page(
            "/api/v1/log/declarations/inclusion?index=1&tree_size=5"
        ),
        "GET /api/v1/log/declarations/consistency": page(
            "/api/v1/log/declarations/consistency?first=2&second=5"
        ),
        "GET /": page("/"),
        "GET /statement/": page("/statement/"),
        "GET /statement/signatories/": page("/statement/signatories/"),
        "GET /check/": page("/check/"),
        "GET /check/, an answer": page(f"/check/?sha256={known['sha256']}"),
        "GET /record/": page(f"/record/{work}/"),
        "GET /works/": page("/works/", signed_in),
        "GET /works/new/": page("/works/new/", signed_in),
        "GET /works/<work>/": page(f"/works/{work}/", signed_in),
        "GET /catalogue/": page("/catalogue/", signed_in),
        "GET /settings/": page("/settings/", signed_in),
        "GET /firm/": page("/firm/", signed_in),
        "GET /firm/members/": page("/firm/members/", signed_in),
        "GET /firm/usage/": page("/firm/usage/", signed_in),
    }


def ask(client: Client, query: dict[str, Any]) -> Request:
    """Ask about one item."""
    return lambda: client.get(CONSENT, query)


def batch(client: Client, count: int, headers: dict[str, str] | None = None) -> Request:
    """Ask about so many works."""
    body = {"items": [{"sha256": hash_of(f"Work {n}").value} for n in range(count)]}
    return lambda: client.post(CONSENT, body, "application/json", headers=headers)


def once(client: Client, count: int) -> Request:
    """Ask about so many works, with another Idempotency-Key each time."""
    return lambda: batch(client, count, {"Idempotency-Key": uuid4().hex})()


def records(client: Client, count: int) -> Request:
    """Ask about so many works by their bare hashes."""
    octets = b"".join(hash_of(f"Work {n}").key for n in range(count))
    return lambda: client.post(CONSENT, octets, "application/octet-stream")


def lines(client: Client, count: int) -> Request:
    """Ask as clients of Spawning's API do."""
    urls = "\n".join(f"https://example.org/{n}" for n in range(count))
    return lambda: client.post("/api/v2/query/urls/", urls, "text/plain")


def from_snapshot(folder: Path, request: Request) -> Request:
    """Have the request answered from the snapshot in the folder."""

    def answer() -> Any:
        with opened(folder):
            return request()

    return answer


@contextmanager
def opened(folder: Path) -> Iterator[None]:
    """Answer batches from the snapshot in the folder."""
    with override_settings(SNAPSHOT_FOLDER=folder):
        snapshots.open_newest()
        yield
    snapshots.open_newest()  # the test's own folder again, which has none


def test_requests_cost_what_was_reviewed(requests: dict[str, Request]) -> None:
    measured = {}
    for name, request in requests.items():
        request()  # whatever a process asks for once
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            response = request()
        assert response.status_code == 200, name
        measured[name] = sum(
            not query["sql"].startswith(("SAVEPOINT", "RELEASE")) for query in queries
        )
    if os.environ.get("UPDATE_QUERY_COUNTS"):
        FILE.write_text(json.dumps(measured, indent=2) + "\n")
    assert measured == json.loads(FILE.read_text())


@pytest.mark.parametrize("of", ["items", "items from a snapshot", "records", "URLs"])
def test_a_batch_costs_the_same_whatever_its_size(of: str) -> None:
    reviewed = json.loads(FILE.read_text())
    few, many = (
        [count for name, count in reviewed.items() if name.endswith(f", {size} {of}")]
        for size in (2, WORKS)
    )
    assert few == many
    assert len(few) == 1
