"""What leaves the record: frozen facts about one item, enough to decide on without a database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from registry.vocabulary import Choice, EvidenceLevel, HoldKind, MatchKind, Scope, Usage

WHOLE = "whole"


@dataclass(frozen=True, slots=True)
class Holder:
    """One who holds rights in a layer of a work; without `rightsholder` known by name only.

    `share` is the percentage of the layer, where it was stated.
    """

    name: str
    rightsholder: UUID | None = None
    layer: str = WHOLE
    share: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """A registered work that the item is, or looks like; `distance` in bits for likeness.

    `level` is the registrant's evidence, `entry` the log index of the claim. Without `holders`
    the registrant alone holds the work. `layers` names those known to exist, with holders or not.
    `is_identifier_confirmed`: the registrant of its ISBN, ISRC, ISWC or DOI is.
    """

    work: UUID
    registrant: UUID
    level: EvidenceLevel
    entry: int
    kind: MatchKind = MatchKind.EXACT
    distance: int | None = None
    holders: tuple[Holder, ...] = ()
    has_standard_identifier: bool = False
    is_identifier_confirmed: bool = False
    layers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """The logged evidence that a location is the declarant's: the last renewal, and what ended it.

    `suspended_at` is None again after a resumption.
    """

    renewed_at: datetime
    suspended_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Mandate:
    """The right of an agent to make choices for `principal`, about `works` or all of them.

    `ends_at` is the agreed end or the earlier revocation.
    """

    agent: UUID
    principal: UUID
    acts: frozenset[Choice]
    starts_at: datetime
    ends_at: datetime
    works: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Statement:
    """What one declaration says about one usage; `choice` is None where it was withdrawn.

    `target` tells statements of the same scope apart: a work's id, a location, a hash, or "". The
    record of an item has those on its own hash and locations, and on copies that it looks like.
    `entry` is the log index, `level` the declarant's evidence, `organisation` the firm it names.
    `works_at_once` counts the works of its declaration. `is_observed`: read on the declarant's
    site. With `follows`, a withdrawal lets the declarant's broader choice speak again. `place` is
    what a location's statement rests on, `mandate` what an agent's does.
    """

    declarant: UUID
    scope: Scope
    target: str
    usage: Usage
    choice: Choice | None
    entry: int
    declared_at: datetime
    level: EvidenceLevel
    work: UUID | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    organisation: UUID | None = None
    ends_firm_grants: bool = False
    terms_url: str = ""
    contact: str = ""
    works_at_once: int = 1
    is_observed: bool = False
    follows: bool = False
    place: Place | None = None
    mandate: Mandate | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """A pause on a work's grants; a lifted one is not in the record."""

    work: UUID
    entry: int
    placed_at: datetime
    kind: HoldKind


@dataclass(frozen=True, slots=True)
class Ruling:
    """A decision of evidence level 5: whose claims stand and whose fall, by work."""

    entry: int
    upheld: tuple[UUID, ...] = ()
    rejected: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class PublicDomain:
    """A level-5 or authoritative fact that a work is in the public domain."""

    work: UUID
    entry: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What the log says against a declarant: barred, closed, or taken over by somebody else."""

    declarant: UUID
    barred_until: datetime | None = None
    is_closed: bool = False
    credentials_changed_at: datetime | None = None
    taken_over_at: datetime | None = None
    recovered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """All that the registry holds about one item at one tree size."""

    matches: tuple[Match, ...] = ()
    statements: tuple[Statement, ...] = ()
    holds: tuple[Hold, ...] = ()
    rulings: tuple[Ruling, ...] = ()
    public_domain: tuple[PublicDomain, ...] = ()
    standings: tuple[Standing, ...] = ()


class HolderRow(NamedTuple):
    """A holder as one row."""

    name: str
    rightsholder: bytes | None
    layer: str


class Claim(NamedTuple):
    """A registered work that an item is, as one row; ids are their 16 octets."""

    work: bytes
    registrant: bytes
    level: EvidenceLevel
    entry: int
    holders: tuple[HolderRow, ...]
    has_standard_identifier: bool

    def match(self) -> Match:
        """Give it as decisions read it."""
        return Match(
            work=UUID(bytes=self.work),
            registrant=UUID(bytes=self.registrant),
            level=self.level,
            entry=self.entry,
            holders=tuple(
                Holder(name, _id(rightsholder), layer) for name, rightsholder, layer in self.holders
            ),
            has_standard_identifier=self.has_standard_identifier,
        )


class Word(NamedTuple):
    """What a declaration says about one usage of a work or a catalogue, as one row like `Claim`."""

    declarant: bytes
    scope: str
    work: bytes | None
    entry: int
    declared_at: datetime
    starts_at: datetime | None
    ends_at: datetime | None
    organisation: bytes | None
    ends_firm_grants: bool
    terms_url: str
    contact: str
    usage: Usage
    choice: Choice | None
    level: EvidenceLevel

    def statement(self) -> Statement:
        """Give it as decisions read it."""
        fields = self._asdict() | {
            "declarant": UUID(bytes=self.declarant),
            "scope": Scope(self.scope),
            "work": _id(self.work),
            "organisation": _id(self.organisation),
        }
        return Statement(target=self.work.hex() if self.work else "", **fields)


class Facts(NamedTuple):
    """All that the registry holds about one item, in rows of which a batch has thousands.

    `said_there` are the statements on the item's own location.
    """

    claims: Sequence[Claim] = ()
    words: Sequence[Word] = ()
    said_there: tuple[Statement, ...] = ()

    def record(self) -> Record:
        """Give them as decisions read them."""
        return Record(
            matches=tuple(claim.match() for claim in self.claims),
            statements=(*(word.statement() for word in self.words), *self.said_there),
        )


def _id(octets: bytes | None) -> UUID | None:
    return UUID(bytes=octets) if octets else None


@dataclass(frozen=True, slots=True)
class TreeHead:
    """A published state of a log; `root` is the RFC 6962 Merkle tree hash."""

    log: str
    size: int
    root: bytes
    published_at: datetime
