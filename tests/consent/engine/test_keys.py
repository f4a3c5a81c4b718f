"""Every key of a table is found at its row, and no other key, however keys were chosen."""

from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consent.engine.keys import SCANNED, KeyTable, new_factor, table_of, words_of

#: Few starts and few ends, so that keys collide in their first and other words.
PARTS = st.sampled_from([bytes(8), b"\x01" * 8, b"\xff" * 8, bytes(7) + b"\x01"])
KEYS = st.lists(PARTS, min_size=4, max_size=4).map(b"".join)


def table(keys: list[bytes], factor: int | None = None) -> tuple[KeyTable, Any]:
    return table_of(words_of(b"".join(keys)), factor or new_factor())


@settings(max_examples=500)
@given(st.lists(KEYS, max_size=200), st.lists(KEYS, max_size=100), st.integers(0, 2**63 - 1))
def test_a_table_is_a_dict(known: list[bytes], others: list[bytes], half: int) -> None:
    built, rows = table(known, factor=2 * half + 1)
    row_of = dict(zip(known, rows, strict=True))
    assert sorted(row_of.values()) == list(range(len(built.keys)))
    wanted = [*others, *known]
    found = built.find(words_of(b"".join(wanted)))
    assert list(found) == [row_of.get(key, -1) for key in wanted]


def test_a_hundred_thousand_random_keys_are_found() -> None:
    random = Random(5)
    known = [random.randbytes(32) for _ in range(100_000)]
    built, rows = table(known)
    assert np.array_equal(built.find(words_of(b"".join(known))), rows)
    strangers = b"".join(random.randbytes(32) for _ in range(100_000))
    assert (built.find(words_of(strangers)) == -1).all()


def test_ten_thousand_keys_of_one_start_hide_nobody_and_are_not_read_one_by_one() -> None:
    start = b"\x07" * 8
    flood = [start + n.to_bytes(24, "big") for n in range(10_000)]
    victim = start + b"\xaa" * 24
    built, known = table([*flood, victim])
    wanted = words_of(b"".join([victim, flood[0], flood[-1], start + b"\xbb" * 24]))
    rows = built.find(wanted)
    assert list(rows) == [known[10_000], known[0], known[9_999], -1]
    reads = 0

    class Counting:
        """The keys, counting how often somebody looks."""

        def __getitem__(self, place: Any) -> Any:
            nonlocal reads
            reads += 1
            return built.keys[place]

    watched = KeyTable(built.factor, built.starts, Counting())  # type: ignore[arg-type]
    assert watched.find(wanted[:1])[0] == rows[0]
    assert reads <= 2 * SCANNED + 15, "the run of 10,000 is halved fourteen times"


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_small_tables(count: int) -> None:
    known = [bytes([n]) * 32 for n in range(count)]
    built, rows = table(known)
    assert list(built.find(words_of(b"".join(known)))) == list(rows)
    assert (built.find(words_of(b"\xfe" * 64)) == -1).all()
