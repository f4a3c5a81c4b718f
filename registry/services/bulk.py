"""Registering a catalogue out of a table: each row by itself, whatever its neighbours."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from registry.errors import (
    DomainError,
    EvidenceTooLow,
    MissingColumn,
    RepeatedColumn,
    TooManyGrants,
    UnevenRow,
    UnknownChoice,
    UnknownColumn,
    UnknownKind,
    UnknownMedium,
    UnreadableRow,
)
from registry.identifiers import parse
from registry.labels import IDENTIFIER_KINDS, MEDIA
from registry.models import Rightsholder, Work
from registry.selectors.declarations import column
from registry.selectors.people import evidence_level
from registry.services.declarations import Terms
from registry.services.works import Draft, register_works
from registry.vocabulary import Choice, EvidenceLevel, IdentifierKind, Medium, Usage

USAGE_COLUMNS = {column(usage): usage for usage in Usage}
REQUIRED_COLUMNS = ("kind", "value", "title")
COLUMNS = (*REQUIRED_COLUMNS, "medium", *USAGE_COLUMNS, "terms_url", "contact")
BATCH = 1_000
MOST_GRANTS = 1_000  # "more than 1,000 works at once needs level 4" (decision rules)

_KINDS = {kind.value: kind for kind, _ in IDENTIFIER_KINDS}
_MEDIA = {medium.value: medium for medium, _ in MEDIA}


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """What became of a row, counted as in a spreadsheet: the first row names the columns."""

    row: int
    work: Work | None
    refusal: DomainError | None = None


@dataclass(slots=True)
class _Evidence:
    """What a rightsholder's evidence carries of one table: its level, and the grants so far."""

    level: EvidenceLevel
    grants: int = 0

    def carry(self, draft: Draft) -> None:
        """Take the draft on; raise EvidenceTooLow, or TooManyGrants below level 4."""
        if draft.choices and self.level < EvidenceLevel.EMAIL:
            raise EvidenceTooLow
        if Choice.ALLOW not in draft.choices.values() or self.level >= EvidenceLevel.VOUCHED:
            return
        if self.grants >= MOST_GRANTS:
            raise TooManyGrants(limit=MOST_GRANTS)
        self.grants += 1


def register_table(
    *, rightsholder: Rightsholder, lines: Iterable[str], clock: Callable[[], datetime]
) -> Iterator[RowOutcome]:
    """Give the outcome of each row of a CSV table, in order, as soon as its batch is committed.

    Each batch is an operation of its own, with a reading of the clock: nothing is back-dated.

    `kind`, `value`, `title` are needed; no `medium` means another one, no choice says nothing.
    Raises UnknownColumn, MissingColumn, RepeatedColumn before anything is written; every other
    refusal is that of one row. Needs the memory of a thousand rows.
    """
    rows = _rows(lines)
    columns = _columns(rows)
    evidence = _Evidence(evidence_level(rightsholder))
    while batch := list(islice(rows, BATCH)):
        yield from _register(rightsholder, columns, batch, clock(), evidence)


def _rows(lines: Iterable[str]) -> Iterator[tuple[int, list[str] | DomainError]]:
    """Rows with their numbers, blank ones left out."""
    reader = csv.reader(lines)
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except csv.Error:
            yield number, UnreadableRow()
        except StopIteration:
            return
        else:
            if any(cell.strip() for cell in cells):
                yield number, cells


def _columns(rows: Iterator[tuple[int, list[str] | DomainError]]) -> list[str]:
    """The columns that the first row names."""
    _, first = next(rows, (1, []))
    if isinstance(first, DomainError):
        raise first
    columns = [cell.strip().lower() for cell in first]
    for name in columns:
        if name not in COLUMNS:
            shown = name[:80].encode(errors="replace").decode()
            raise UnknownColumn(name=shown, known=", ".join(COLUMNS))
        if columns.count(name) > 1:
            raise RepeatedColumn(name=name)
    for name in REQUIRED_COLUMNS:
        if name not in columns:
            raise MissingColumn(name=name)
    return columns


def _register(
    rightsholder: Rightsholder,
    columns: list[str],
    batch: list[tuple[int, list[str] | DomainError]],
    at: datetime,
    evidence: _Evidence,
) -> list[RowOutcome]:
    drafts: dict[int, Draft] = {}
    outcomes: dict[int, RowOutcome] = {}
    for row, cells in batch:
        try:
            draft = _draft(columns, cells)
            evidence.carry(draft)
            drafts[row] = draft
        except DomainError as refusal:
            outcomes[row] = RowOutcome(row, None, refusal)
    registered = register_works(rightsholder=rightsholder, drafts=list(drafts.values()), at=at)
    for row, outcome in zip(drafts, registered, strict=True):
        outcomes[row] = RowOutcome(row, outcome.work, outcome.refusal)
    return [outcomes[row] for row, _ in batch]


def _draft(columns: list[str], cells: list[str] | DomainError) -> Draft:
    if isinstance(cells, DomainError):
        raise cells
    if len(cells) != len(columns):
        raise UnevenRow(cells=len(cells), columns=len(columns))
    row = dict(zip(columns, (cell.strip() for cell in cells), strict=True))
    return Draft(
        title=row["title"],
        medium=_medium(row.get("medium", "")),
        identifiers=(parse(_kind(row["kind"]), row["value"]),),
        choices=_choices(row),
        terms=Terms(terms_url=row.get("terms_url", ""), contact=row.get("contact", "")),
    )


def _kind(text: str) -> IdentifierKind:
    if text.lower() not in _KINDS:
        raise UnknownKind(kinds=", ".join(_KINDS))
    return _KINDS[text.lower()]


def _medium(text: str) -> Medium:
    if text and text.lower() not in _MEDIA:
        raise UnknownMedium(media=", ".join(_MEDIA))
    return _MEDIA.get(text.lower(), Medium.OTHER)


def _choices(row: Mapping[str, str]) -> dict[Usage, Choice]:
    choices = {}
    for name, usage in USAGE_COLUMNS.items():
        text = row.get(name, "").lower()
        if text and text not in set(Choice):
            raise UnknownChoice(column=name)
        if text:
            choices[usage] = Choice(text)
    return choices
