"""Building snapshots: every shape is decided once, and the file replaces the one before."""

from __future__ import annotations

import fcntl
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import numpy as np
from django.conf import settings

from consent.engine import shapes, snapshot
from consent.engine.shapes import BEGUN, CHOICE, OVER, SHORT, WAITING, Shape
from consent.engine.snapshot import DATABASE, FIRST, USAGES, About, Answer
from consent.rules import LATEST, WAITS, decide
from consent.selectors.snapshots import SUFFIX, files, is_due
from registry.labels import WITHDRAWN
from registry.selectors import extracts
from registry.selectors.extracts import CHOICES, KINDS, moment_of
from registry.statements import Match, Record, Statement
from registry.vocabulary import STANDARD_KINDS, Choice, EvidenceLevel, Scope, Usage

if TYPE_CHECKING:
    from consent.engine.shapes import Packed
    from consent.engine.snapshot import Codes
    from registry.statements import TreeHead

KEPT = 2  # the one in use, and the one before for those who have not looked yet
WAIT = WAITS[LATEST]
LONG = timedelta(days=10_000)
WORK, REGISTRANT = UUID(int=1), UUID(int=2)


def build_if_due(*, head: TreeHead, at: datetime) -> None:
    """Build a snapshot where the newest is an hour old, or many entries are newer."""
    if is_due(head, at=at):
        build_alone(head=head, at=at)


def build_alone(*, head: TreeHead, at: datetime) -> bool:
    """Build a snapshot and forget old ones; do nothing and say so while another process does."""
    folder: Path = settings.SNAPSHOT_FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        build(head=head, at=at)
        forget_old()
    return True


def build(*, head: TreeHead, at: datetime) -> Path:
    """Give the new snapshot's file, of the state `head`, decided at `at`."""
    started = time.perf_counter()
    size, moment = head.size, moment_of(at)
    identifiers = extracts.identifiers(tree_size=size)
    standard = [KINDS.index(kind) for kind in STANDARD_KINDS]
    found = shapes.shapes_of(
        claims=extracts.claims(tree_size=size),
        named=extracts.works_with_holders(tree_size=size),
        numbered=identifiers[np.isin(identifiers["kind"], standard)],
        standings=extracts.standings(tree_size=size),
        declarations=extracts.declarations(tree_size=size),
        at=moment,
        wait=WAIT // timedelta(microseconds=1),
    )
    answers, codes = answers_of(found.table, at)
    path: Path = settings.SNAPSHOT_FOLDER / f"{moment:020}-{size:020}{SUFFIX}"
    snapshot.write(
        path,
        About(
            size,
            head.root.hex(),
            moment,
            LATEST,
            len(identifiers),
            len(found.table),
            time.perf_counter() - started,
        ),
        identifiers=identifiers,
        locations=extracts.location_keys(),
        firms=extracts.named_organisations(),
        shapes=found,
        answers=answers,
        codes=codes,
    )
    return path


def forget_old() -> None:
    """Delete all snapshots but the newest; whoever has one open keeps it until they let go."""
    for path in [*files()[:-KEPT], *settings.SNAPSHOT_FOLDER.glob(".*")]:
        path.unlink(missing_ok=True)


def answers_of(table: Packed, at: datetime) -> tuple[list[Answer], Codes]:
    """Give the different answers, and for each shape a row of one code for each usage.

    The first row is that of works without a shape.
    """
    numbers: dict[Answer, int] = {}
    codes = np.full((len(table) + 1, len(USAGES)), DATABASE, dtype=np.uint8)
    for place, usage in enumerate(USAGES):
        different, rows = shapes.heard(table, place)
        answers = [_answer(shapes.shape_of(each), place, usage, at) for each in different]
        known = [numbers.setdefault(answer, len(numbers) + FIRST) for answer in answers]
        codes[1:, place] = np.array(known, dtype=np.uint8)[rows]
    return list(numbers), codes


def _answer(shape: Shape, place: int, usage: Usage, at: datetime) -> Answer:
    """Give the answer on the works of a shape for one usage, the `place`th."""
    words = [(Scope.WORK, word) for word in shape.on_work]
    words += [(Scope.CATALOGUE, word) for word in shape.on_catalogue]
    said = [(scope, CHOICES[word >> 3 * place & CHOICE], word) for scope, word in words]
    statements = tuple(
        _statement(scope, choice, word, shape.level, usage, at, len(said) - n)
        for n, (scope, choice, word) in enumerate(said)
        if choice
    )
    match = Match(
        WORK,
        REGISTRANT,
        shape.level,
        entry=0,
        has_standard_identifier=shape.has_standard_identifier,
    )
    decision = decide(Record((match,), statements), usage, None, at)
    if decision.match is None or decision.match.work != WORK:
        raise AssertionError("a work that is not the match")
    return Answer(decision.verdict, decision.preference, decision.basis, decision.rule)


def _statement(
    scope: Scope,
    choice: str,
    flags: int,
    level: EvidenceLevel,
    usage: Usage,
    at: datetime,
    entry: int,
) -> Statement:
    """Give a statement that the rules hear as they hear all of its shape."""
    wait = timedelta() if level >= EvidenceLevel.VOUCHED else WAIT
    counts_at = at + timedelta(hours=1) if flags & WAITING else at - LONG
    ends_at = None
    if flags & SHORT:
        ends_at = min(counts_at, at) if flags & OVER else counts_at
    elif flags & OVER:
        ends_at = at
    return Statement(
        declarant=REGISTRANT,
        scope=scope,
        target=WORK.hex if scope is Scope.WORK else "",
        usage=usage,
        choice=None if choice == WITHDRAWN else Choice(choice),
        entry=entry,
        declared_at=counts_at - wait,
        level=level,
        work=WORK if scope is Scope.WORK else None,
        starts_at=None if flags & BEGUN else at + LONG,
        ends_at=ends_at,
    )
