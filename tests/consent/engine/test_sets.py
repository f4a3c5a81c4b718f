"""On large random data the tables find exactly what DuckDB joins."""

import duckdb
import numpy as np
import pytest

from consent.engine.keys import Words, new_factor, table_of

COLUMNS = ("a", "b", "c", "d")


def random_keys(random: np.random.Generator, count: int, *, few_starts: bool) -> Words:
    keys = random.integers(0, 2**64, size=(count, 4), dtype=np.uint64)
    if few_starts:  # runs of hundreds that share their first word, and pairs that share three
        keys[:, 0] %= np.uint64(1_000)
        keys[1::2, :3] = keys[::2, :3]
    return keys


def columns(keys: Words) -> dict[str, np.ndarray]:
    named = {name: np.ascontiguousarray(keys[:, n]) for n, name in enumerate(COLUMNS)}
    return {**named, "place": np.arange(len(keys))}


@pytest.mark.parametrize("few_starts", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_a_table_finds_what_a_join_finds(few_starts: bool, seed: int) -> None:
    random = np.random.default_rng(seed)
    known = random_keys(random, 200_000, few_starts=few_starts)
    known = np.concatenate([known, known[:1_000]])
    asked = random_keys(random, 200_000, few_starts=few_starts)
    asked[random.integers(0, len(asked), 50_000)] = known[random.integers(0, len(known), 50_000)]
    table, rows = table_of(known, new_factor())
    found = table.find(asked)

    ours, theirs = columns(asked), columns(known)  # DuckDB reads them by name
    joined = duckdb.sql(
        "SELECT ours.place, min(theirs.place) FROM ours JOIN theirs USING (a, b, c, d)"
        " GROUP BY ours.place ORDER BY ours.place"
    ).fetchnumpy()
    places, first = joined["place"], joined["min(theirs.place)"]
    assert np.array_equal(np.flatnonzero(found >= 0), places)
    assert np.array_equal(found[places], rows[first])
    distinct = duckdb.sql("SELECT DISTINCT a, b, c, d FROM theirs")
    assert len(table.keys) == len(distinct)
    assert len(ours["place"]) == len(theirs["place"]) - 1_000
