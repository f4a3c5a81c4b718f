"""The record about items at one tree size: all that a decision on them reads."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from registry.identifiers import Identifier, keys_of
from registry.labels import WITHDRAWN
from registry.selectors.declarations import column
from registry.selectors.locations import with_locations
from registry.statements import Holder, Match, Record, Statement
from registry.vocabulary import Choice, EvidenceLevel, Scope, Usage

# One parameter holds all keys, 32 octets each: an array of them takes a multiple of the time to
# send. `place` counts the items from 0.
PROBE = """
SELECT asked.place, identifier.kind, identifier.claim_id
FROM (SELECT place, substring(%(keys)s::bytea FROM place * 32 + 1 FOR 32) AS key
      FROM generate_series(0, %(last)s) AS place) AS asked
JOIN registry_identifier identifier ON identifier.key = asked.key
"""

# A claim counts from its own entry up to the withdrawal of its work. The numbers of a work are
# counted, since EXISTS would be answered by reading the numbers of all works first.
CLAIMS = """
SELECT claim.id, claim.work_id, claim.rightsholder_id, entry.index,
       (SELECT count(*) FROM registry_identifier other
        JOIN registry_claim its ON its.id = other.claim_id
        JOIN registry_entry e ON e.id = its.entry_id
        WHERE other.work_id = claim.work_id AND e.index < %(size)s
          AND other.kind IN ('isbn', 'isrc', 'iswc', 'doi')) > 0
FROM registry_claim claim
JOIN registry_entry entry ON entry.id = claim.entry_id
WHERE claim.id = ANY(%(claims)s) AND entry.index < %(size)s AND NOT EXISTS (
    SELECT FROM registry_claim later JOIN registry_entry e ON e.id = later.entry_id
    WHERE later.work_id = claim.work_id AND later.is_withdrawal
      AND e.index > entry.index AND e.index < %(size)s)
"""

HOLDERS = """
SELECT claim.work_id, holder.name, holder.rightsholder_id, holder.layer
FROM registry_claim claim
JOIN registry_entry entry ON entry.id = claim.entry_id
CROSS JOIN LATERAL (SELECT * FROM registry_holder WHERE claim_id = claim.id OFFSET 0) holder
WHERE claim.work_id = ANY(%(works)s) AND entry.index < %(size)s
ORDER BY holder.id
"""

LEVELS = """
SELECT DISTINCT ON (standing.rightsholder_id) standing.rightsholder_id, standing.level
FROM registry_standing standing JOIN registry_entry entry ON entry.id = standing.entry_id
WHERE standing.rightsholder_id = ANY(%(rightsholders)s) AND entry.index < %(size)s
ORDER BY standing.rightsholder_id, entry.index DESC
"""

DECLARED = """
SELECT declaration.rightsholder_id, declaration.scope, declaration.work_id, entry.index,
       declaration.declared_at, declaration.starts_at, declaration.ends_at,
       declaration.organisation_id, declaration.ends_firm_grants,
       declaration.terms_url, declaration.contact, {columns}
FROM registry_declaration declaration JOIN registry_entry entry ON entry.id = declaration.entry_id
WHERE entry.index < %(size)s AND declaration.id IN (
    SELECT id FROM registry_declaration WHERE work_id = ANY(%(works)s)
    UNION ALL
    SELECT id FROM registry_declaration
    WHERE scope = 'catalogue' AND rightsholder_id = ANY(%(rightsholders)s))
"""

_SCOPES = {scope.value: scope for scope in Scope}
_CHOICES = {choice.value: choice for choice in Choice} | {WITHDRAWN: None}


def records(
    items: Sequence[Identifier], *, tree_size: int, usages: Sequence[Usage] = tuple(Usage)
) -> dict[int, Record]:
    """Give what the registry holds below `tree_size` about items, by their places from 0.

    Statements are those on `usages`; items of which it holds nothing are left out. One query
    where nothing matches, five otherwise, however many items; one or two more with URLs.
    """
    claims = _claims(items, tree_size)
    if not claims:
        return with_locations({}, items, tree_size=tree_size)
    works = {row[1] for rows in claims.values() for row in rows}
    rightsholders = {row[2] for rows in claims.values() for row in rows}
    holders = _holders(works, tree_size)
    for named in holders.values():
        rightsholders.update(holder.rightsholder for holder in named if holder.rightsholder)
    levels = _levels(rightsholders, tree_size)
    said = _statements(works, rightsholders, levels, tree_size, usages)
    found = {place: _record(rows, levels, holders, said) for place, rows in claims.items()}
    return with_locations(found, items, tree_size=tree_size)


def _rows(query: str, **parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _claims(items: Sequence[Identifier], tree_size: int) -> dict[int, list[tuple[Any, ...]]]:
    """Give the claims in force by the places of their items."""
    found = [
        (place, claim)
        for place, kind, claim in _rows(PROBE, keys=keys_of(items), last=len(items) - 1)
        if kind == items[place].kind  # a key alone may belong to another kind
    ]
    if not found:
        return {}
    rows = _rows(CLAIMS, claims=list({claim for _, claim in found}), size=tree_size)
    in_force = {row[0]: row for row in rows}
    claims = defaultdict(list)
    for place, claim in found:
        if claim in in_force:
            claims[place].append(in_force[claim])
    return dict(claims)


def _levels(rightsholders: Iterable[UUID], tree_size: int) -> dict[UUID, EvidenceLevel]:
    rows = _rows(LEVELS, rightsholders=list(rightsholders), size=tree_size)
    return {rightsholder: EvidenceLevel(level) for rightsholder, level in rows}


def _holders(works: Iterable[UUID], tree_size: int) -> dict[UUID, tuple[Holder, ...]]:
    named: dict[UUID, list[Holder]] = defaultdict(list)
    for work, name, rightsholder, layer in _rows(HOLDERS, works=list(works), size=tree_size):
        named[work].append(Holder(name, rightsholder, layer))
    return {work: tuple(holders) for work, holders in named.items()}


def _statements(
    works: Iterable[UUID],
    rightsholders: Iterable[UUID],
    levels: dict[UUID, EvidenceLevel],
    tree_size: int,
    usages: Sequence[Usage],
) -> dict[UUID, list[Statement]]:
    """Give the statements by the work they are about or the rightsholder whose catalogue it is."""
    said: dict[UUID, list[Statement]] = defaultdict(list)
    query = DECLARED.format(columns=", ".join(f"declaration.{column(usage)}" for usage in usages))
    rows = _rows(query, works=list(works), rightsholders=list(rightsholders), size=tree_size)
    for row in rows:
        level = levels.get(row[0], EvidenceLevel.NONE)
        for usage, choice in zip(usages, row[11:], strict=True):
            if choice:
                said[row[2] or row[0]].append(_statement(row, level, usage, choice))
    return said


def _statement(row: tuple[Any, ...], level: EvidenceLevel, usage: Usage, choice: str) -> Statement:
    return Statement(
        declarant=row[0],
        scope=_SCOPES[row[1]],
        target=row[2].hex if row[2] else "",
        usage=usage,
        choice=_CHOICES[choice],
        entry=row[3],
        declared_at=row[4],
        level=level,
        work=row[2],
        starts_at=row[5],
        ends_at=row[6],
        organisation=row[7],
        ends_firm_grants=row[8],
        terms_url=row[9],
        contact=row[10],
    )


def _record(
    claims: Sequence[tuple[Any, ...]],
    levels: dict[UUID, EvidenceLevel],
    holders: dict[UUID, tuple[Holder, ...]],
    said: dict[UUID, list[Statement]],
) -> Record:
    matches = tuple(
        Match(
            work=work,
            registrant=registrant,
            level=levels.get(registrant, EvidenceLevel.NONE),
            entry=entry,
            holders=holders.get(work, ()),
            has_standard_identifier=is_standard,
        )
        for _, work, registrant, entry, is_standard in claims
    )
    about = dict.fromkeys(about for match in matches for about in _about(match))
    statements = tuple(statement for each in about for statement in said.get(each, ()))
    return Record(matches=matches, statements=statements)


def _about(match: Match) -> list[UUID]:
    """What statements on a work may be about: itself, or all that one of its people has."""
    people = [holder.rightsholder for holder in match.holders if holder.rightsholder]
    return [match.work, match.registrant, *people]
