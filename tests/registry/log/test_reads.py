"""What a log serves: its states by size and by time, tiles, entries and proofs."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from registry.log import reads
from registry.log.merkle import leaf_hash, root, verify_consistency, verify_inclusion
from registry.log.models import Entry, Log
from registry.log.services import append_many, integrate
from registry.log.tiles import HASH_SIZE, TilePath, leaves_in, tiles_of
from registry.statements import TreeHead
from tests.registry.log.conftest import NOW

Publish = Callable[..., TreeHead]
SECOND = timedelta(seconds=1)


def sizes(*checkpoints: object) -> list[int | None]:
    return [getattr(checkpoint, "size", None) for checkpoint in checkpoints]


def test_before_the_first_checkpoint_there_is_no_state(log: Log) -> None:
    assert reads.latest_checkpoint("tested") is None
    assert reads.checkpoint_at("tested", NOW) is None
    assert reads.checkpoint_reaching("tested", 0) is None
    assert reads.oldest_pending_at("tested") is None
    append_many(log="tested", said=[("claim", b"said")], at=NOW)
    assert reads.latest("tested") is None


def test_the_newest_state_comes_with_what_waits(log: Log, publish: Publish) -> None:
    publish(2, at=NOW)
    newest = publish(3, at=NOW + SECOND)
    assert reads.latest("tested") == (newest, None)
    for seconds in (3, 2):
        append_many(log="tested", said=[("claim", b"said")], at=NOW + seconds * SECOND)
    assert reads.latest("tested") == (newest, NOW + 2 * SECOND)


def test_checkpoints_are_found_by_time_and_by_size(log: Log, publish: Publish) -> None:
    publish(2, at=NOW)
    publish(3, at=NOW + 10 * SECOND)
    at, reaching = reads.checkpoint_at, reads.checkpoint_reaching
    assert sizes(reads.latest_checkpoint("tested")) == [5]
    assert sizes(at("tested", NOW - SECOND), at("tested", NOW)) == [None, 2]
    assert sizes(at("tested", NOW + 9 * SECOND), at("tested", NOW + 10 * SECOND)) == [2, 5]
    assert sizes(*(reaching("tested", size) for size in (0, 2, 3, 5, 6))) == [2, 2, 5, 5, None]


def test_of_two_checkpoints_at_one_instant_the_larger_counts(log: Log, publish: Publish) -> None:
    publish(1)
    publish(1)
    assert sizes(reads.checkpoint_at("tested", NOW)) == [2]


def test_a_checkpoint_leaves_the_log_as_a_tree_head(log: Log, publish: Publish) -> None:
    head = publish(2)
    checkpoint = reads.latest_checkpoint("tested")
    assert checkpoint
    assert reads.tree_head(checkpoint) == head


@pytest.fixture
def leaves(log: Log) -> list[bytes]:
    """Seven hundred published entries, in two checkpoints."""
    append_many(log="tested", said=[("claim", b"%d" % n) for n in range(700)], at=NOW)
    integrate(log="tested", at=NOW, limit=300)
    integrate(log="tested", at=NOW)
    found = Entry.objects.filter(log=log).order_by("index").values_list("leaf", flat=True)
    return [bytes(leaf) for leaf in found]


def test_every_tile_of_every_size_is_served(leaves: list[bytes]) -> None:
    for size in (1, 255, 256, 300, 512, 700):
        for tile in tiles_of(size):
            served = reads.resource("tested", tile)
            assert served is not None
            assert len(served) == tile.width * HASH_SIZE
            if tile.level == 0:
                first = tile.number * 256
                hashed = [leaf_hash(leaf) for leaf in leaves[first : first + tile.width]]
                assert served == b"".join(hashed)
            else:
                assert served[:HASH_SIZE] == root(leaves[:256])


def test_bundles_hold_the_entries(leaves: list[bytes]) -> None:
    for path, expected in (
        (TilePath(None, 0), leaves[:256]),
        (TilePath(None, 2, 188), leaves[512:]),
        (TilePath(None, 2, 1), leaves[512:513]),
    ):
        assert leaves_in(reads.resource("tested", path) or b"") == expected


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/002",
        "tile/0/002.p/189",
        "tile/0/003.p/1",
        "tile/1/000",
        "tile/1/000.p/3",
        "tile/2/000.p/1",
        "tile/63/000.p/1",
        "tile/entries/002",
        "tile/entries/002.p/189",
        "tile/entries/003.p/1",
        "tile/0/x999/x999/x999/x999/x999/999",
        "tile/entries/x999/x999/x999/x999/x999/999",
    ],
)
def test_past_the_end_nothing_is_served(leaves: list[bytes], path: str) -> None:
    assert reads.resource("tested", TilePath.parse(path)) is None


def test_pending_entries_are_not_served(leaves: list[bytes]) -> None:
    append_many(log="tested", said=[("claim", b"pending")], at=NOW)
    assert reads.resource("tested", TilePath(None, 2, 189)) is None


def test_a_log_that_is_not_there_serves_nothing(leaves: list[bytes]) -> None:
    assert reads.resource("unknown", TilePath(0, 0, 1)) is None
    assert reads.resource("unknown", TilePath(None, 0, 1)) is None
    assert reads.inclusion_proof("unknown", 0, 1) is None
    assert reads.consistency_proof("unknown", 1, 1) is None
    assert reads.latest_checkpoint("unknown") is None


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 300, 512, 513, 700])
def test_inclusion_is_proven_in_every_tree_published_or_between(
    leaves: list[bytes], size: int
) -> None:
    for index in {0, 1, 255, 256, 299, size // 2, size - 1}:
        proof = reads.inclusion_proof("tested", index, size)
        if index >= size:
            assert proof is None
            continue
        assert proof is not None
        assert verify_inclusion(
            leaf_hash=leaf_hash(leaves[index]),
            index=index,
            size=size,
            proof=proof,
            root=root(leaves[:size]),
        )


@pytest.mark.parametrize(
    ("first", "second"), [(1, 700), (256, 300), (257, 512), (300, 700), (700, 700)]
)
def test_consistency_is_proven(leaves: list[bytes], first: int, second: int) -> None:
    proof = reads.consistency_proof("tested", first, second)
    assert proof is not None
    assert verify_consistency(
        first=first,
        second=second,
        first_root=root(leaves[:first]),
        second_root=root(leaves[:second]),
        proof=proof,
    )


@pytest.mark.parametrize(
    ("index", "size"), [(700, 701), (0, 701), (-1, 700), (5, 5), (0, 0), (0, 2**70), (2**70, 2**71)]
)
def test_no_inclusion_in_a_tree_that_was_not_published(
    leaves: list[bytes], index: int, size: int
) -> None:
    append_many(log="tested", said=[("claim", b"pending")], at=NOW)
    assert reads.inclusion_proof("tested", index, size) is None


@pytest.mark.parametrize(("first", "second"), [(0, 5), (5, 4), (-1, 5), (5, 701), (1, 2**70)])
def test_no_consistency_with_a_tree_that_was_not_published(
    leaves: list[bytes], first: int, second: int
) -> None:
    assert reads.consistency_proof("tested", first, second) is None


def test_a_proof_takes_three_statements(
    leaves: list[bytes], django_assert_num_queries: Callable
) -> None:
    with django_assert_num_queries(3):
        reads.inclusion_proof("tested", 5, 700)
