"""What was said at the places where URLs lie, and the evidence it rests on."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain
from typing import Any
from uuid import UUID

from django.db import connection

from registry.identifiers import Hashes, Identifier, LocationKeyring
from registry.labels import WITHDRAWN
from registry.models import Location, LocationEvent, Rightsholder
from registry.statements import Facts, Place, Statement
from registry.vocabulary import (
    Choice,
    ControlEvent,
    EvidenceLevel,
    IdentifierKind,
    Scope,
    Usage,
)

NOTHING = Facts()
HELD = (ControlEvent.SHOWN, ControlEvent.RENEWED, ControlEvent.RESUMED)

# A probe per key, and nothing else: most URLs lie where nobody has shown control.
_PROBE = """
SELECT location.key, location.id
FROM (SELECT substring(%(keys)s::bytea FROM place * 32 + 1 FOR 32) AS key
      FROM generate_series(0, %(last)s) AS place) AS asked
JOIN registry_location location ON location.key = asked.key
"""

_SAID = """
SELECT location.id, location.rightsholder_id, location.scope, location.value,
       control.kinds, control.moments, coalesce(standing.level, 0),
       entry.index, declaration.declared_at, declaration.starts_at,
       declaration.ends_at, declaration.organisation_id, declaration.ends_firm_grants,
       declaration.terms_url, declaration.contact,
       declaration.generative_training, declaration.other_training, declaration.inference,
       declaration.search, declaration.mining
FROM registry_location location
JOIN LATERAL (
    SELECT array_agg(event.kind ORDER BY its.index) AS kinds,
           array_agg(event.happened_at ORDER BY its.index) AS moments
    FROM registry_locationevent event JOIN registry_entry its ON its.id = event.entry_id
    WHERE event.location_id = location.id AND its.index < %(size)s
) control ON true
LEFT JOIN LATERAL (
    SELECT standing.level FROM registry_standing standing
    JOIN registry_entry its ON its.id = standing.entry_id
    WHERE standing.rightsholder_id = location.rightsholder_id AND its.index < %(size)s
    ORDER BY its.index DESC LIMIT 1
) standing ON true
JOIN registry_declaration declaration ON declaration.location_id = location.id
    AND declaration.rightsholder_id = location.rightsholder_id
JOIN registry_entry entry ON entry.id = declaration.entry_id
WHERE location.id = ANY(%(locations)s) AND entry.index < %(size)s
ORDER BY entry.index
"""


def with_locations(
    facts: dict[int, Facts], items: Sequence[Identifier], *, tree_size: int
) -> dict[int, Facts]:
    """Give the facts about the items, by place, with what was said at their locations added."""
    said = location_statements(items, tree_size=tree_size)
    if not said:
        return facts
    there = {place: said[item] for place, item in enumerate(items) if item in said}
    return facts | {
        place: facts.get(place, NOTHING)._replace(said_there=statements)
        for place, statements in there.items()
    }


def location_statements(
    items: Sequence[Identifier], *, tree_size: int
) -> dict[Identifier, tuple[Statement, ...]]:
    """Give what was said below `tree_size` at the path prefixes, host and domain of each URL.

    URLs of which nothing was said are left out, as are other identifiers. No query without URLs,
    one where nobody ever controlled any of the places, two otherwise, however many URLs.
    """
    keys = {} if isinstance(items, Hashes) else _keys_of(items)
    if not keys:
        return {}
    locations = _locations(set(chain.from_iterable(keys.values())))
    if not locations:
        return {}
    said = _said({each for found in locations.values() for each in found}, tree_size)
    found = {
        url: tuple(
            statement
            for key in each
            for location in locations.get(key, ())
            for statement in said.get(location, ())
        )
        for url, each in keys.items()
        if not locations.keys().isdisjoint(each)
    }
    return {url: statements for url, statements in found.items() if statements}


def place_of(events: Iterable[tuple[str, datetime]]) -> Place | None:
    """Give the evidence that events leave behind, oldest first; None where there were none.

    Control that was found again is as good as renewed; what has ended stays so.
    """
    place: Place | None = None
    for kind, at in events:
        if place is None:
            place = Place(at)
        elif kind == ControlEvent.ENDED:
            place = replace(place, ended_at=at)
        elif kind == ControlEvent.SUSPENDED:
            place = replace(place, suspended_at=at)
        else:
            place = replace(place, renewed_at=at, suspended_at=None)
    return place


def newest_event(location: Location) -> LocationEvent:
    """Give what happened last to the control of a location, published or not."""
    return LocationEvent.objects.filter(location=location).latest("entry_id")


def is_under_control(location: Location) -> bool:
    """Say whether the control of a location is neither suspended nor over, published or not."""
    return newest_event(location).kind in HELD


def is_controlled_by(rightsholder: Rightsholder, key: bytes) -> bool:
    """Say whether a rightsholder has a location under this key that has not ended."""
    mine = Location.objects.filter(rightsholder=rightsholder, key=key)
    return mine.exclude(events__kind=ControlEvent.ENDED).exists()


def _keys_of(items: Iterable[Identifier]) -> dict[Identifier, list[bytes]]:
    """Give the keys of the locations of each URL: at most sixteen prefixes, a host, a domain."""
    ring = LocationKeyring()
    return {item: ring.keys(item) for item in items if item.kind is IdentifierKind.URL}


def _locations(keys: Collection[bytes]) -> dict[bytes, list[UUID]]:
    """Give the locations under each key that has any."""
    locations: dict[bytes, list[UUID]] = defaultdict(list)
    for key, location in _rows(_PROBE, keys=b"".join(keys), last=len(keys) - 1):
        locations[bytes(key)].append(location)
    return dict(locations)


def _said(locations: Iterable[UUID], tree_size: int) -> dict[UUID, list[Statement]]:
    said: dict[UUID, list[Statement]] = defaultdict(list)
    for row in _rows(_SAID, locations=list(locations), size=tree_size):
        said[row[0]].extend(_each_usage(row))
    return said


def _each_usage(row: tuple[Any, ...]) -> Iterable[Statement]:
    place = place_of(zip(row[4] or (), row[5] or (), strict=True))
    for usage, choice in zip(Usage, row[15:], strict=True):
        if choice:
            yield Statement(
                declarant=row[1],
                scope=Scope(row[2]),
                target=row[3],
                usage=usage,
                choice=None if choice == WITHDRAWN else Choice(choice),
                entry=row[7],
                declared_at=row[8],
                level=_level(EvidenceLevel(row[6])),
                starts_at=row[9],
                ends_at=row[10],
                organisation=row[11],
                ends_firm_grants=row[12],
                terms_url=row[13],
                contact=row[14],
                place=place,
            )


def _level(standing: EvidenceLevel) -> EvidenceLevel:
    """The evidence behind a word at one's own place; level 0 may still say nothing."""
    return max(standing, EvidenceLevel.PLACE) if standing else standing


def _rows(query: str, **parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
