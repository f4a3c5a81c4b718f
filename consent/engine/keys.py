"""Finding keys of 32 octets among millions, many at once: one read of a bucket, one of a key.

Keys are in the order of the mix of their first 64 bits, so that those of a bucket lie together.
The mix has a secret: nobody can choose keys that fill a bucket. Keys with one start may still be
chosen, so within one mix they are in the order of the other bits, and long runs are halved.
"""

from dataclasses import dataclass
from secrets import randbits

import numpy as np
from numpy.typing import NDArray

KEY_SIZE = 32
SCANNED = 16  # keys of a bucket that are compared one after the other

Words = NDArray[np.uint64]  # of shape (keys, 4): the octets as they lie
Rows = NDArray[np.intp]


def words_of(octets: bytes) -> Words:
    """Give keys that follow each other as words, without a copy."""
    return np.frombuffer(octets, dtype=np.uint64).reshape(-1, KEY_SIZE // 8)


def new_factor() -> int:
    """Give a secret odd number, which a mix multiplies by."""
    return randbits(64) | 1


@dataclass(frozen=True, slots=True)
class KeyTable:
    """Different keys in their order, and where each of the 2^`bits` buckets starts."""

    factor: int
    starts: NDArray[np.uint32]
    keys: Words

    @property
    def bits(self) -> int:
        """How many bits of the mix choose the bucket."""
        return (len(self.starts) - 1).bit_length() - 1

    def find(self, wanted: Words) -> Rows:
        """Give the row of each key, -1 where it is not in the table."""
        found: Rows = np.full(len(wanted), -1, dtype=np.intp)
        buckets = _buckets(_mixed(wanted, self.factor), self.bits)
        rows, ends = self.starts[buckets].astype(np.intp), self.starts[buckets + 1]
        places = np.flatnonzero(rows < ends)
        for _ in range(SCANNED):
            places = self._compared(wanted, found, rows, places)
            rows[places] += 1
            places = places[rows[places] < ends[places]]
            if not places.size:
                return found
        for place in places:
            found[place] = self._halved(wanted[place], int(rows[place]), int(ends[place]))
        return found

    def _compared(self, wanted: Words, found: Rows, rows: Rows, places: Rows) -> Rows:
        """Note which of the places have their key at their row; give the others."""
        here = rows[places]
        alike = np.flatnonzero(self.keys[here, 0] == wanted[places, 0])
        equal = (self.keys[here[alike], 1:] == wanted[places[alike], 1:]).all(axis=1)
        found[places[alike[equal]]] = here[alike[equal]]
        return places[found[places] < 0]

    def _halved(self, key: Words, first: int, end: int) -> int:
        """Give the row of one key in a run that somebody may have made long."""
        wanted = self._order(key)
        while first < end:
            middle = (first + end) // 2
            order = self._order(self.keys[middle])
            if order == wanted:
                return middle
            first, end = (middle + 1, end) if order < wanted else (first, middle)
        return -1

    def _order(self, key: Words) -> tuple[int, ...]:
        first, *others = (int(word) for word in key)
        return first * self.factor % 2**64, *others


def table_of(keys: Words, factor: int) -> tuple[KeyTable, Rows]:
    """Give the table of the keys, each once, and the row of each of those given."""
    mixed = _mixed(keys, factor)
    order = np.argsort(mixed, kind="stable")
    _order_within_runs(keys, mixed, order)
    ordered = keys[order]
    is_new = np.ones(len(keys), dtype=bool)
    is_new[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    rows: Rows = np.empty(len(keys), dtype=np.intp)
    rows[order] = np.cumsum(is_new) - 1
    different = ordered[is_new]
    bits = max(1, len(different).bit_length() - 1)
    counts = np.bincount(_buckets(mixed[order][is_new], bits), minlength=2**bits)
    starts = np.zeros(2**bits + 1, dtype=np.uint32)
    np.cumsum(counts, out=starts[1:])
    return KeyTable(factor, starts, different), rows


def _mixed(keys: Words, factor: int) -> NDArray[np.uint64]:
    return keys[:, 0] * np.uint64(factor)


def _buckets(mixed: NDArray[np.uint64], bits: int) -> Rows:
    return (mixed >> np.uint64(64 - bits)).astype(np.intp)


def _order_within_runs(keys: Words, mixed: NDArray[np.uint64], order: Rows) -> None:
    """Bring keys of one mix, of which there are few, into the order of their other words."""
    ordered = mixed[order]
    same = np.flatnonzero(ordered[1:] == ordered[:-1])
    if not same.size:
        return
    among = np.union1d(same, same + 1)
    within = order[among]
    words = keys[within]
    order[among] = within[np.lexsort((words[:, 3], words[:, 2], words[:, 1], ordered[among]))]
