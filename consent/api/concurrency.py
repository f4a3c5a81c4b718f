"""A firm's requests take turns, so that many at once harm neither each other nor other firms."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, Lock
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection

from consent.errors import TooManyAtOnce

if TYPE_CHECKING:
    from uuid import UUID

    from consent.models import ApiKey

AT_ONCE = 3  # requests of a firm that one process answers at a time
MOST_WAITING = 100  # dataset-viewer's default at once, should one process get them all
LONGEST_WAIT = 10.0  # seconds
RETRY_SECONDS = 2


class _Gate:
    """The turns of one firm in this process."""

    def __init__(self) -> None:
        self.free = BoundedSemaphore(AT_ONCE)
        self.waiting = 0


#: Beside the cap of each firm: together, two or three would take every thread of the process.
_places = BoundedSemaphore(settings.WAITING_PLACES)
_gates: dict[UUID, _Gate] = {}
_lock = Lock()


@contextmanager
def turn(key: ApiKey | None) -> Iterator[None]:
    """Wait until it is this request's turn; raise TooManyAtOnce after ten seconds, or in a crowd.

    Whoever asks without a key has a quota too small for a crowd.
    """
    if key is None:
        yield
        return
    with _lock:
        gate = _gates.setdefault(key.firm_id, _Gate())
    if not gate.free.acquire(blocking=False):
        _wait(gate)
    try:
        yield
    finally:
        gate.free.release()


def _wait(gate: _Gate) -> None:
    with _place(gate):
        if not connection.in_atomic_block:
            connection.close()  # back to the pool: others need it meanwhile
        if not gate.free.acquire(timeout=LONGEST_WAIT):
            raise TooManyAtOnce(retry_after=RETRY_SECONDS)


@contextmanager
def _place(gate: _Gate) -> Iterator[None]:
    """Be one of those who wait; raise TooManyAtOnce where the firm or all firms have too many."""
    with _lock:
        if gate.waiting >= MOST_WAITING or not _places.acquire(blocking=False):
            raise TooManyAtOnce(retry_after=RETRY_SECONDS)
        gate.waiting += 1
    try:
        yield
    finally:
        with _lock:
            gate.waiting -= 1
            _places.release()
