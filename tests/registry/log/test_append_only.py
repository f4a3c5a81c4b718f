"""PostgreSQL itself keeps the log as it was written."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction

from registry.log.models import Log
from registry.log.services import append
from tests.registry.log.conftest import NOW

GROW_TILE = "UPDATE registry_tile SET hashes = hashes || decode(repeat('00', 32), 'hex')"
INDEX_ENTRY = "UPDATE registry_entry SET index = 3"


@pytest.fixture(autouse=True)
def entries(log: Log, publish: Callable) -> None:
    publish(3)
    append(log=log.name, kind="claim", payload=b"pending", at=NOW)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM registry_entry",
        "TRUNCATE registry_entry CASCADE",
        "UPDATE registry_entry SET leaf = leaf WHERE index IS NULL",
        "UPDATE registry_entry SET salt = NULL",
        f"{INDEX_ENTRY}, salt = decode(repeat('00', 32), 'hex') WHERE index IS NULL",
        f"{INDEX_ENTRY}, salt = NULL WHERE index IS NULL",
        f"{INDEX_ENTRY}, leaf = '' WHERE index IS NULL",
        f"{INDEX_ENTRY}, kind = 'other' WHERE index IS NULL",
        f"{INDEX_ENTRY}, created_at = now() WHERE index IS NULL",
        f"{INDEX_ENTRY}, id = id + 1000 WHERE index IS NULL",
        "UPDATE registry_entry SET index = NULL WHERE index = 2",
        f"{INDEX_ENTRY} WHERE index = 2",
        "UPDATE registry_entry SET index = 2 WHERE index IS NULL",
        "UPDATE registry_entry SET index = -1 WHERE index IS NULL",
        "INSERT INTO registry_entry (log_id, kind, salt, leaf, index, created_at)"
        " SELECT log_id, kind, salt, leaf, 3, created_at FROM registry_entry LIMIT 1",
        "INSERT INTO registry_entry (log_id, kind, leaf, created_at)"
        " SELECT log_id, kind, leaf, created_at FROM registry_entry LIMIT 1",
        "DELETE FROM registry_tile",
        "TRUNCATE registry_tile",
        "UPDATE registry_tile SET hashes = substring(hashes FOR 32)",
        "UPDATE registry_tile SET hashes = overlay(hashes PLACING '\\x00' FROM 40)",
        "UPDATE registry_tile SET hashes = decode(repeat('00', 320), 'hex')",
        "UPDATE registry_tile SET hashes = hashes || '\\x00'",
        f"{GROW_TILE}, number = 1",
        f"{GROW_TILE}, level = 1",
        "INSERT INTO registry_tile (log_id, level, number, hashes)"
        " SELECT log_id, 5, 0, '' FROM registry_tile",
        "INSERT INTO registry_tile (log_id, level, number, hashes)"
        " SELECT log_id, 5, 0, decode(repeat('00', 32 * 257), 'hex') FROM registry_tile",
        "DELETE FROM registry_checkpoint",
        "TRUNCATE registry_checkpoint",
        "UPDATE registry_checkpoint SET note = 'forged'",
        "INSERT INTO registry_checkpoint (log_id, size, root, note, published_at)"
        " SELECT log_id, size, root, note, now() FROM registry_checkpoint",
        "DELETE FROM registry_log",
        "TRUNCATE registry_log CASCADE",
        "UPDATE registry_log SET origin = 'elsewhere.example/log'",
    ],
)
def test_it_refuses(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(IntegrityError), transaction.atomic():
            cursor.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        f"{INDEX_ENTRY} WHERE index IS NULL",
        GROW_TILE,
    ],
)
def test_it_lets_the_log_grow(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        assert cursor.rowcount == 1
