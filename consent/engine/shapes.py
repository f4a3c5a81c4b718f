"""What everybody said, reduced to shapes: works of one shape get one answer for every usage.

A work has a shape where nobody but its registrant is named or has spoken about it, at most three
times to everybody, and as often about the whole catalogue. The shape holds the registrant's
evidence and of each word its choices, and whether it has begun, is over, waits, and ends before
it would count, as of one moment. Of other works the shape is 0: the database decides on them.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from registry.vocabulary import EvidenceLevel

Extract = NDArray[Any]  # rows of named columns, as the record's extracts are
Numbers = NDArray[np.intp]
Packed = NDArray[np.uint64]
Moments = NDArray[np.int64]  # microseconds

NEVER = np.iinfo(np.int64).max
MOST_WORDS = 3
CHOICE = 7  # the three bits of one usage
CHOICES_BITS = 15
BEGUN, OVER, WAITING, SHORT, SAID = (1 << CHOICES_BITS + n for n in range(5))
WORD_BITS = CHOICES_BITS + 5
LEVEL_AT = MOST_WORDS * WORD_BITS  # above the words


@dataclass(frozen=True, slots=True)
class Shape:
    """What the works of one shape have in common; words are the newest first."""

    level: EvidenceLevel
    has_standard_identifier: bool
    on_work: tuple[int, ...]
    on_catalogue: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Shapes:
    """The works, each with its shape's number, 0 for none, and when it may have another.

    `works` are ids of two words each, in the order of the second. Shape n is `table[n - 1]`, the
    two words that `shape_of` reads.
    """

    works: Packed
    numbers: NDArray[np.uint32]
    changes_at: Moments
    names_firm: NDArray[np.bool_]
    table: Packed

    def find(self, ids: Extract) -> Numbers:
        """Give the row of each work, -1 for others."""
        return rows_of(self.works, words_in(ids))


@dataclass(frozen=True, slots=True)
class _Said:
    """What was said about each of some subjects, packed; `is_plain` where that is all."""

    words: Packed
    changes_at: Moments
    names_firm: NDArray[np.bool_]
    is_plain: NDArray[np.bool_]


def words_in(octets: Extract) -> Packed:
    """Give a column of octets as words of eight, in a row for each."""
    words = octets.dtype.itemsize // 8
    return np.ascontiguousarray(octets).view(np.uint64).reshape(-1, words)


def rows_of(known: Packed, wanted: Packed) -> Numbers:
    """Give the row of each id, -1 for others; the known are in the order of their second word.

    Looking in order reads memory in order.
    """
    if not len(known):
        return np.full(len(wanted), -1, dtype=np.intp)
    order = np.argsort(wanted[:, 1])
    rows: Numbers = np.empty(len(wanted), dtype=np.intp)
    rows[order] = np.searchsorted(known[:, 1], wanted[order, 1])
    rows[rows == len(known)] = 0
    return np.where((known[rows] == wanted).all(axis=1), rows, -1)


def shapes_of(
    *,
    claims: Extract,
    named: Extract,
    numbered: Extract,
    standings: Extract,
    declarations: Extract,
    at: int,
    wait: int,
) -> Shapes:
    """Give the works and their shapes at a moment.

    `named` are works of which holders are named, `numbered` those with an ISBN, ISRC, ISWC or
    DOI; `wait` is that of a grant below level 4, in microseconds. The columns are those of the
    record's extracts. Raises ValueError where two ids share their random half, as none do.
    """
    works, work_of_claim = _different(claims["work"])
    people, person = _different(
        np.concatenate([claims["registrant"], standings["rightsholder"], declarations["declarant"]])
    )
    registrants, person_of_standing, declarants = np.split(
        person, [len(claims), len(claims) + len(standings)]
    )
    levels = _levels(standings, person_of_standing, len(people))
    registrant = np.zeros(len(works), dtype=np.intp)
    registrant[work_of_claim] = registrants
    is_plain = np.ones(len(works), dtype=bool)
    is_plain[work_of_claim[claims["is_withdrawal"]]] = False
    is_plain[work_of_claim[registrant[work_of_claim] != registrants]] = False
    is_plain[_claimed(works, named["work"])] = False

    spoken = _spoken(declarations, levels[declarants], at, wait)
    general = declarations["is_catalogue"]
    said = _said(spoken[general], declarants[general], len(people))
    about, owner = declarations["about"][~general], declarants[~general]
    rows = _claimed(works, about)
    is_plain[rows[registrant[rows] != owner]] = False
    own = _said(spoken[~general], rows, len(works))

    is_numbered = np.zeros(len(works), dtype=bool)
    is_numbered[_claimed(works, numbered["work"])] = True
    on_work = own.words | is_numbered.astype(np.uint64) << np.uint64(LEVEL_AT)
    on_catalogue = said.words | levels.astype(np.uint64) << np.uint64(LEVEL_AT)
    numbers, table = _numbered(
        on_work, on_catalogue[registrant], is_plain & own.is_plain & said.is_plain[registrant]
    )
    return Shapes(
        works,
        numbers,
        np.minimum(own.changes_at, said.changes_at[registrant]),
        own.names_firm | said.names_firm[registrant],
        table,
    )


def _different(ids: Extract) -> tuple[Packed, Numbers]:
    """Give the different ids in the order of their random half, and the row of each given."""
    words = words_in(ids)
    _, firsts, rows = np.unique(words[:, 1], return_index=True, return_inverse=True)
    different = words[firsts]
    if (different[rows, 0] != words[:, 0]).any():
        raise ValueError("two ids share their random half")
    return different, rows


def _claimed(works: Packed, ids: Extract) -> Numbers:
    """Give the rows of works, all of which must have a claim."""
    rows = rows_of(works, words_in(ids))
    if (rows < 0).any():
        raise ValueError("a work without a claim")
    return rows


def _levels(standings: Extract, person: Numbers, count: int) -> NDArray[np.uint8]:
    """Give each person's newest level."""
    levels = np.zeros(count, dtype=np.uint8)
    order = np.argsort(standings["entry"], kind="stable")
    levels[person[order]] = standings["level"][order]  # of several the last one stays
    return levels


def _spoken(declarations: Extract, level: NDArray[np.uint8], at: int, wait: int) -> Extract:
    """Give each declaration as a word, with when it may become another."""
    starts = declarations["starts_at"].astype(np.int64)
    ends = declarations["ends_at"].astype(np.int64)
    counts = declarations["declared_at"].astype(np.int64)
    counts[level < EvidenceLevel.VOUCHED] += wait
    word = declarations["choices"].astype(np.uint64) | np.uint64(SAID)
    for is_so, bit in (
        (starts <= at, BEGUN),
        (ends <= at, OVER),
        (counts > at, WAITING),
        (ends <= counts, SHORT),
    ):
        word[is_so] |= np.uint64(bit)
    moments = np.stack([starts, ends, counts])
    spoken = np.empty(len(word), dtype=_SPOKEN)
    spoken["word"] = word
    spoken["changes_at"] = np.where(moments > at, moments, NEVER).min(axis=0)
    spoken["entry"] = declarations["entry"]
    spoken["names_firm"] = declarations["names_firm"]
    return spoken


_SPOKEN = np.dtype(
    [("word", np.uint64), ("changes_at", np.int64), ("entry", np.int64), ("names_firm", np.bool_)]
)


def _said(spoken: Extract, subject: Numbers, count: int) -> _Said:
    """Give what was said about each subject, to everybody, the newest word in the lowest bits."""
    names_firm = np.zeros(count, dtype=bool)
    names_firm[subject[spoken["names_firm"]]] = True
    to_all = ~spoken["names_firm"]
    spoken, subject = spoken[to_all], subject[to_all]
    order = np.lexsort((-spoken["entry"], subject))
    spoken, subject = spoken[order], subject[order]
    place = np.arange(len(subject)) - np.searchsorted(subject, subject)
    kept = place < MOST_WORDS
    words = np.zeros((MOST_WORDS, count), dtype=np.uint64)
    words[place[kept], subject[kept]] = spoken["word"][kept]
    shifts = np.arange(MOST_WORDS, dtype=np.uint64) * np.uint64(WORD_BITS)
    packed = np.bitwise_or.reduce(words << shifts[:, None], axis=0)
    changes_at = np.full(count, NEVER, dtype=np.int64)
    np.minimum.at(changes_at, subject, spoken["changes_at"])
    is_plain = np.ones(count, dtype=bool)
    is_plain[subject[~kept]] = False
    return _Said(packed, changes_at, names_firm, is_plain)


def _numbered(
    on_work: Packed, on_catalogue: Packed, is_plain: NDArray[np.bool_]
) -> tuple[NDArray[np.uint32], Packed]:
    """Give the number of each pair, from 1 on and 0 where it is not plain, and the shapes."""
    ours, our_rows = np.unique(on_work[is_plain], return_inverse=True)
    theirs, their_rows = np.unique(on_catalogue[is_plain], return_inverse=True)
    pairs, rows = np.unique(our_rows * max(1, len(theirs)) + their_rows, return_inverse=True)
    numbers = np.zeros(len(on_work), dtype=np.uint32)
    numbers[is_plain] = rows + 1
    our, their = np.divmod(pairs, max(1, len(theirs)))
    return numbers, np.stack([ours[our], theirs[their]], axis=1)


def heard(table: Packed, usage: int) -> tuple[Packed, Numbers]:
    """Give the shapes that differ in what is said about one usage, and which one each is of."""
    others = sum(CHOICE << 3 * place for place in range(CHOICES_BITS // 3) if place != usage)
    mask = sum(others << n * WORD_BITS for n in range(MOST_WORDS))
    masked = table & np.uint64(2**64 - 1 - mask)
    different, rows = np.unique(masked, axis=0, return_inverse=True)
    return different, rows.reshape(-1)


def shape_of(packed: Packed) -> Shape:
    """Give one shape out of its two words."""
    on_work, on_catalogue = (int(word) for word in packed)
    return Shape(
        EvidenceLevel(on_catalogue >> LEVEL_AT),
        bool(on_work >> LEVEL_AT),
        _words(on_work),
        _words(on_catalogue),
    )


def _words(packed: int) -> tuple[int, ...]:
    words = [packed >> n * WORD_BITS & (1 << WORD_BITS) - 1 for n in range(MOST_WORDS)]
    return tuple(word for word in words if word)
