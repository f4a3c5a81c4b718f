"""Writing seeded works: rows by binary COPY, their log entries as for any other work."""

import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import connection, transaction

from registry.errors import AlreadySeeded
from registry.identifiers import Identifier
from registry.ids import new_id
from registry.labels import WITHDRAWN
from registry.log import services as log
from registry.models import Organisation, Rightsholder
from registry.selectors import payloads
from registry.selectors.declarations import column
from registry.selectors.log import DECLARATIONS, pending_since
from registry.selectors.seeding import is_registered
from registry.services.seeds import (
    ORGANISATIONS,
    RIGHTSHOLDERS,
    Seed,
    organisation_name,
    rightsholder_name,
    seeded_catalogue,
    seeded_identifier,
    seeded_level,
    seeded_work,
)
from registry.statements import WHOLE
from registry.vocabulary import Choice, EvidenceLevel, Scope, Usage

CHUNK = 10_000  # works a transaction
WRITERS = 2  # one prepares rows while PostgreSQL takes those of the other
DECLARED_OVER = timedelta(days=30)  # before the run, so that some grants have waited long enough
TERMS_URL = "https://studio.example/terms"
CONTACT = "licences@studio.example"
REASON = "seeded"

_USAGES = tuple(usage.value for usage in Usage)
_COLUMNS = {
    "registry_work": {
        "id": "uuid",
        "rightsholder_id": "uuid",
        "title": "varchar",
        "medium": "varchar",
        "year": "int2",
        "registered_at": "timestamptz",
        "removed_at": "timestamptz",
    },
    "registry_claim": {
        "id": "uuid",
        "work_id": "uuid",
        "rightsholder_id": "uuid",
        "is_withdrawal": "bool",
        "claimed_at": "timestamptz",
        "entry_id": "int8",
    },
    "registry_identifier": {
        "claim_id": "uuid",
        "work_id": "uuid",
        "kind": "varchar",
        "key": "bytea",
        "value": "text",
    },
    "registry_holder": {
        "claim_id": "uuid",
        "name": "varchar",
        "rightsholder_id": "uuid",
        "layer": "varchar",
    },
    "registry_declaration": {
        "id": "uuid",
        "rightsholder_id": "uuid",
        "scope": "varchar",
        "work_id": "uuid",
        **{column(usage): "varchar" for usage in Usage},
        "starts_at": "timestamptz",
        "ends_at": "timestamptz",
        "organisation_id": "uuid",
        "ends_firm_grants": "bool",
        "terms_url": "varchar",
        "contact": "varchar",
        "declared_at": "timestamptz",
        "entry_id": "int8",
    },
    "registry_standing": {
        "id": "uuid",
        "rightsholder_id": "uuid",
        "level": "int2",
        "reason": "varchar",
        "set_at": "timestamptz",
        "entry_id": "int8",
    },
}


class _Cast(NamedTuple):
    """The ids of those who appear in a seed, by their numbers."""

    rightsholders: list[UUID]
    organisations: list[UUID]


class _Rows:
    """Rows to copy, and what the entries of some of them commit to."""

    def __init__(self) -> None:
        self.rows: dict[str, list[tuple[object, ...]]] = {table: [] for table in _COLUMNS}
        self.said: list[tuple[str, bytes]] = []
        self.places: dict[str, list[int]] = {table: [] for table in _COLUMNS}

    def add(self, table: str, *row: object) -> None:
        self.rows[table].append(row)

    def say(self, table: str, kind: str, payload: bytes, *row: object) -> None:
        """Add a row whose last column, `entry_id`, is yet to come."""
        self.rows[table].append(row)
        self.places[table].append(len(self.said))
        self.said.append((kind, payload))

    def add_standing(self, rightsholder: UUID, level: int, at: datetime) -> None:
        standing = new_id()
        payload = payloads.standing_payload(
            standing=standing, rightsholder=rightsholder, level=level, reason=REASON, set_at=at
        )
        row = (standing, rightsholder, level, REASON, at)
        self.say("registry_standing", payloads.STANDING, payload, *row)

    def add_claim(
        self,
        work: UUID,
        rightsholder: UUID,
        at: datetime,
        identifier: Identifier | None = None,
        holders: Iterable[tuple[str, UUID | None]] = (),
    ) -> None:
        """A claim by the identifier or, without one, the withdrawal of the claim before."""
        claim = new_id()
        payload = payloads.claim_payload(
            claim=claim,
            work=work,
            rightsholder=rightsholder,
            claimed_at=at,
            identifiers=[(identifier.kind.value, identifier.value)] if identifier else (),
            holders=[(name, WHOLE, holder) for name, holder in holders],
        )
        kind = payloads.CLAIM if identifier else payloads.CLAIM_WITHDRAWAL
        row = (claim, work, rightsholder, not identifier, at)
        self.say("registry_claim", kind, payload, *row)
        if identifier:
            key = (identifier.kind.value, identifier.key, identifier.value)
            self.add("registry_identifier", claim, work, *key)
        for name, holder in holders:
            self.add("registry_holder", claim, name, holder, WHOLE)

    def add_declaration(
        self,
        rightsholder: UUID,
        work: UUID | None,
        choices: Mapping[str, str],
        at: datetime,
        window: tuple[datetime | None, datetime | None] = (None, None),
        organisation: UUID | None = None,
        *,
        ends_firm_grants: bool = False,
    ) -> None:
        """A declaration or, where all is withdrawn, the withdrawal."""
        declaration = new_id()
        scope = Scope.WORK.value if work else Scope.CATALOGUE.value
        has_terms = Choice.LICENSE in choices.values()
        terms_url, contact = (TERMS_URL, CONTACT) if has_terms else ("", "")
        payload = payloads.declaration_payload(
            declaration=declaration,
            rightsholder=rightsholder,
            scope=scope,
            work=work,
            choices=choices,
            declared_at=at,
            starts_at=window[0],
            ends_at=window[1],
            organisation=organisation,
            ends_firm_grants=ends_firm_grants,
            terms_url=terms_url,
            contact=contact,
        )
        kind = payloads.kind_of(choices.values())
        said = [choices.get(usage, "") for usage in _USAGES]
        target = (rightsholder, scope, work)
        conditions = (*window, organisation, ends_firm_grants, terms_url, contact)
        row = (declaration, *target, *said, *conditions, at)
        self.say("registry_declaration", kind, payload, *row)

    @transaction.atomic
    def write(self, at: datetime) -> None:
        """Append the entries and copy the rows."""
        entries = log.append_many(log=DECLARATIONS, said=self.said, at=at)
        for table, rows in self.rows.items():
            places = self.places[table]
            if places:
                rows = [(*row, entries[place]) for row, place in zip(rows, places, strict=True)]
            _copy(table, rows)


def seed_works(*, works: int, seed: int, clock: Callable[[], datetime]) -> None:
    """Register works 0 to `works` - 1 of a seed and declare on each, log integrated and signed.

    Commits as it goes, on connections of its own; the query planner knows of it all in the end.
    Raises AlreadySeeded where work 0 is there.
    """
    if is_registered(seeded_identifier(seed, 0)):
        raise AlreadySeeded(seed=seed)
    started_at = clock()
    first_at = started_at - DECLARED_OVER
    cast = _write_cast(seed, first_at, started_at)

    def write(chunk: range) -> None:
        try:
            _works(seed, chunk, cast, first_at, DECLARED_OVER / works).write(clock())
            log.integrate(log=DECLARATIONS, at=clock())
        finally:
            connection.close()

    chunks = (range(start, min(start + CHUNK, works)) for start in range(0, works, CHUNK))
    with ThreadPoolExecutor(WRITERS) as writers:
        for _ in writers.map(write, chunks):
            pass
    _write_lapses(cast, clock())
    while pending_since():
        if not log.integrate(log=DECLARATIONS, at=clock()):
            time.sleep(0.1)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(_COLUMNS)}, registry_entry")


def _write_cast(seed: int, first_at: datetime, at: datetime) -> _Cast:
    """Everybody of the seed, who stands at level 1 at least, and what covers whole catalogues."""
    holders = [
        Rightsholder(id=new_id(), name=rightsholder_name(seed, number))
        for number in range(RIGHTSHOLDERS)
    ]
    organisations = [
        Organisation(id=new_id(), name=organisation_name(seed, number))
        for number in range(ORGANISATIONS)
    ]
    rows = _Rows()
    for number, holder in enumerate(holders):
        rows.add_standing(holder.id, max(seeded_level(number), EvidenceLevel.EMAIL), first_at)
        if choices := seeded_catalogue(number):
            rows.add_declaration(holder.id, None, choices, first_at)
    with transaction.atomic():
        Rightsholder.objects.bulk_create(holders)
        Organisation.objects.bulk_create(organisations)
        rows.write(at)
    return _Cast([holder.id for holder in holders], [each.id for each in organisations])


def _write_lapses(cast: _Cast, at: datetime) -> None:
    """Some rightsholders lose their evidence after all that they declared."""
    rows = _Rows()
    for number, rightsholder in enumerate(cast.rightsholders):
        if seeded_level(number) == EvidenceLevel.NONE:
            rows.add_standing(rightsholder, EvidenceLevel.NONE, at)
    rows.write(at)


def _works(seed: int, chunk: range, cast: _Cast, first_at: datetime, step: timedelta) -> _Rows:
    rows = _Rows()
    for n in chunk:
        _add_work(rows, seeded_work(seed, n), cast, first_at + step * n, first_at + step * (n + 1))
    return rows


def _add_work(rows: _Rows, seed: Seed, cast: _Cast, at: datetime, later: datetime) -> None:
    """Work, claim and declaration, and what was taken back of them later."""
    work, rightsholder = new_id(), cast.rightsholders[seed.rightsholder]
    organisation = None if seed.organisation is None else cast.organisations[seed.organisation]
    removed_at = later if seed.is_removed else None
    shown = (seed.title, seed.medium.value, seed.year)
    rows.add("registry_work", work, rightsholder, *shown, at, removed_at)
    rows.add_claim(work, rightsholder, at, seed.identifier, _holders(seed, cast))
    rows.add_declaration(
        rightsholder,
        work,
        seed.choices,
        at,
        _window(seed, at),
        organisation,
        ends_firm_grants=seed.ends_firm_grants,
    )
    if seed.is_withdrawn:
        nothing = dict.fromkeys(seed.choices, WITHDRAWN)
        rows.add_declaration(rightsholder, work, nothing, later, organisation=organisation)
    if seed.is_removed:
        rows.add_claim(work, rightsholder, later)


def _holders(seed: Seed, cast: _Cast) -> list[tuple[str, UUID | None]]:
    """The registrant and another one; alone, the registrant needs no row."""
    if not seed.other_name:
        return []
    other = None if seed.other_holder is None else cast.rightsholders[seed.other_holder]
    return [(seed.own_name, cast.rightsholders[seed.rightsholder]), (seed.other_name, other)]


def _window(seed: Seed, at: datetime) -> tuple[datetime | None, datetime | None]:
    starts_at = None if seed.starts_after is None else at + seed.starts_after
    ends_at = None if seed.lasts is None else (starts_at or at) + seed.lasts
    return starts_at, ends_at


def _copy(table: str, rows: Iterable[tuple[object, ...]]) -> None:
    columns = _COLUMNS[table]
    with connection.cursor() as cursor:
        statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT BINARY)"
        with cursor.copy(statement) as copy:
            copy.set_types(list(columns.values()))
            for row in rows:
                copy.write_row(row)
