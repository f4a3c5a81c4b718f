"""Answers out of the newest snapshot, as of the newest tree size: the database for the rest."""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from threading import Lock, Thread
from typing import TYPE_CHECKING
from uuid import UUID

import numpy as np
from django.conf import settings

from consent.engine import overlay, snapshot
from consent.engine.files import DamagedFile
from consent.engine.keys import words_of
from consent.engine.snapshot import DATABASE, FIRST, FURTHEST
from consent.rules import LATEST, Decision, Matched, decide
from consent.selectors import lookups
from registry.identifiers import Hashes, Identifier, LocationKeyring, keys_of
from registry.selectors import log
from registry.selectors.changes import changes
from registry.selectors.extracts import moment_of, time_of
from registry.vocabulary import IdentifierKind, MatchKind, Usage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from consent.engine.overlay import Overlay
    from consent.engine.snapshot import About, Found, Snapshot
    from consent.selectors.lookups import Moment
    from registry.statements import TreeHead

logger = logging.getLogger(__name__)

SUFFIX = ".snapshot"
LOOKED_EVERY = 1.0  # seconds, for a newer file
DUE_AFTER = 10_000  # entries
DUE_EVERY = timedelta(hours=1)  # by then, waits and windows that ended sent many to the database
MOST_BEHIND = 50_000  # entries: reading more takes longer than a new snapshot is away


@dataclass(frozen=True, slots=True)
class State:
    """What operators want to know of a snapshot; `size` in octets."""

    about: About
    size: int

    @property
    def decided_at(self) -> datetime:
        """The moment as of which it answers."""
        return time_of(self.about.decided_at)


@dataclass(slots=True)
class _Opened:
    """What this process has open."""

    path: Path | None = None
    overlay: Overlay | None = None
    is_ours: bool = False
    looked_at: float = float("-inf")


_opened = _Opened()
_lock = Lock()
_growing = Lock()


def files() -> list[Path]:
    """Give the snapshots of this host, the oldest first."""
    return sorted(settings.SNAPSHOT_FOLDER.glob(f"[0-9]*{SUFFIX}"))


def _newest_file() -> Path | None:
    return next(reversed(files()), None)


def newest() -> State | None:
    """Give the newest snapshot of this host, or None where there is none to be read."""
    path = _newest_file()
    try:
        return State(snapshot.about(path), path.stat().st_size) if path else None
    except (DamagedFile, OSError):
        return None


def is_due(head: TreeHead, *, at: datetime) -> bool:
    """Say whether a new snapshot is worth its time."""
    known = newest()
    return (
        known is None
        or not is_ours(known.about)
        or head.size - known.about.tree_size >= DUE_AFTER
        or not timedelta() <= at - known.decided_at < DUE_EVERY
    )


def is_ours(about: About) -> bool:
    """Say whether a snapshot is of this log and these rules, not of another history or time."""
    head = log.head_of_size(about.tree_size)
    return about.rules == LATEST and head is not None and head.root.hex() == about.root


def open_newest() -> None:
    """Open the newest file before anybody asks, and look again in a second."""
    path = _newest_file()
    with _lock:
        _opened.path, _opened.overlay, _opened.is_ours = path, None, False
        _opened.looked_at = time.monotonic()
    if path:
        _open(path)


def decisions(
    items: Sequence[Identifier], *, usage: Usage, organisation: UUID | None, moment: Moment
) -> list[Decision]:
    """Give what `lookups.decisions` gives, without entries, conditions, licence and times."""
    from_database = partial(
        lookups.decisions, usage=usage, organisation=organisation, moment=moment, is_brief=True
    )
    current = _current(moment.head.size) if moment.rules == LATEST else None
    if current is None:
        return from_database(items)
    decided = [decide(lookups.NOTHING, usage, organisation, moment.decided_at)] * len(items)
    unsure: list[int] = []
    firm = organisation.bytes if organisation else None
    for kind, places, keys in _by_kind(items):
        found = current.find(kind, words_of(keys), usage, firm, moment_of(moment.decided_at))
        if kind is IdentifierKind.URL and current.has_places():
            _leave_places(current, found, [items[place] for place in places])
        for here, decision in _decided(current.snapshot, found):
            decided[places[here]] = decision
        unsure += [places[here] for here in np.flatnonzero(found.codes == DATABASE).tolist()]
    if unsure:
        asked = [items[place] for place in unsure]
        for place, decision in zip(unsure, from_database(asked), strict=True):
            decided[place] = decision
    return decided


def _by_kind(
    items: Sequence[Identifier],
) -> list[tuple[IdentifierKind, Sequence[int], bytes]]:
    """Give for each kind the places of its items and their keys."""
    if isinstance(items, Hashes):
        return [(IdentifierKind.SHA256, range(len(items)), items.octets)]
    places: dict[IdentifierKind, list[int]] = defaultdict(list)
    for place, item in enumerate(items):
        places[item.kind].append(place)
    return [(kind, here, keys_of([items[n] for n in here])) for kind, here in places.items()]


def _leave_places(current: Overlay, found: Found, urls: list[Identifier]) -> None:
    """Leave to the database whatever lies where somebody has or had control."""
    ring = LocationKeyring()
    keys = [ring.keys(url) for url in urls]
    numbers = np.repeat(np.arange(len(keys)), [len(each) for each in keys])
    are_places = current.are_places(words_of(b"".join(key for each in keys for key in each)))
    found.codes[numbers[are_places]] = DATABASE


def _decided(known: Snapshot, found: Found) -> Iterator[tuple[int, Decision]]:
    """Give the place and decision of each answer; `changes_at` is early by an hour at most."""
    here = np.flatnonzero(found.codes >= FIRST)
    works = found.works[here]
    ids = known.works[works].tobytes()
    since = time_of(known.about.decided_at)
    rows = zip(
        here.tolist(),
        found.codes[here].tolist(),
        known.expires[works].tolist(),
        range(0, len(ids), 16),
        strict=True,
    )
    for place, code, hours, at in rows:
        match = Matched(MatchKind.EXACT, UUID(bytes=ids[at : at + 16]))
        changes_at = since + timedelta(hours=hours) if hours < FURTHEST else None
        verdict, preference, basis, rule = known.answers[code - FIRST]
        yield (
            place,
            Decision(verdict, preference, basis, rule, match=match, changes_at=changes_at),
        )


def _current(tree_size: int) -> Overlay | None:
    """Give the newest snapshot as of a tree size, or None where there is none to rest on.

    Whoever comes while another reads what was published since is not made to wait for it.
    """
    with _lock:
        _look(time.monotonic())
        known, is_known_ours = _opened.overlay, _opened.is_ours
    if known is None or not known.tree_size <= tree_size <= known.tree_size + MOST_BEHIND:
        return None
    if known.tree_size == tree_size and is_known_ours:
        return known
    if not _growing.acquire(blocking=False):
        return None
    try:
        return _grown(known, tree_size)
    finally:
        _growing.release()


def _grown(known: Overlay, tree_size: int) -> Overlay | None:
    """Give what is open as of a tree size, None where it is of another history."""
    if not is_ours(known.snapshot.about):
        logger.error("a snapshot of another history is not used")
        return None
    if known.tree_size < tree_size:
        said = changes(since=known.tree_size, until=tree_size)
        known = known.grown(tree_size, keys=said.keys, places=said.places, works=said.works)
    with _lock:
        if _opened.overlay and _opened.overlay.snapshot is known.snapshot:
            _opened.overlay, _opened.is_ours = known, True
    return known


def _look(now: float) -> None:
    """Have the newest file opened, where there is another one than a second ago.

    Reading it takes a while: those who ask meanwhile get their answers as before.
    """
    if now < _opened.looked_at + LOOKED_EVERY:
        return
    _opened.looked_at = now
    newest = _newest_file()
    if newest == _opened.path:
        return
    _opened.path = newest
    if newest:
        Thread(target=_open, args=(newest,), daemon=True).start()
    else:
        _opened.overlay = None


def _open(path: Path) -> None:
    """Open a file; one that cannot be read is out of the way, so that another is built."""
    try:
        opened = overlay.over(snapshot.read(path))
    except (DamagedFile, OSError):
        logger.exception("the snapshot %s cannot be used", path.name)
        path.unlink(missing_ok=True)
        return
    with _lock:
        if _opened.path == path:
            _opened.overlay, _opened.is_ours = opened, False
