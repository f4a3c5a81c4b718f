"""What a decision is: the verdict, why, and until when nothing can change it."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from registry.vocabulary import Basis, MatchKind, Preference, Verdict


class Conditions(NamedTuple):
    """What binds a granted use: its window, and the one organisation it is for."""

    starts_at: datetime | None = None
    ends_at: datetime | None = None
    organisation: UUID | None = None


class License(NamedTuple):
    """Where to ask when a use is possible on terms only."""

    terms_url: str
    contact: str


class Matched(NamedTuple):
    """How the item was recognised; `work` is None for a location, `distance` is in bits."""

    kind: MatchKind
    work: UUID | None = None
    distance: int | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer for one item, as api.md spells it.

    `rule` is the row of the table, or the step of the algorithm where no row speaks. `entries`
    are the log indexes it rests on, ascending. The same statements answer the same before
    `changes_at`. `is_stale` marks a refusal that rests on lapsed evidence of a location.
    """

    verdict: Verdict
    preference: Preference
    basis: Basis
    rule: str
    entries: tuple[int, ...] = ()
    conditions: Conditions | None = None
    license: License | None = None
    match: Matched | None = None
    changes_at: datetime | None = None
    is_stale: bool = False
