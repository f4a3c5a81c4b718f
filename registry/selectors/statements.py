"""The record about items at one tree size: all that a decision on them reads."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from registry.identifiers import Identifier
from registry.labels import WITHDRAWN
from registry.selectors.locations import with_locations
from registry.statements import Holder, Match, Record, Statement
from registry.vocabulary import Choice, EvidenceLevel, Scope, Usage

# A probe per key; a claim counts from its own entry up to the withdrawal of its work.
CLAIMS = """
SELECT identifier.key, identifier.kind, claim.id, claim.work_id, claim.rightsholder_id,
       entry.index,
       EXISTS (SELECT FROM registry_identifier other
               JOIN registry_claim its ON its.id = other.claim_id
               JOIN registry_entry e ON e.id = its.entry_id
               WHERE other.work_id = claim.work_id AND e.index < %(size)s
                 AND other.kind IN ('isbn', 'isrc', 'iswc', 'doi'))
FROM unnest(%(keys)s::bytea[]) AS asked(key)
JOIN registry_identifier identifier ON identifier.key = asked.key
JOIN registry_claim claim ON claim.id = identifier.claim_id
JOIN registry_entry entry ON entry.id = claim.entry_id
WHERE entry.index < %(size)s AND NOT EXISTS (
    SELECT FROM registry_claim later JOIN registry_entry e ON e.id = later.entry_id
    WHERE later.work_id = claim.work_id AND later.is_withdrawal
      AND e.index > entry.index AND e.index < %(size)s)
"""

HOLDERS = """
SELECT claim.work_id, holder.name, holder.rightsholder_id, holder.layer
FROM registry_holder holder
JOIN registry_claim claim ON claim.id = holder.claim_id
JOIN registry_entry entry ON entry.id = claim.entry_id
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
       declaration.terms_url, declaration.contact,
       declaration.generative_training, declaration.other_training, declaration.inference,
       declaration.search, declaration.mining
FROM registry_declaration declaration JOIN registry_entry entry ON entry.id = declaration.entry_id
WHERE entry.index < %(size)s AND declaration.id IN (
    SELECT id FROM registry_declaration WHERE work_id = ANY(%(works)s)
    UNION ALL
    SELECT id FROM registry_declaration
    WHERE scope = 'catalogue' AND rightsholder_id = ANY(%(rightsholders)s))
"""

NOTHING = Record()


def records(items: Sequence[Identifier], *, tree_size: int) -> list[Record]:
    """Give what the registry holds about each item below `tree_size`, in order.

    One query where nothing matches, four otherwise, however many items; one or two more with URLs.
    """
    claims = _claims(items, tree_size)
    if not claims:
        return with_locations([NOTHING] * len(items), items, tree_size=tree_size)
    works = {row[3] for rows in claims.values() for row in rows}
    rightsholders = {row[4] for rows in claims.values() for row in rows}
    holders = _holders(works, tree_size)
    for named in holders.values():
        rightsholders.update(holder.rightsholder for holder in named if holder.rightsholder)
    levels = _levels(rightsholders, tree_size)
    said = _statements(works, rightsholders, levels, tree_size)
    found = [
        _record(claims[item.kind, item.key], levels, holders, said)
        if (item.kind, item.key) in claims
        else NOTHING
        for item in items
    ]
    return with_locations(found, items, tree_size=tree_size)


def _rows(query: str, **parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _claims(
    items: Iterable[Identifier], tree_size: int
) -> dict[tuple[str, bytes], list[tuple[Any, ...]]]:
    """Give the claims in force by kind and key: a key alone may belong to another kind."""
    found = defaultdict(list)
    for row in _rows(CLAIMS, keys=list({item.key for item in items}), size=tree_size):
        found[row[1], bytes(row[0])].append(row)
    return dict(found)


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
) -> dict[UUID, list[Statement]]:
    """Give the statements by the work they are about or the rightsholder whose catalogue it is."""
    said: dict[UUID, list[Statement]] = defaultdict(list)
    rows = _rows(DECLARED, works=list(works), rightsholders=list(rightsholders), size=tree_size)
    for row in rows:
        about = row[2] or row[0]
        said[about].extend(_each_usage(row, levels.get(row[0], EvidenceLevel.NONE)))
    return said


def _each_usage(row: tuple[Any, ...], level: EvidenceLevel) -> Iterable[Statement]:
    for usage, choice in zip(Usage, row[11:], strict=True):
        if choice:
            yield Statement(
                declarant=row[0],
                scope=Scope(row[1]),
                target=str(row[2] or ""),
                usage=usage,
                choice=None if choice == WITHDRAWN else Choice(choice),
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
        for _, _, _, work, registrant, entry, is_standard in claims
    )
    about = dict.fromkeys(about for match in matches for about in (match.work, match.registrant))
    statements = tuple(statement for each in about for statement in said.get(each, ()))
    return Record(matches=matches, statements=statements)
