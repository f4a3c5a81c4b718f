"""The tables are what the models say, and the database itself keeps what was said."""

from collections.abc import Callable
from datetime import datetime
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from registry.models import Rightsholder, Work
from registry.services.locations import register_location
from registry.vocabulary import Choice, Scope, Usage
from tests.conftest import KEPT


@pytest.fixture
def record(
    maya: Rightsholder,
    register: Callable[..., Work],
    publish: Callable[..., object],
    now: datetime,
) -> None:
    """A row at least in every table that is kept, all of it published."""
    register(maya, choices={Usage.MINING: Choice.REFUSE}, holders=("Rui",))
    register_location(rightsholder=maya, scope=Scope.HOST, value="maya.example", reason="", at=now)
    publish()


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", "--check", "--dry-run", stdout=StringIO())


@pytest.mark.django_db
@pytest.mark.parametrize("table", KEPT)
@pytest.mark.parametrize("act", ["DELETE FROM {0}", "TRUNCATE {0} CASCADE"])
def test_postgresql_refuses_to_forget(
    table: str,
    act: str,
    record: None,
) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(act.format(table))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("table", "row"),
    [
        (
            "registry_identifier",
            "(claim_id, work_id, kind, key, value) SELECT id, work_id, 'sha256', '\\x00', '00'"
            " FROM registry_claim",
        ),
        (
            "registry_holder",
            "(claim_id, name, layer) SELECT id, 'Zed', 'whole' FROM registry_claim",
        ),
        (
            "registry_standing",
            "(id, rightsholder_id, level, reason, set_at, entry_id)"
            " SELECT gen_random_uuid(), rightsholder_id, 4, '', declared_at, entry_id"
            " FROM registry_declaration",
        ),
        (
            "registry_locationevent",
            "(id, location_id, kind, reason, happened_at, entry_id)"
            " SELECT gen_random_uuid(), location_id, 'ended', '', happened_at,"
            " (SELECT entry_id FROM registry_declaration) FROM registry_locationevent",
        ),
    ],
)
def test_postgresql_refuses_to_add_to_what_is_published(
    table: str,
    row: str,
    record: None,
) -> None:
    with (
        pytest.raises(DatabaseError, match="refused"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"INSERT INTO {table} {row}")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("registry_claim", "claimed_at = now()"),
        ("registry_identifier", "value = 'x'"),
        ("registry_holder", "name = 'x'"),
        ("registry_declaration", "mining = 'allow'"),
        ("registry_standing", "level = 4"),
        ("registry_location", "value = 'x'"),
        ("registry_locationevent", "happened_at = now()"),
        ("registry_entry", "leaf = ''"),
        ("registry_entry", "index = index + 1"),
        ("registry_checkpoint", "note = ''"),
        ("registry_tile", "hashes = '\\x00'"),
    ],
)
def test_postgresql_refuses_to_rewrite(
    table: str,
    change: str,
    record: None,
) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {change}")  # noqa: S608  the names stand above
