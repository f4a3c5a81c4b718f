"""The record about items at one tree size: all that a decision on them reads."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Any

from django.db import connection
from psycopg.pq import Format

from registry.identifiers import Hashes, Identifier, keys_of
from registry.labels import WITHDRAWN
from registry.selectors.declarations import column
from registry.selectors.locations import with_locations
from registry.selectors.log import DECLARATIONS, UNPUBLISHED
from registry.statements import Claim, Facts, HolderRow, Record, Word
from registry.vocabulary import Choice, EvidenceLevel, IdentifierKind, Usage

# One parameter holds all keys, 32 octets each: an array of them takes a multiple of the time to
# send. `place` counts the items from 0. Ids come as their octets here and below, since those are
# made and compared in a tenth of the time.
PROBE = """
SELECT asked.place, identifier.kind, uuid_send(identifier.claim_id), uuid_send(identifier.work_id)
FROM (SELECT place, substring(%(keys)s::bytea FROM place * 32 + 1 FOR 32) AS key
      FROM (SELECT generate_series(0, %(last)s) AS place) AS places) AS asked
JOIN registry_identifier identifier ON identifier.key = asked.key
"""

# All claims of the works, each once for every holder that it names. Sets of works are compared
# with one array, which an index answers in order: row by row it takes a multiple of the time.
CLAIMS = """
SELECT uuid_send(claim.work_id), uuid_send(claim.id), uuid_send(claim.rightsholder_id),
       claim.is_withdrawal, {claim[number]},
       claim.work_id IN (
           SELECT other.work_id FROM registry_identifier other
           JOIN registry_claim source ON source.id = other.claim_id {source[entry]}
           WHERE other.work_id = ANY(%(works)s::uuid[]) AND {source[is_below]}
             AND other.kind IN ('isbn', 'isrc', 'iswc', 'doi')),
       holder.id, holder.name, uuid_send(holder.rightsholder_id), holder.layer
FROM registry_claim claim {claim[entry]}
LEFT JOIN LATERAL (SELECT * FROM registry_holder WHERE claim_id = claim.id OFFSET 0) holder ON true
WHERE claim.work_id = ANY(%(works)s::uuid[]) AND {claim[is_below]}
"""

LEVELS = """
SELECT DISTINCT ON (standing.rightsholder_id) uuid_send(standing.rightsholder_id), standing.level
FROM registry_standing standing {standing[entry]}
WHERE standing.rightsholder_id = ANY(%(rightsholders)s::uuid[]) AND {standing[is_below]}
ORDER BY standing.rightsholder_id, {standing[number]} DESC
"""

DECLARED = """
SELECT uuid_send(declaration.rightsholder_id), declaration.scope, uuid_send(declaration.work_id),
       {declaration[number]}, declaration.declared_at, declaration.starts_at, declaration.ends_at,
       uuid_send(declaration.organisation_id), declaration.ends_firm_grants,
       declaration.terms_url, declaration.contact, {columns}
FROM registry_declaration declaration {declaration[entry]}
WHERE {declaration[is_below]} AND (
    declaration.work_id = ANY(%(works)s::uuid[])
    OR declaration.scope = 'catalogue'
    AND declaration.rightsholder_id = ANY(%(rightsholders)s::uuid[]))
"""

_CHOICES = {choice.value: choice for choice in Choice} | {WITHDRAWN: None}

_Row = tuple[Any, ...]
_Cut = dict[str, dict[str, str]]
_Said = dict[bytes, list[Word]]  # by the work, or the rightsholder whose catalogue it is about


def _cut(entry: str, number: str, is_below: str) -> _Cut:
    """Give how rows of each table are cut at a tree size, for the queries above."""
    tables = ("claim", "source", "standing", "declaration")
    return {
        table: {
            "entry": entry.format(table),
            "number": number.format(table),
            "is_below": is_below.format(table),
        }
        for table in tables
    }


_EXACT = _cut(
    "JOIN registry_entry entry_of_{0} ON entry_of_{0}.id = {0}.entry_id",
    "entry_of_{0}.index",
    "entry_of_{0}.index < %(size)s",
)
_NEWEST = _cut("", "{0}.entry_id", f"{{0}}.entry_id NOT IN ({UNPUBLISHED})")


def records(items: Sequence[Identifier], *, tree_size: int) -> dict[int, Record]:
    """Give what the registry holds below `tree_size` about items, by their places from 0.

    Items of which it holds nothing are left out.
    """
    found = facts(items, tree_size=tree_size)
    return {place: each.record() for place, each in found.items()}


def facts(
    items: Sequence[Identifier],
    *,
    tree_size: int,
    usages: Sequence[Usage] = tuple(Usage),
    is_newest: bool = False,
) -> dict[int, Facts]:
    """Give what `records` gives, in rows, and of what was said on works only that on `usages`.

    Where the tree size `is_newest`, entries may be left unread: their numbers are then no indexes
    and have the log's order among those of one person alone.

    One query where nothing matches, four otherwise, however many items; one or two more with URLs.
    """
    found = _found(items)
    cut = _NEWEST if is_newest else _EXACT
    on_works = _on_works(found, tree_size, usages, cut) if found else {}
    return with_locations(on_works, items, tree_size=tree_size)


def _rows(query: str, **parameters: Any) -> list[_Row]:
    """Give the rows, sent in binary: times are read in half the time."""
    with connection.cursor() as cursor:
        cursor.cursor.format = Format.BINARY
        cursor.execute(query, parameters)
        rows: list[_Row] = cursor.fetchall()
    return rows


def _array(ids: Iterable[bytes]) -> str:
    """Give an array as PostgreSQL reads it, which is sent in a tenth of the time of a list."""
    return "{" + ",".join([each.hex() for each in ids]) + "}"


def _found(items: Sequence[Identifier]) -> list[_Row]:
    """Give place, kind, claim and work of what is known by the keys, published or not."""
    rows = _rows(PROBE, keys=keys_of(items), last=len(items) - 1)
    if isinstance(items, Hashes):
        return [row for row in rows if row[1] == IdentifierKind.SHA256]
    return [row for row in rows if row[1] == items[row[0]].kind]  # a key may be of another kind


def _on_works(
    found: list[_Row], tree_size: int, usages: Sequence[Usage], cut: _Cut
) -> dict[int, Facts]:
    """Give the facts by place, without those about locations."""
    works = _array({row[3] for row in found})
    below = {"log": DECLARATIONS, "size": tree_size}
    rows = _rows(CLAIMS.format(**cut), works=works, **below)
    holders = _holders(rows)
    people = _array(_people(rows))
    levels = {
        rightsholder: EvidenceLevel(level)
        for rightsholder, level in _rows(LEVELS.format(**cut), rightsholders=people, **below)
    }
    in_force = _in_force(rows, holders, levels)
    columns = ", ".join(f"declaration.{column(usage)}" for usage in usages)
    declared = DECLARED.format(columns=columns, **cut)
    said = _said(_rows(declared, works=works, rightsholders=people, **below), levels, usages)
    claims: dict[int, list[Claim]] = defaultdict(list)
    for place, _, claim, _ in found:
        if claim in in_force:
            claims[place].append(in_force[claim])
    return {place: Facts(each, _about(each, said)) for place, each in claims.items()}


def _holders(rows: Iterable[_Row]) -> dict[bytes, tuple[HolderRow, ...]]:
    """Give the holders that the claims on each work name, in their order."""
    named: dict[bytes, list[HolderRow]] = defaultdict(list)
    for row in sorted((row for row in rows if row[6]), key=itemgetter(6)):
        named[row[0]].append(HolderRow._make(row[7:]))
    return {work: tuple(holders) for work, holders in named.items()}


def _people(rows: Iterable[_Row]) -> set[bytes]:
    """Give everybody who may speak about the works."""
    registrants = {row[2] for row in rows}
    return registrants.union(row[8] for row in rows if row[8])


def _in_force(
    rows: Iterable[_Row],
    holders: dict[bytes, tuple[HolderRow, ...]],
    levels: dict[bytes, EvidenceLevel],
) -> dict[bytes, Claim]:
    """Give the claims by their ids: each counts up to the withdrawal of its work."""
    withdrawn_at: dict[bytes, int] = {}
    for work, _, _, is_withdrawal, entry, *_ in rows:
        if is_withdrawal:
            withdrawn_at[work] = max(entry, withdrawn_at.get(work, entry))
    return {
        claim: Claim(
            work,
            registrant,
            levels.get(registrant, EvidenceLevel.NONE),
            entry,
            holders.get(work, ()),
            has_standard_identifier,
        )
        for work, claim, registrant, _, entry, has_standard_identifier, *_ in rows
        if entry >= withdrawn_at.get(work, entry)
    }


def _said(
    rows: Iterable[_Row], levels: dict[bytes, EvidenceLevel], usages: Sequence[Usage]
) -> _Said:
    said: _Said = defaultdict(list)
    for row in rows:
        declarant, _, work, *_ = declared = row[:11]
        level = levels.get(declarant, EvidenceLevel.NONE)
        for usage, choice in zip(usages, row[11:], strict=True):
            if choice:
                word = (*declared, usage, _CHOICES[choice], level)
                said[work or declarant].append(Word._make(word))
    return said


def _about(claims: Iterable[Claim], said: _Said) -> list[Word]:
    """Give what is said on the works, and on all that one of their people has."""
    about: dict[bytes | None, None] = {}
    for claim in claims:
        about[claim.work] = about[claim.registrant] = None
        about.update((holder.rightsholder, None) for holder in claim.holders)
    return [word for each in about if each in said for word in said[each]]
