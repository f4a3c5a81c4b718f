"""What the registry answers on every key at one tree size and moment, in one mapped file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from consent.engine import files
from consent.engine.files import DamagedFile
from consent.engine.keys import KeyTable, Rows, Words, new_factor, table_of
from consent.engine.shapes import Extract, Shapes, rows_of, words_in
from registry.vocabulary import Basis, IdentifierKind, Preference, Usage, Verdict

#: Codes of answers; those above stand for `Snapshot.answers`, the first for FIRST.
NOTHING = 0  # nobody registered it
DATABASE = 1  # the snapshot cannot say
FIRST = 2

KINDS = tuple(IdentifierKind)
USAGES = tuple(Usage)
#: What its columns and tables stand for.
WORDS = [list(KINDS), list(USAGES)]
HOUR = 3_600_000_000  # microseconds
FURTHEST = np.iinfo(np.uint16).max  # hours after the snapshot's moment
NAMES_FIRM = 1 << 15  # beside the number of a work's codes
PLACES = "place"

Codes = NDArray[np.uint8]


class Answer(NamedTuple):
    """An answer without the work that it is about."""

    verdict: Verdict
    preference: Preference
    basis: Basis
    rule: str


@dataclass(frozen=True, slots=True)
class About:
    """What a snapshot rests on; `decided_at` in microseconds, of the clock of its extracts.

    `root` is that of the log at `tree_size`, in hexadecimal digits.
    """

    tree_size: int
    root: str
    decided_at: int
    rules: str
    keys: int
    shapes: int
    build_seconds: float


@dataclass(frozen=True, slots=True)
class Found:
    """The code of each key's answer, and the row of its work, -1 where nobody registered it."""

    codes: Codes
    works: Rows


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A file, opened: tables of keys by kind, and by work the answers and until when they stand.

    `places` are the keys of all locations, on which the database decides. The last work is none:
    of keys that several works share. `expires` is in hours after `about.decided_at`.
    """

    about: About
    answers: Sequence[Answer]
    size: int  # octets
    tables: Mapping[str, KeyTable]
    works_of: Mapping[str, NDArray[np.uint32]]
    works: Words  # ids of two words each, the others in the order of the second
    numbers: NDArray[np.uint16]  # of a row of `codes`, with NAMES_FIRM
    expires: NDArray[np.uint16]
    codes: Codes  # a row of one for each usage
    firms: frozenset[bytes]

    def find(
        self, kind: IdentifierKind, keys: Words, usage: Usage, firm: bytes | None, at: int
    ) -> Found:
        """Give the answers on keys of one kind to a firm, by the octets of its organisation's id.

        DATABASE where the answer may be another at that moment, where somebody named the firm, and
        where it never was the snapshot's to give.
        """
        rows = self.tables[kind].find(keys)
        places = np.flatnonzero(rows >= 0)
        here = self.works_of[kind][rows[places]]
        numbers = self.numbers[here]
        codes = self.codes[numbers & (NAMES_FIRM - 1), USAGES.index(usage)]
        hours = (at - self.about.decided_at) // HOUR
        codes[(self.expires[here] <= hours) | (hours < 0)] = DATABASE
        if firm in self.firms:
            codes[numbers >= NAMES_FIRM] = DATABASE
        found = Found(np.full(len(keys), NOTHING, np.uint8), np.full(len(keys), -1, np.intp))
        found.codes[places], found.works[places] = codes, here
        return found

    def rows_of(self, works: Words) -> Rows:
        """Give the row of each work by its id, -1 for those it does not have."""
        return rows_of(self.works[:-1], works)


def write(
    path: Path,
    about: About,
    *,
    identifiers: Extract,
    locations: Extract,
    firms: Extract,
    shapes: Shapes,
    answers: Sequence[Answer],
    codes: Codes,
) -> None:
    """Write the snapshot; `codes` has a row for each shape, the first for works without one."""
    arrays: dict[str, Any] = {}
    factor = new_factor()
    rows = shapes.find(identifiers["work"])
    nobody = len(shapes.works)
    rows[rows < 0] = nobody
    for number, kind in enumerate(KINDS):
        here = identifiers["kind"] == number
        table, places = table_of(words_in(identifiers["key"][here]), factor)
        arrays |= {f"{kind}.starts": table.starts, f"{kind}.keys": table.keys}
        arrays[f"{kind}.works"] = _works(rows[here], places, len(table.keys), nobody)
    table, _ = table_of(words_in(locations["key"]), factor)
    arrays |= {f"{PLACES}.starts": table.starts, f"{PLACES}.keys": table.keys}
    different, of_shape = np.unique(codes, axis=0, return_inverse=True)
    numbers = of_shape.reshape(-1)[shapes.numbers] + NAMES_FIRM * shapes.names_firm
    arrays |= {
        "works": np.concatenate([shapes.works, np.zeros((1, 2), dtype=np.uint64)]),
        "numbers": np.append(numbers, of_shape.reshape(-1)[0]).astype(np.uint16),
        "expires": np.append(_hours(shapes, about), FURTHEST).astype(np.uint16),
        "codes": different,
        "firms": words_in(firms["organisation"]),
    }
    if len(different) >= NAMES_FIRM:
        raise ValueError("more different answers than numbers for them")
    told = {
        "about": asdict(about),
        "words": WORDS,
        "answers": [*map(list, answers)],
        "factor": factor,
    }
    files.write(path, told, arrays)


def about(path: Path) -> About:
    """Give what a snapshot says about itself, without looking whether it is whole.

    Raises DamagedFile where it says nothing.
    """
    try:
        return About(**files.about(path)["about"])
    except (KeyError, TypeError) as error:
        raise DamagedFile(path.name) from error


def read(path: Path) -> Snapshot:
    """Give the snapshot; raise DamagedFile where it is not whole, or speaks with other words."""
    file = files.read(path)
    if file.about["words"] != WORDS:
        raise DamagedFile(path.name)
    factor, arrays = file.about["factor"], file.arrays
    names = (*KINDS, PLACES)
    return Snapshot(
        about=About(**file.about["about"]),
        answers=[
            Answer(Verdict(verdict), Preference(preference), Basis(basis), rule)
            for verdict, preference, basis, rule in file.about["answers"]
        ],
        size=file.size,
        tables={
            name: KeyTable(factor, arrays[f"{name}.starts"], arrays[f"{name}.keys"])
            for name in names
        },
        works_of={kind: arrays[f"{kind}.works"] for kind in KINDS},
        works=arrays["works"],
        numbers=arrays["numbers"],
        expires=arrays["expires"],
        codes=arrays["codes"],
        firms=frozenset(each.tobytes() for each in arrays["firms"]),
    )


def _works(rows: Rows, places: Rows, count: int, nobody: int) -> NDArray[np.uint32]:
    """Give the work of each row of a table: `nobody` where several share the key."""
    works = np.full(count, nobody, dtype=np.uint32)
    works[places] = rows
    works[places[works[places] != rows]] = nobody
    return works


def _hours(shapes: Shapes, about: About) -> NDArray[np.int64]:
    """Give the whole hours for which each work's shape stands, as far as two octets count."""
    return np.minimum((shapes.changes_at - about.decided_at) // HOUR, FURTHEST)
