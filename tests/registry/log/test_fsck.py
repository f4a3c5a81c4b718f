"""The checker is silent about a sound log and says where a damaged one is damaged."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings as configured
from django.db import connection

from registry.log import fsck
from registry.log.fsck import findings
from registry.log.models import Log
from registry.log.services import append_many, integrate
from tests.registry.log.conftest import NOW

SECOND = timedelta(seconds=1)


@pytest.fixture
def sound(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fourteen hundred entries over several checkpoints, checked a few tiles at a time."""
    monkeypatch.setattr(fsck, "CHUNK", 512)
    integrate(log="tested", at=NOW)
    append_many(log="tested", said=[("claim", b"%d" % n) for n in range(1400)], at=NOW)
    for number, limit in enumerate((1, 299, 212, 500, 388)):
        integrate(log="tested", at=NOW + number * SECOND, limit=limit)


def test_a_sound_log_has_no_findings(sound: None) -> None:
    assert list(findings("tested")) == []


def test_an_empty_log_has_no_findings(log: Log) -> None:
    assert list(findings("tested")) == []
    integrate(log="tested", at=NOW)
    assert list(findings("tested")) == []


def test_pending_entries_are_no_finding(sound: None) -> None:
    append_many(log="tested", said=[("claim", b"pending")], at=NOW)
    assert list(findings("tested")) == []


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        (
            "UPDATE registry_entry SET leaf = overlay(leaf PLACING repeat('A', 43)::bytea FROM 16)"
            " WHERE index = 777",
            {"entry-differs: entry 777 is not what its tile says"},
        ),
        (
            "UPDATE registry_entry SET kind = 'declaration' WHERE index = 3",
            {"kind-differs: entry 3 is stored as declaration"},
        ),
        ("UPDATE registry_entry SET salt = NULL WHERE index = 3", set()),
        (
            "DELETE FROM registry_entry WHERE index IN (600, 601)",
            {
                "entry-missing: entry 600",
                "entry-missing: entry 601",
            },
        ),
        (
            "DELETE FROM registry_entry WHERE index = 1399",
            {"size-differs: 1399 entries under a checkpoint of 1400", "entry-missing: entry 1399"},
        ),
        (
            "DELETE FROM registry_checkpoint WHERE size = 1400",
            {
                "size-differs: 1400 entries under a checkpoint of 1012",
                "tile-size: tile 0/3 holds 8192 bytes",
                "tile-size: tile 0/4 holds 8192 bytes",
                "tile-size: tile 0/5 holds 3840 bytes",
                "tile-size: tile 1/0 holds 160 bytes",
            },
        ),
        (
            "UPDATE registry_tile SET hashes = overlay(hashes PLACING '\\x00000000' FROM 65)"
            " WHERE level = 0 AND number = 4",
            {
                "entry-differs: entry 1026 is not what its tile says",
                "root-differs: checkpoint 1400",
                "tile-differs: tile 1/0",
            },
        ),
        (
            "UPDATE registry_tile SET hashes = overlay(hashes PLACING '\\x00000000' FROM 65)"
            " WHERE level = 1",
            {"tile-differs: tile 1/0"},
        ),
        (
            "DELETE FROM registry_tile WHERE level = 1",
            {
                "tile-missing: tile 1/0",
            },
        ),
        (
            "DELETE FROM registry_tile WHERE level = 0 AND number = 3",
            {"tile-missing: tile 0/3", "unfinished: no tiles to go on with from entry 512"},
        ),
        (
            "INSERT INTO registry_tile (log_id, level, number, hashes)"
            " SELECT log_id, 2, 0, substring(hashes FOR 32) FROM registry_tile WHERE level = 1",
            {"tile-size: tile 2/0 holds 32 bytes"},
        ),
        (
            "UPDATE registry_checkpoint SET root = decode(repeat('00', 32), 'hex')"
            " WHERE size = 300",
            {"root-differs: checkpoint 300", "note-differs: checkpoint 300"},
        ),
        (
            "UPDATE registry_checkpoint SET note ="
            " (SELECT note FROM registry_checkpoint WHERE size = 1) WHERE size = 300",
            {"note-differs: checkpoint 300"},
        ),
        (
            "UPDATE registry_checkpoint SET note = replace(note, 'tested', 'forged')"
            " WHERE size = 0",
            {"note-unsigned: checkpoint 0: no known key signed this note"},
        ),
        (
            "UPDATE registry_checkpoint SET published_at = published_at - interval '1 hour'"
            " WHERE size = 1012",
            {"time-reversed: checkpoint 1012"},
        ),
    ],
)
def test_damage_is_found_where_it_is(
    sound: None, unguarded: Callable, damage: str, expected: set[str]
) -> None:
    table = damage.split()[2] if damage.split()[1] in ("FROM", "INTO") else damage.split()[1]
    with unguarded(table), connection.cursor() as cursor:
        cursor.execute(damage)
        assert cursor.rowcount > 0
    assert sorted(str(finding) for finding in findings("tested")) == sorted(expected)


def test_without_its_keys_no_checkpoint_counts(sound: None) -> None:
    for file in configured.REGISTRY_SIGNING_KEYS.iterdir():
        file.unlink()
    found = list(findings("tested"))
    assert {finding.code for finding in found} == {"note-unsigned"}
    assert len(found) == 6


def test_a_log_that_is_not_there_cannot_be_checked(log: Log) -> None:
    with pytest.raises(Log.DoesNotExist):
        list(findings("unknown"))
