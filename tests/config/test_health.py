"""Health: the process alone, and whether the registry is ready, in one precise word a check."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from config import health
from registry.models import Rightsholder
from registry.services.operations import beat_heart
from registry.services.people import set_evidence_level
from registry.statements import TreeHead

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _another_process() -> Iterator[None]:
    health._require_migrations.cache_clear()
    yield
    health._require_migrations.cache_clear()


def ready(client: Client) -> tuple[int, dict[str, Any]]:
    answer = client.get("/readyz")
    return answer.status_code, answer.json()


def test_a_process_is_alive_without_its_database(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})
    assert "no-store" in answer["Cache-Control"]


def test_the_registry_is_ready_when_all_is_well(client: Client, now: datetime) -> None:
    beat_heart(name="worker", at=now)
    assert ready(client) == (
        200,
        {
            "status": "ready",
            "database": "up",
            "migrations": "applied",
            "log": "fresh",
            "worker": "alive",
            "snapshot": None,
        },
    )


def test_a_worker_that_was_not_seen_for_a_minute_is_silent(client: Client, now: datetime) -> None:
    beat_heart(name="worker", at=now - timedelta(seconds=61))
    status, said = ready(client)
    assert (status, said["status"], said["worker"]) == (503, "waiting", "silent")


def test_an_entry_that_waits_longer_than_a_minute_makes_the_log_stale(
    client: Client, maya: Rightsholder, now: datetime, publish: Callable[..., TreeHead]
) -> None:
    beat_heart(name="worker", at=now)
    assert ready(client)[0] == 200  # Maya's standing waits, but not for long
    publish()
    earlier = now - timedelta(seconds=61)
    set_evidence_level(rightsholder=maya, level=1, reason="test", at=earlier)
    status, said = ready(client)
    assert (status, said["log"]) == (503, "stale")


def test_a_missing_migration_is_said_until_it_is_applied(
    client: Client, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    beat_heart(name="worker", at=now)
    with monkeypatch.context() as patched:
        patched.setattr(health.MigrationExecutor, "migration_plan", lambda *_: ["0004_more"])
        status, said = ready(client)
        assert (status, said["database"], said["migrations"]) == (503, "up", "missing")
        assert said["log"] == said["worker"] == "unknown"
    assert ready(client)[0] == 200


def test_the_second_look_is_cheap(
    client: Client, now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    beat_heart(name="worker", at=now)
    ready(client)
    with django_assert_num_queries(2):
        ready(client)


def test_a_database_that_is_down_is_said_and_nothing_else_about_it(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: object) -> bool:
        raise OperationalError("no password for registry at db.registry.example")

    monkeypatch.setattr(health, "is_log_fresh", refuse)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {
        "status": "waiting",
        "database": "down",
        "migrations": "unknown",
        "log": "unknown",
        "worker": "unknown",
        "snapshot": None,
    }
    assert b"password" not in answer.content
