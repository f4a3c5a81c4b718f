"""How many SQL statements each endpoint and main page costs, held to a reviewed file.

After a change that is meant, run this test with UPDATE_QUERY_COUNTS=1 and review the difference.
"""

import json
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from consent.services import firms
from registry.models import Rightsholder, Work
from registry.vocabulary import Choice, Usage
from tests.conftest import firm_with, hash_of

FILE = Path(__file__).with_name("query_counts.json")
WORKS = 30
Request = Callable[[], Any]

pytestmark = pytest.mark.django_db


@pytest.fixture
def requests(
    vouched: Rightsholder,
    register: Callable[..., Work],
    publish: Callable[..., object],
    now: datetime,
) -> dict[str, Request]:
    """Give the requests by name, on a registry with thirty works."""
    choices = {Usage.GENERATIVE_TRAINING: Choice.ALLOW}
    works = [register(vouched, f"Work {n}", choices=choices) for n in range(WORKS)]
    publish()
    user = vouched.members.get()
    firm = firm_with(user)
    key = firms.issue_key(firm=firm, at=now)[1]
    firms.key_in_use(text=key, at=now)
    bearer = {"Authorization": f"Bearer {key}"}
    work = f"wrk_{works[0].id.hex}"

    anonymous, signed_in = Client(), Client()
    signed_in.force_login(user)

    def page(path: str, client: Client = anonymous) -> Request:
        return lambda: client.get(path)

    def ask(item: dict[str, str], **headers: Any) -> Request:
        return lambda: anonymous.get("/api/v1/consent", item, **headers)

    def batch(count: int) -> Request:
        items = [{"sha256": hash_of(f"Work {n}").value} for n in range(count)]
        return lambda: anonymous.post(
            "/api/v1/consent", {"items": items}, "application/json", headers=bearer
        )

    def lines(count: int) -> Request:
        urls = "\n".join(f"https://example.org/{n}" for n in range(count))
        headers = {"Authorization": f"API {key}"}
        return lambda: anonymous.post("/api/v2/query/urls/", urls, "text/plain", headers=headers)

    one = {"sha256": hash_of("Work 0").value}
    none = {"sha256": "0" * 64}
    return {
        "GET /api/v1/consent, anonymous": ask(one),
        "GET /api/v1/consent, with a key": ask(one, headers=bearer),
        "GET /api/v1/consent, nothing registered": ask(none, headers=bearer),
        "POST /api/v1/consent, 2 items": batch(2),
        "POST /api/v1/consent, 30 items": batch(WORKS),
        "POST /api/v2/query/urls/, 2 URLs": lines(2),
        "POST /api/v2/query/urls/, 30 URLs": lines(WORKS),
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
        "GET /check/, an answer": page(f"/check/?sha256={one['sha256']}"),
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
