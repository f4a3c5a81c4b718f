"""What was published since a snapshot: the keys on which it must not answer any more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from consent.engine.keys import KeyTable, Rows, Words, new_factor, table_of, words_of
from consent.engine.snapshot import DATABASE, PLACES, Found, Snapshot
from registry.vocabulary import IdentifierKind, Usage


@dataclass(frozen=True, slots=True)
class Overlay:
    """A snapshot, as of a larger tree size: new keys by kind, and rows of works that changed."""

    snapshot: Snapshot
    tree_size: int
    new: Mapping[str, frozenset[bytes]]
    tables: Mapping[str, KeyTable]
    changed: Rows  # ascending

    def find(
        self, kind: IdentifierKind, keys: Words, usage: Usage, firm: bytes | None, at: int
    ) -> Found:
        """Give what the snapshot finds, with DATABASE wherever something was said since."""
        found = self.snapshot.find(kind, keys, usage, firm, at)
        found.codes[np.isin(found.works, self.changed)] = DATABASE
        if kind in self.tables:
            found.codes[self.tables[kind].find(keys) >= 0] = DATABASE
        return found

    def has_places(self) -> bool:
        """Say whether any location was ever somebody's."""
        return bool(len(self.snapshot.tables[PLACES].keys) or PLACES in self.tables)

    def are_places(self, keys: Words) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Say of each key whether a location has it."""
        are_old = self.snapshot.tables[PLACES].find(keys) >= 0
        return are_old | (self.tables[PLACES].find(keys) >= 0) if PLACES in self.tables else are_old

    def grown(
        self,
        tree_size: int,
        *,
        keys: Iterable[tuple[str, bytes]],
        places: Iterable[bytes],
        works: Iterable[bytes],
    ) -> Overlay:
        """Give the overlay at a larger tree size: new keys by kind and place, changed works."""
        added: dict[str, set[bytes]] = {}
        for kind, key in [*keys, *((PLACES, place) for place in places)]:
            added.setdefault(kind, set()).add(key)
        grown = {kind: self.new.get(kind, frozenset()) | each for kind, each in added.items()}
        rows = self.snapshot.rows_of(np.frombuffer(b"".join(works), np.uint64).reshape(-1, 2))
        return Overlay(
            self.snapshot,
            tree_size,
            {**self.new, **grown},
            {**self.tables, **{kind: _table(each) for kind, each in grown.items()}},
            np.union1d(self.changed, rows[rows >= 0]),
        )


def over(snapshot: Snapshot) -> Overlay:
    """Give the overlay of a snapshot since which nothing was published."""
    return Overlay(snapshot, snapshot.about.tree_size, {}, {}, np.array([], dtype=np.intp))


def _table(keys: Iterable[bytes]) -> KeyTable:
    return table_of(words_of(b"".join(keys)), new_factor())[0]
