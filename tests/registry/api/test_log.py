"""The log as monitors and auditors fetch it."""

from base64 import b64decode
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from registry.log import merkle
from registry.models import Rightsholder, Work
from registry.statements import TreeHead

pytestmark = pytest.mark.django_db

Publish = Callable[..., TreeHead]


@pytest.fixture
def heads(
    maya: Rightsholder, register: Callable[..., Work], publish: Publish, now: datetime
) -> list[TreeHead]:
    """Two published states: three entries, then eight."""
    register(maya, "A")
    register(maya, "B")
    first = publish()
    for title in "CDEFG":
        register(maya, title)
    return [first, publish(now + timedelta(seconds=1))]


def test_the_checkpoint_names_the_log_its_size_and_its_root(
    client: Any, heads: list[TreeHead]
) -> None:
    answer = client.get("/log/declarations/checkpoint")
    origin, size, root, *_ = answer.content.decode().split("\n")
    assert origin.endswith("/log/declarations")
    assert (int(size), b64decode(root)) == (heads[1].size, heads[1].root)
    assert answer["Content-Type"].startswith("text/plain")


def test_what_a_verifier_needs_to_start(client: Any, heads: list[TreeHead]) -> None:
    told = client.get("/api/v1/log/declarations").json()
    assert told["tree_size"] == heads[1].size
    assert told["verifier_keys"][0].startswith("127.0.0.1/log/declarations+")


def test_tiles_and_bundles_are_served_at_any_width_and_never_change(
    client: Any, heads: list[TreeHead]
) -> None:
    size = heads[1].size
    whole = client.get(f"/log/declarations/tile/0/000.p/{size}")
    assert len(whole.content) == size * merkle.HASH_SIZE
    assert "immutable" in whole["Cache-Control"]
    part = client.get("/log/declarations/tile/0/000.p/2").content
    assert whole.content.startswith(part)
    assert client.get("/log/declarations/tile/entries/000.p/2").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/log/nonsense/checkpoint",
        "/log/no%20name/checkpoint",
        "/log/declarations/nonsense",
        "/log/nonsense/tile/0/000.p/1",
        "/log/declarations/tile/0/000",
        "/log/declarations/tile/0/000.p/0",
        "/log/declarations/tile/0/000.p/200",
        "/log/declarations/tile/0/000.p/256",
        "/log/declarations/tile/99/000.p/1",
        "/log/declarations/tile/0/x999/x999/x999/x999/x999/999",
        "/log/declarations/tile/entries/../../admin",
    ],
)
def test_what_is_not_there_is_a_404(path: str, client: Any, heads: list[TreeHead]) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize(
    "path",
    [
        "checkpoint",
        "tile/0/000.p/2",
        "tile/entries/000.p/2",
        "tile/nonsense",
    ],
)
def test_the_log_is_only_read(method: str, path: str, heads: list[TreeHead]) -> None:
    answer = getattr(Client(enforce_csrf_checks=True), method)(f"/log/declarations/{path}")
    assert (answer.status_code, answer.json()["code"]) == (405, "method-not-allowed")
    assert answer["Content-Type"] == "application/problem+json"
    assert "GET" in answer["Allow"]
    assert "POST" not in answer["Allow"]


@pytest.mark.parametrize("accept", ["*/*", "text/plain", "application/octet-stream", "text/html"])
def test_its_files_are_what_they_are_whatever_is_accepted(
    accept: str, client: Any, heads: list[TreeHead]
) -> None:
    for path, kind in {"checkpoint": "text/plain", "tile/0/000.p/2": "application/octet"}.items():
        answer = client.get(f"/log/declarations/{path}", headers={"Accept": accept})
        assert (answer.status_code, answer["Content-Type"].startswith(kind)) == (200, True)
    head = client.head("/log/declarations/checkpoint")
    assert (head.status_code, head.content) == (200, b"")


def test_a_larger_state_is_proven_to_contain_a_smaller_one(
    client: Any, heads: list[TreeHead]
) -> None:
    first, second = heads
    query = {"first": first.size, "second": second.size}
    proof = client.get("/api/v1/log/declarations/consistency", query).json()
    assert merkle.verify_consistency(
        first=first.size,
        second=second.size,
        first_root=first.root,
        second_root=second.root,
        proof=[b64decode(each) for each in proof["hashes"]],
    )


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/api/v1/log/nonsense", "unknown-log"),
        ("/api/v1/log/declarations/inclusion", "unknown-entry"),
        ("/api/v1/log/declarations/inclusion?index=0&tree_size=999", "unknown-entry"),
        ("/api/v1/log/declarations/inclusion?index=5&tree_size=2", "unknown-entry"),
        ("/api/v1/log/declarations/inclusion?index=-1&tree_size=2", "unknown-entry"),
        ("/api/v1/log/declarations/inclusion?index=x&tree_size=2", "unknown-entry"),
        (f"/api/v1/log/declarations/inclusion?index=0&tree_size={10**30}", "unknown-entry"),
        ("/api/v1/log/declarations/consistency?first=0&second=2", "unknown-entry"),
        ("/api/v1/log/nonsense/consistency?first=1&second=2", "unknown-entry"),
    ],
)
def test_bad_questions_get_a_problem(
    path: str, code: str, client: Any, heads: list[TreeHead]
) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, code)
