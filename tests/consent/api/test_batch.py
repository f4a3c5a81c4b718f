"""A batch: the same answers in the same order, and one receipt for all."""

from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consent import receipts
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


def test_records_are_answered_one_byte_each_with_the_receipt_in_a_header(
    maya: Rightsholder,
    vouched: Rightsholder,
    register: Ask,
    publish: Ask,
    ask_records: Ask,
    acme_key: str,
    settings: Any,
) -> None:
    register(maya, "Harbour", choices=REFUSE)
    register(vouched, "Lighthouse", choices=ALLOW)
    publish()
    titles = ("Lighthouse", "Nobody", "Harbour", "Lighthouse")
    body = b"".join(hash_of(title).key for title in titles)
    answer = ask_records(body, key=acme_key)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer.content == bytes([2, 1, 1, 2])
    payload = receipts.verify(answer["Consent-Receipt"], keys=settings.REGISTRY_SIGNING_KEYS)
    assert payload["req"]["n"] == 4
    assert payload["req"]["body_sha256"] == sha256(body).hexdigest()
    assert len(answer["Consent-Receipt-Seed"]) == 64


@pytest.mark.parametrize(
    "accept",
    [
        "application/octet-stream",
        "application/octet-stream, application/problem+json;q=0.5",
        "Application/*",
        "*/*",
        "application/json",
    ],
)
def test_records_are_answered_in_octets_whether_those_or_json_are_accepted(
    accept: str, client: Any, vouched: Rightsholder, register: Ask, publish: Ask, acme_key: str
) -> None:
    register(vouched, "Lighthouse", choices=ALLOW)
    publish()
    headers = {"Authorization": f"Bearer {acme_key}", "Accept": accept}
    for kind in ("application/octet-stream", "Application/Octet-Stream; v=1"):
        body = hash_of("Lighthouse").key
        answer = client.post("/api/v1/consent", body, kind, headers=headers)
        assert (answer.status_code, answer.content) == (200, bytes([2]))
        assert answer["Content-Type"] == "application/octet-stream"
        refusal = client.post("/api/v1/consent", b"x" * 31, kind, headers=headers)
        assert (refusal.status_code, refusal.json()["code"]) == (422, "invalid-records")
        assert refusal["Content-Type"] == "application/problem+json"


def test_what_is_no_batch_of_records_is_not_given_as_octets(client: Any, publish: Ask) -> None:
    publish()
    octets = "application/octet-stream"
    headers = {"Accept": octets}
    address, body = "/api/v1/consent", {"items": [{"sha256": "0" * 64}]}
    asked = {"sha256": "0" * 64}
    for answer in (
        client.get(address, asked, headers=headers),
        client.get(address, asked, headers=headers, CONTENT_TYPE=octets),
        client.post(address, body, "application/json", headers=headers),
        client.post(address, bytes(32), octets, headers={"Accept": "text/html"}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (406, "not-acceptable")
        assert answer["Content-Type"] == "application/problem+json"


def test_records_and_json_get_the_same_receipt_root_for_the_same_seed(
    vouched: Rightsholder,
    register: Ask,
    publish: Ask,
    ask_many: Ask,
    ask_records: Ask,
    acme_key: str,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    register(vouched, "Lighthouse", choices=ALLOW)
    publish()
    monkeypatch.setattr("consent.receipts.token_bytes", lambda size: b"s" * size)
    hashes = [hash_of(title) for title in ("Lighthouse", "Nobody")]
    listed = ask_many({"items": [{"sha256": each.value} for each in hashes]}, key=acme_key)
    packed = ask_records(b"".join(each.key for each in hashes), key=acme_key)
    roots = [
        receipts.verify(text, keys=settings.REGISTRY_SIGNING_KEYS)["res"]
        for text in (listed.json()["receipt"], packed["Consent-Receipt"])
    ]
    assert roots[0] == roots[1]


@pytest.mark.parametrize(
    ("body", "query", "status", "code"),
    [
        (b"", "", 400, "malformed-body"),
        (b"x" * 31, "", 422, "invalid-records"),
        (b"x" * 33, "", 422, "invalid-records"),
        (b"x" * 32 * 10_001, "", 422, "too-many-items"),
        (b"x" * 32, "?usage=training", 422, "unknown-usage"),
        (b"x" * 32, "?colour=blue", 400, "unknown-parameter"),
        (b"x" * 32, "?usage=search&usage=mining", 400, "repeated-parameter"),
        (b"x" * 32, "?tree_size=-1", 422, "invalid-moment"),
        (b"x" * 32, "?tree_size=77", 404, "unknown-moment"),
    ],
)
def test_bad_records_get_a_problem(
    body: bytes, query: str, status: int, code: str, ask_records: Ask, publish: Ask, acme_key: str
) -> None:
    publish()
    answer = ask_records(body, key=acme_key, query=query)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_consistency_is_named_or_refused(ask_many: Ask, publish: Ask, acme_key: str) -> None:
    publish()
    items = [{"sha256": "0" * 64}]
    assert ask_many({"items": items, "consistency": "strong"}, key=acme_key).status_code == 200
    answer = ask_many({"items": items, "consistency": "weak"}, key=acme_key)
    assert answer.json()["code"] == "unknown-parameter"


def test_records_name_their_consistency_in_the_address(
    ask_records: Ask, publish: Ask, acme_key: str
) -> None:
    publish()
    for value, status in (("default", 200), ("strong", 200), ("weak", 400), ("", 400)):
        answer = ask_records(bytes(32), key=acme_key, query=f"?consistency={value}")
        assert answer.status_code == status


@pytest.mark.parametrize(
    "item",
    [
        b'{"sha256": "%b", "sha256": "%b"}' % (b"0" * 64, b"1" * 64),
        b'{"sha256": "%b", "sh\\u0061256": "%b"}' % (b"0" * 64, b"1" * 64),
    ],
)
def test_a_repeated_name_is_found_in_every_spelling(
    item: bytes, ask_many: Ask, publish: Ask, acme_key: str
) -> None:
    publish()
    for body in (b'{"items": [%b]}' % item, b'{"items": [{"sha256": "0"}, %b]}' % item):
        assert ask_many(body, key=acme_key).json()["code"] == "malformed-body"


@pytest.mark.parametrize(
    "text",
    [
        " " + "0" * 64,
        "0" * 63 + " ",
        "0" * 31 + "  " + "0" * 31,
        "0x" + "0" * 62,
        "\uff10" * 64,
        "0" * 65,
        "0" * 63,
        "",
        "g" * 64,
    ],
)
def test_one_bad_hash_among_good_ones_is_marked_alone(
    text: str, ask_many: Ask, publish: Ask, acme_key: str
) -> None:
    publish()
    items = [{"sha256": "0" * 64}, {"sha256": text}, {"sha256": "1" * 64}]
    results = ask_many({"items": items}, key=acme_key).json()["results"]
    is_trimmed = text.strip() == "0" * 64
    assert [result.get("verdict") for result in results] == [
        "deny",
        "deny" if is_trimmed else None,
        "deny",
    ]
    assert is_trimmed or results[1]["error"]["code"] == "invalid-hash"


def test_the_largest_batch_is_answered(ask_many: Ask, publish: Ask, acme_key: str) -> None:
    publish()
    items = [{"sha256": f"{n:064x}"} for n in range(10_000)]
    answer = ask_many({"items": items}, key=acme_key).json()
    assert len(answer["results"]) == 10_000
    assert answer["summary"] == {
        "allow": 0,
        "deny": 10_000,
        "error": 0,
        "basis": {"unstated": 10_000},
    }


def test_a_json_batch_is_asked_in_its_body_alone(client: Any, publish: Ask, acme_key: str) -> None:
    publish()
    answer = client.post(
        "/api/v1/consent?usage=search",
        {"items": [{"sha256": "0" * 64}]},
        "application/json",
        headers={"Authorization": f"Bearer {acme_key}"},
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "unknown-parameter")
