"""What is appended gets its place once, and a signed checkpoint says so."""

from base64 import b64encode
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from django.conf import settings as configured
from django.db import connection
from pytest_django import Settings

from registry.log import reads, services
from registry.log.fsck import findings
from registry.log.leaves import leaf_of
from registry.log.merkle import EMPTY_ROOT, root
from registry.log.models import Checkpoint, Entry, Log, Tile
from registry.log.note import open_note
from registry.log.services import (
    LogDamagedError,
    append,
    append_many,
    integrate,
    open_log,
)
from registry.statements import TreeHead
from tests.registry.log.conftest import NOW

Publish = Callable[..., TreeHead]
SECOND = timedelta(seconds=1)


def test_a_log_keeps_the_origin_it_was_made_with(log: Log) -> None:
    assert open_log(name="tested", origin="elsewhere.example/log/tested") == log
    assert open_log(name="tested", origin="").origin == "registry.example/log/tested"


def test_an_entry_waits_until_it_is_integrated(log: Log) -> None:
    entry = append(log="tested", kind="claim", payload=b"said", at=NOW)
    entry.refresh_from_db()
    assert entry.index is None
    assert entry.created_at == NOW
    assert entry.salt is not None
    assert leaf_of("claim", bytes(entry.salt), b"said") == bytes(entry.leaf)
    assert reads.oldest_pending_at("tested") == NOW
    head = integrate(log="tested", at=NOW + SECOND)
    entry.refresh_from_db()
    assert entry.index == 0
    assert reads.oldest_pending_at("tested") is None
    assert head == TreeHead("tested", 1, root([bytes(entry.leaf)]), NOW + SECOND)


def test_a_log_that_is_not_there_takes_nothing(log: Log) -> None:
    with pytest.raises(Log.DoesNotExist):
        append(log="unknown", kind="claim", payload=b"said", at=NOW)
    with pytest.raises(Log.DoesNotExist):
        integrate(log="unknown", at=NOW)


def test_an_empty_log_publishes_that_it_is_empty(log: Log) -> None:
    head = integrate(log="tested", at=NOW)
    assert head == TreeHead("tested", 0, EMPTY_ROOT, NOW)
    assert integrate(log="tested", at=NOW + SECOND) == head
    assert Checkpoint.objects.filter(log=log).count() == 1


def test_nothing_new_publishes_nothing_new(log: Log, publish: Publish) -> None:
    head = publish(3)
    assert integrate(log="tested", at=NOW + SECOND) == head


def test_a_checkpoint_is_signed_under_the_origin(log: Log, publish: Publish) -> None:
    head = publish(3)
    checkpoint = reads.latest_checkpoint("tested")
    assert checkpoint
    text = open_note(checkpoint.note, reads.note_keys(log))
    assert text == f"{log.origin}\n3\n{b64encode(head.root).decode()}\n"


def test_many_entries_are_appended_in_their_order(log: Log) -> None:
    said = [("claim" if number % 2 else "declaration", b"%d" % number) for number in range(700)]
    ids = append_many(log="tested", said=said, at=NOW)
    assert ids == sorted(ids)
    entries = Entry.objects.in_bulk(ids)
    for entry_id, (kind, payload) in zip(ids, said, strict=True):
        entry = entries[entry_id]
        assert entry.salt is not None
        assert (entry.kind, entry.created_at, entry.index) == (kind, NOW, None)
        assert leaf_of(kind, bytes(entry.salt), payload) == bytes(entry.leaf)
    integrate(log="tested", at=NOW)
    indexes = Entry.objects.filter(log=log).order_by("id").values_list("index", flat=True)
    assert list(indexes) == list(range(700))
    assert list(findings("tested")) == []


def test_appending_none_is_nothing(log: Log) -> None:
    assert append_many(log="tested", said=[], at=NOW) == []


def test_entries_appended_one_by_one_follow_those_appended_at_once(log: Log) -> None:
    ids = append_many(log="tested", said=[("claim", b"1"), ("claim", b"2")], at=NOW)
    assert append(log="tested", kind="claim", payload=b"3", at=NOW).pk > max(ids)


def test_batches_end_in_the_same_tree_as_all_at_once(log: Log) -> None:
    append_many(log="tested", said=[("claim", b"%d" % n) for n in range(1200)], at=NOW)
    sizes = []
    while not sizes or sizes[-1] < 1200:
        head = integrate(log="tested", at=NOW, limit=500)
        assert head
        sizes.append(head.size)
    assert sizes == [500, 1000, 1200]
    leaves = Entry.objects.filter(log=log).order_by("index").values_list("leaf", flat=True)
    assert head.root == root(bytes(leaf) for leaf in leaves)
    assert list(findings("tested")) == []


def test_an_entry_that_became_visible_late_comes_next(log: Log) -> None:
    """Two transactions may take their ids in one order and commit in the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('registry_entry', 'id'))")
        (taken_early,) = cursor.fetchone()
    first = append(log="tested", kind="claim", payload=b"first", at=NOW)
    assert first.pk > taken_early
    integrate(log="tested", at=NOW)
    leaf = leaf_of("claim", bytes(32), b"late")
    Entry.objects.create(
        id=taken_early, log=log, kind="claim", salt=bytes(32), leaf=leaf, created_at=NOW
    )
    integrate(log="tested", at=NOW)
    assert Entry.objects.get(pk=first.pk).index == 0
    assert Entry.objects.get(pk=taken_early).index == 1
    assert list(findings("tested")) == []


def test_two_logs_do_not_mix(log: Log, publish: Publish) -> None:
    open_log(name="other", origin="registry.example/log/other")
    append(log="other", kind="lookup", payload=b"asked", at=NOW)
    assert publish(3).size == 3
    head = integrate(log="other", at=NOW)
    assert head
    assert head.size == 1
    assert Entry.objects.get(log__name="other").index == 0
    assert list(findings("tested")) == list(findings("other")) == []


def test_only_one_process_integrates_a_log_at_a_time(log: Log) -> None:
    append(log="tested", kind="claim", payload=b"said", at=NOW)
    arguments = connection.get_connection_params()
    arguments = {
        name: arguments[name]
        for name in ("dbname", "user", "password", "host", "port")
        if name in arguments
    }
    with psycopg.connect(**arguments) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s, %s)", [services._LOCK, log.pk])
        assert integrate(log="tested", at=NOW) is None
        assert Entry.objects.get(log=log).index is None
    head = integrate(log="tested", at=NOW)
    assert head
    assert head.size == 1


def test_a_clock_set_back_does_not_reorder_checkpoints(log: Log, publish: Publish) -> None:
    publish(2, at=NOW)
    assert publish(2, at=NOW - 60 * SECOND).published_at == NOW


def test_a_tree_that_lost_its_edge_is_not_signed_again(
    log: Log, publish: Publish, unguarded: Callable
) -> None:
    publish(300)
    with unguarded("registry_tile"):
        Tile.objects.filter(log=log, level=1).delete()
    append(log="tested", kind="claim", payload=b"more", at=NOW)
    with pytest.raises(LogDamagedError, match="tile 1/0"):
        integrate(log="tested", at=NOW)


def test_a_tree_that_was_changed_is_not_signed_again(
    log: Log, publish: Publish, unguarded: Callable
) -> None:
    publish(300)
    with unguarded("registry_tile"):
        Tile.objects.filter(log=log, level=1).update(hashes=bytes(32))
    append(log="tested", kind="claim", payload=b"more", at=NOW)
    with pytest.raises(LogDamagedError, match="root at 300"):
        integrate(log="tested", at=NOW)


def test_a_replaced_key_signs_on_and_the_old_one_still_counts(log: Log, publish: Publish) -> None:
    publish(1)
    (configured.REGISTRY_SIGNING_KEYS / "log.pem").unlink()
    publish(1)
    assert len(reads.note_keys(log)) == 2
    assert list(findings("tested")) == []


def test_integrating_takes_few_statements_whatever_the_number(
    log: Log, django_assert_num_queries: Callable
) -> None:
    append_many(log="tested", said=[("claim", b"%d" % n) for n in range(1000)], at=NOW)
    integrate(log="tested", at=NOW, limit=300)
    # savepoint, log, lock, checkpoint, ids, indexes, edge, tiles, checkpoint, release
    with django_assert_num_queries(10):
        integrate(log="tested", at=NOW)


def test_a_lost_key_is_not_replaced_in_silence(
    log: Log, settings: Settings, tmp_path: Path
) -> None:
    append(log="tested", kind="claim", payload=b"one", at=NOW)
    assert integrate(log="tested", at=NOW)
    append(log="tested", kind="claim", payload=b"two", at=NOW)
    settings.REGISTRY_SIGNING_KEYS = tmp_path / "empty"
    with pytest.raises(LogDamagedError, match="no key"):
        integrate(log="tested", at=NOW)
    assert not (tmp_path / "empty").exists()
