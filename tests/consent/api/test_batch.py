"""A batch: the same answers in the same order, and one receipt for all."""

from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.log import merkle
from registry.models import Rightsholder
from registry.vocabulary import Choice, Usage
from tests.conftest import hash_of

pytestmark = pytest.mark.django_db

ALLOW = {Usage.GENERATIVE_TRAINING: Choice.ALLOW}
REFUSE = {Usage.GENERATIVE_TRAINING: Choice.REFUSE}
Ask = Callable[..., Any]


def test_items_of_all_kinds_are_answered_in_order_and_bad_ones_marked(
    maya: Rightsholder,
    vouched: Rightsholder,
    register: Ask,
    publish: Ask,
    ask_many: Ask,
    acme_key: str,
) -> None:
    register(maya, "Harbour", choices=REFUSE)
    register(vouched, "Lighthouse", choices=ALLOW)
    publish()
    items = [
        {"sha256": hash_of("Lighthouse").value},
        {"sha256": "nonsense"},
        {"url": "https://example.org/nobody"},
        {"sha256": hash_of("Harbour").value},
        {"sha256": "0" * 64, "url": "https://example.org/"},
        {"colour": "blue"},
        "text",
        None,
        {"sha256": 7},
    ]
    answer = ask_many({"items": items}, key=acme_key)
    assert answer.status_code == 200
    results = answer.json()["results"]
    assert [result.get("basis") or result["error"]["code"] for result in results] == [
        "granted",
        "invalid-hash",
        "unstated",
        "refused",
        "one-identifier",
        "one-identifier",
        "one-identifier",
        "one-identifier",
        "one-identifier",
    ]
    assert answer.json()["summary"] == {
        "allow": 1,
        "deny": 2,
        "error": 6,
        "basis": {"granted": 1, "unstated": 1, "refused": 1},
    }
    assert set(results[0]) == {"verdict", "preference", "basis", "rule", "match"}


def test_details_come_when_they_are_asked_for(
    maya: Rightsholder, register: Ask, publish: Ask, ask_many: Ask, acme_key: str
) -> None:
    register(maya, choices=REFUSE)
    publish()
    body = {"items": [{"sha256": hash_of("Harbour").value}], "detail": "full"}
    [result] = ask_many(body, key=acme_key).json()["results"]
    assert result["entries"]


def test_a_large_batch_costs_as_many_statements_as_a_small_one(
    vouched: Rightsholder, register: Ask, publish: Ask, ask_many: Ask, acme_key: str
) -> None:
    for number in range(30):
        register(vouched, f"Work {number}", choices=ALLOW)
    publish()
    items = [{"sha256": hash_of(f"Work {number}").value} for number in range(30)]

    def statements(count: int) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert ask_many({"items": items[:count]}, key=acme_key).status_code == 200
        return len(queries)

    statements(1)
    assert statements(2) == statements(30)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "malformed-body"),
        (b"{", 400, "malformed-body"),
        (b'{"items": [], "items": []}', 400, "malformed-body"),
        (b'{"items": [NaN]}', 400, "malformed-body"),
        (b"[" * 100_000, 400, "malformed-body"),
        (b'{"items": [' + b"[" * 20 + b"]" * 20 + b"]}", 400, "malformed-body"),
        (b"\xff\xfe", 400, "malformed-body"),
        (b"[]", 422, "invalid-items"),
        (b"{}", 422, "invalid-items"),
        (b'{"items": {}}', 422, "invalid-items"),
        (b'{"items": []}', 422, "too-many-items"),
        (b'{"items": [' + b",".join([b"1"] * 10_001) + b"]}", 422, "too-many-items"),
        (b'{"items": [1], "colour": 1}', 400, "unknown-parameter"),
        (b'{"items": [1], "detail": "more"}', 400, "unknown-parameter"),
        (b'{"items": [1], "detail": []}', 400, "unknown-parameter"),
        (b'{"items": [1], "\\ud800": 1}', 400, "unknown-parameter"),
        (b'{"items": [1], "usage": "training"}', 422, "unknown-usage"),
        (b'{"items": [1], "usage": 1}', 422, "unknown-usage"),
        (b'{"items": [1], "tree_size": true}', 422, "invalid-moment"),
        (b'{"items": [1], "tree_size": 1.5}', 422, "invalid-moment"),
    ],
)
def test_bad_bodies_get_a_problem(
    body: bytes, status: int, code: str, ask_many: Ask, publish: Ask, acme_key: str
) -> None:
    publish()
    answer = ask_many(body, key=acme_key)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_body_too_large_is_refused_before_it_is_parsed(
    ask_many: Ask, publish: Ask, acme_key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish()
    body = {"items": [{"sha256": "0" * 64}] * 3}
    monkeypatch.setattr("consent.api.content.ANONYMOUS_LIMIT", 100)
    answer = ask_many(body)
    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")
    assert ask_many(body, key=acme_key).status_code == 200
    monkeypatch.setattr("consent.api.content.BODY_LIMIT", 100)
    assert ask_many(body, key=acme_key).status_code == 413


def test_another_content_type_is_refused(client: Any, publish: Ask) -> None:
    publish()
    answer = client.post("/api/v1/consent", b"items", "text/csv")
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported-media-type")
    assert client.put("/api/v1/consent").json()["code"] == "method-not-allowed"


def test_an_anonymous_batch_is_small(ask_many: Ask, publish: Ask) -> None:
    publish()
    few = {"items": [{"sha256": "0" * 64}] * 3}
    assert ask_many(few).status_code == 200
    many = {"items": [{"sha256": "0" * 64}] * 61}
    assert ask_many(many).json()["code"] == "too-many-items"


def test_the_receipt_of_a_batch_commits_to_every_item(
    ask_many: Ask, publish: Ask, acme_key: str, settings: Any
) -> None:
    import hmac

    import msgspec

    from consent import receipts

    publish()
    body = {"items": [{"sha256": "0" * 64}, {"sha256": "bad"}, {"sha256": "1" * 64}]}
    answer = ask_many(body, key=acme_key).json()
    payload = receipts.verify(answer["receipt"], keys=settings.REGISTRY_SIGNING_KEYS)
    seed = bytes.fromhex(answer["receipt_seed"])
    leaves = [
        msgspec.json.encode(
            [
                n,
                "sha256",
                digit * 64,
                "deny",
                "unstated",
                "R01",
                hmac.new(seed, str(n).encode(), "sha256").hexdigest(),
            ]
        )
        for n, digit in ((0, "0"), (2, "1"))
    ]
    assert payload["res"]["items_root"] == b64encode(merkle.root(leaves)).decode()
    assert payload["res"]["deny"] == 2
    assert payload["mode"] == "batch"
