"""A log of its own for each test, and ways to write it and to break it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import Settings

from registry.log.models import Log
from registry.log.services import append, integrate, open_log
from registry.statements import TreeHead

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@pytest.fixture
def log(db: None, settings: Settings, tmp_path: Path) -> Log:
    settings.REGISTRY_SIGNING_KEYS = tmp_path / "keys"
    return open_log(name="tested", origin="registry.example/log/tested")


@pytest.fixture
def publish(log: Log) -> Callable[..., TreeHead]:
    """Appends that many entries, in their order, and integrates them all."""

    def publish(count: int, at: datetime = NOW) -> TreeHead:
        for number in range(count):
            append(log=log.name, kind="declaration", payload=b"%d" % number, at=at)
        head = integrate(log=log.name, at=at)
        assert head
        return head

    return publish


@pytest.fixture
def unguarded(db: None) -> Callable[[str], AbstractContextManager[None]]:
    """Lifts the triggers of a table, as its owner could."""

    @contextmanager
    def unguarded(table: str) -> Iterator[None]:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            yield
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")

    return unguarded
