"""What leaves the record: frozen facts about one item, enough to decide on without a database."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from registry.vocabulary import Choice, EvidenceLevel, MatchKind, Scope, Usage

WHOLE = "whole"


@dataclass(frozen=True, slots=True)
class Holder:
    """One who holds rights in a layer of a work; without `rightsholder` known by name only."""

    name: str
    rightsholder: UUID | None = None
    layer: str = WHOLE


@dataclass(frozen=True, slots=True)
class Match:
    """A registered work that the item is, or looks like; `distance` in bits for likeness."""

    work: UUID
    registrant: UUID
    level: EvidenceLevel
    entry: int
    kind: MatchKind = MatchKind.EXACT
    distance: int | None = None
    holders: tuple[Holder, ...] = ()
    has_standard_identifier: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """What one declaration says about one usage; `choice` is None where it was withdrawn.

    `target` tells statements of the same scope apart: a work's id, a location, a hash, or "".
    `entry` is the log index, `level` the declarant's evidence, `organisation` the firm it names.
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


@dataclass(frozen=True, slots=True)
class Record:
    """All that the registry holds about one item at one tree size."""

    matches: tuple[Match, ...] = ()
    statements: tuple[Statement, ...] = ()


@dataclass(frozen=True, slots=True)
class TreeHead:
    """A published state of a log; `root` is the RFC 6962 Merkle tree hash."""

    log: str
    size: int
    root: bytes
    published_at: datetime
