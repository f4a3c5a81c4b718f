"""Whether every row still says what its log entry commits to, and projections what rows say."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import chain
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Max, Min

from registry.identifiers import Identifier as CanonicalIdentifier
from registry.identifiers import location_key
from registry.ids import public_id
from registry.log import fsck
from registry.log.fsck import Finding
from registry.log.leaves import leaf_of
from registry.models import (
    Claim,
    Declaration,
    Entry,
    Holder,
    Identifier,
    Location,
    LocationEvent,
    Log,
    Standing,
)
from registry.selectors.declarations import column
from registry.selectors.log import DECLARATIONS
from registry.selectors.payloads import (
    CLAIM,
    CLAIM_WITHDRAWAL,
    STANDING,
    claim_payload,
    declaration_payload,
    kind_of,
    kind_of_event,
    payload_of_event,
    standing_payload,
)
from registry.vocabulary import IdentifierKind, Scope, Usage

PAGE = 20_000

_CHOICES = {column(usage): usage.value for usage in Usage}

_ROWS_WITHOUT_ENTRY = """
SELECT said.id FROM {table} AS said
WHERE said.id > %(after)s AND NOT EXISTS (
    SELECT FROM registry_entry AS entry JOIN registry_log AS log ON log.id = entry.log_id
    WHERE entry.id = said.entry_id AND log.name = %(log)s)
ORDER BY said.id LIMIT %(limit)s
"""

_WORKS_THAT_DIFFER = """
SELECT work.id, newest.work_id IS NULL, work.rightsholder_id = newest.rightsholder_id
FROM registry_work AS work LEFT JOIN LATERAL (
    SELECT work_id, rightsholder_id, CASE WHEN is_withdrawal THEN claimed_at END AS removed_at
    FROM registry_claim WHERE work_id = work.id ORDER BY entry_id DESC LIMIT 1
) AS newest ON true
WHERE work.id > %(after)s
  AND (work.removed_at, work.rightsholder_id)
      IS DISTINCT FROM (newest.removed_at, newest.rightsholder_id)
ORDER BY work.id LIMIT %(limit)s
"""

_LOCATIONS_WITHOUT_EVENT = """
SELECT location.id FROM registry_location AS location
WHERE location.id > %(after)s AND NOT EXISTS (
    SELECT FROM registry_locationevent AS event WHERE event.location_id = location.id)
ORDER BY location.id LIMIT %(limit)s
"""


class _Said(NamedTuple):
    """What the entry of a row must commit to, as the row stands now."""

    entry: int
    row: str
    kind: str
    payload: bytes


class _Identified(NamedTuple):
    """An identifier, and the work that its claim is about."""

    claim: UUID
    kind: str
    value: str
    key: bytes
    work: UUID
    claimed: UUID


class _Span(NamedTuple):
    """Ids of entries: above `after`, up to `until`."""

    after: int
    until: int

    def of(self, field: str) -> dict[str, int]:
        return {f"{field}__gt": self.after, f"{field}__lte": self.until}


def findings() -> Iterator[Finding]:
    """Everything wrong with any log, and with the rows that the log of declarations proves.

    Nothing for a sound registry, whatever is being written meanwhile. Needs the memory of 65,536
    entries at a time.
    """
    for log in Log.objects.order_by("id").values_list("name", flat=True):
        yield from fsck.findings(log)
    ids = Entry.objects.aggregate(oldest=Min("id"), newest=Max("id"))
    oldest, newest = ids["oldest"] or 0, ids["newest"] or 0
    for after in range(oldest - 1, newest, PAGE):
        yield from _compare_entries(_Span(after, min(after + PAGE, newest)))
    yield from _rows_without_entry()
    yield from _works_that_differ()
    yield from _locations_that_differ()


def _compare_entries(span: _Span) -> Iterator[Finding]:
    """Entries against rows; entries first, so that whatever one of them proves is visible too."""
    entries = Entry.objects.filter(log__name=DECLARATIONS, **span.of("id"))
    unseen = {row[0]: row[1:] for row in entries.values_list("id", "index", "salt", "leaf")}
    identifiers = _identifiers(span)
    yield from _compare_identifiers(identifiers)
    seen = set()
    rows = (_claims(span, identifiers), _declarations(span), _standings(span), _events(span))
    for said in chain(*rows):
        if said.entry in seen:
            yield Finding("row-twice", f"{said.row} shares its entry with another row")
        elif said.entry in unseen:
            index, salt, leaf = unseen.pop(said.entry)
            seen.add(said.entry)
            if salt is None:
                yield Finding("salt-missing", _place(index, said.row))
            elif leaf_of(said.kind, bytes(salt), said.payload) != bytes(leaf):
                yield Finding("row-differs", _place(index, said.row))
    for entry, (index, _, _) in unseen.items():
        yield Finding("row-missing", _place(index, f"row {entry} of the log"))


def _place(index: int | None, row: str) -> str:
    return f"{row}, entry {'pending' if index is None else index}"


def _identifiers(span: _Span) -> list[_Identified]:
    found = Identifier.objects.filter(**span.of("claim__entry"))
    fields = ("claim", "kind", "value", "key", "work", "claim__work")
    return [_Identified(*row) for row in found.values_list(*fields)]


def _compare_identifiers(identifiers: list[_Identified]) -> Iterator[Finding]:
    """What lookups probe beside what the entry proves: the key, and the work a claim is on."""
    for found in identifiers:
        where = f"claim {found.claim}: {found.kind} {found.value}"
        if _key(found.kind, found.value) != bytes(found.key):
            yield Finding("key-differs", where)
        if found.work != found.claimed:
            yield Finding("work-differs", where)


def _key(kind: str, value: str) -> bytes | None:
    try:
        return CanonicalIdentifier(IdentifierKind(kind), value).key
    except ValueError:
        return None


def _claims(span: _Span, identifiers: list[_Identified]) -> Iterator[_Said]:
    known_by: dict[UUID, list[tuple[str, str]]] = defaultdict(list)
    for found in identifiers:
        known_by[found.claim].append((found.kind, found.value))
    holders: dict[UUID, list[tuple[str, str, UUID | None]]] = defaultdict(list)
    named = Holder.objects.filter(**span.of("claim__entry"))
    fields = ("claim", "name", "layer", "rightsholder")
    for claim, name, layer, rightsholder in named.values_list(*fields):
        holders[claim].append((name, layer, rightsholder))
    claims = Claim.objects.filter(**span.of("entry")).values_list(
        "entry", "id", "work", "rightsholder", "is_withdrawal", "claimed_at"
    )
    for entry, claim, work, rightsholder, is_withdrawal, claimed_at in claims:
        payload = claim_payload(
            claim=claim,
            work=work,
            rightsholder=rightsholder,
            claimed_at=claimed_at,
            identifiers=known_by[claim],
            holders=holders[claim],
        )
        kind = CLAIM_WITHDRAWAL if is_withdrawal else CLAIM
        yield _Said(entry, f"claim {claim}", kind, payload)


def _declarations(span: _Span) -> Iterator[_Said]:
    """As plain values, in a third of the time that models would take."""
    terms = ("starts_at", "ends_at", "organisation", "ends_firm_grants", "terms_url", "contact")
    target = ("rightsholder", "scope", "work", "location", "declared_at")
    found = Declaration.objects.filter(**span.of("entry"))
    for row in found.values("entry", "id", *_CHOICES, *target, *terms):
        entry, declaration = row.pop("entry"), row.pop("id")
        named = ((usage, row.pop(name)) for name, usage in _CHOICES.items())
        choices = {usage: choice for usage, choice in named if choice}
        payload = declaration_payload(declaration=declaration, choices=choices, **row)
        yield _Said(entry, f"declaration {declaration}", kind_of(choices.values()), payload)


def _standings(span: _Span) -> Iterator[_Said]:
    for standing in Standing.objects.filter(**span.of("entry")):
        payload = standing_payload(
            standing=standing.id,
            rightsholder=standing.rightsholder_id,
            level=standing.level,
            reason=standing.reason,
            set_at=standing.set_at,
        )
        yield _Said(standing.entry_id, f"standing {standing.id}", STANDING, payload)


def _events(span: _Span) -> Iterator[_Said]:
    for event in LocationEvent.objects.filter(**span.of("entry")).select_related("location"):
        row = f"event {event.id} of location {event.location_id}"
        yield _Said(event.entry_id, row, kind_of_event(event.kind), payload_of_event(event))


def _rows_without_entry() -> Iterator[Finding]:
    for table in ("claim", "declaration", "standing", "locationevent"):
        query = _ROWS_WITHOUT_ENTRY.format(table=f"registry_{table}")
        for (row,) in _pages(query, log=DECLARATIONS):
            yield Finding("entry-missing", f"{table} {row}")


def _works_that_differ() -> Iterator[Finding]:
    """Works whose owner or removal is not that of their newest claim."""
    for work, is_unclaimed, is_owners in _pages(_WORKS_THAT_DIFFER):
        if is_unclaimed:
            code = "claim-missing"
        else:
            code = "removal-differs" if is_owners else "rightsholder-differs"
        yield Finding(code, f"work {public_id('wrk', work)}")


def _locations_that_differ() -> Iterator[Finding]:
    """Locations that nothing in the log tells of, and those that lookups would miss."""
    for (location,) in _pages(_LOCATIONS_WITHOUT_EVENT):
        yield Finding("event-missing", f"location {location}")
    for location in Location.objects.order_by("id").iterator(PAGE):
        if location_key(Scope(location.scope), location.value) != bytes(location.key):
            yield Finding("key-differs", f"location {location.id}: {location.value}")


def _pages(query: str, **parameters: str) -> Iterator[tuple[Any, ...]]:
    """The rows of a query that goes on after an id."""
    after: UUID | None = UUID(int=0)
    while after:
        with connection.cursor() as cursor:
            cursor.execute(query, {**parameters, "after": after, "limit": PAGE})
            rows = cursor.fetchall()
        yield from rows
        after = rows[-1][0] if len(rows) == PAGE else None
