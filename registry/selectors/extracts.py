"""The whole record below a tree size as flat arrays, copied out table by table.

What is published never changes, so the tables agree whenever each of them is read. Ids are their
16 octets; moments are microseconds since 2000, as PostgreSQL sends them; numbers are big-endian.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray
from psycopg import sql

from registry.labels import WITHDRAWN
from registry.selectors.declarations import column
from registry.selectors.log import DECLARATIONS
from registry.vocabulary import Choice, IdentifierKind, Usage

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
NEVER = np.iinfo(np.int64).max
KINDS = tuple(IdentifierKind)
#: What a declaration says about a usage, as a number of three bits.
CHOICES: tuple[str, ...] = ("", *Choice, WITHDRAWN)

Extract = NDArray[Any]

HEADER, TRAILER = 19, 2  # octets of PostgreSQL's binary COPY around its rows
TYPES = {"id": "V16", "key": "V32", "number": ">i8", "choices": ">i4", "short": ">i2", "truth": "?"}

# Entries without an index, or with one that is too high: few, and found by two indexes.
UNPUBLISHED = """
SELECT entry.id FROM registry_entry entry JOIN registry_log log ON log.id = entry.log_id
WHERE log.name = {log} AND (entry.index IS NULL OR entry.index >= {size})
"""

IDENTIFIERS = """
SELECT identifier.key, {kind}::int2, identifier.work_id FROM registry_identifier identifier
WHERE identifier.claim_id NOT IN (SELECT id FROM registry_claim WHERE entry_id IN ({unpublished}))
"""
CLAIMS = """
SELECT work_id, rightsholder_id, is_withdrawal FROM registry_claim
WHERE entry_id NOT IN ({unpublished})
"""
NAMED = """
SELECT DISTINCT claim.work_id FROM registry_holder holder
JOIN registry_claim claim ON claim.id = holder.claim_id
WHERE claim.entry_id NOT IN ({unpublished})
"""
STANDINGS = """
SELECT rightsholder_id, entry_id, level::int2 FROM registry_standing
WHERE entry_id NOT IN ({unpublished})
"""
DECLARATIONS_MADE = """
SELECT rightsholder_id, coalesce(work_id, rightsholder_id), work_id IS NULL, entry_id,
       organisation_id IS NOT NULL, ({choices})::int4, declared_at,
       coalesce(starts_at, '-infinity'::timestamptz), coalesce(ends_at, 'infinity'::timestamptz)
FROM registry_declaration WHERE location_id IS NULL AND entry_id NOT IN ({unpublished})
"""
NAMED_FIRMS = """
SELECT DISTINCT organisation_id FROM registry_declaration WHERE organisation_id IS NOT NULL
"""
LOCATIONS = """
SELECT key FROM registry_location
"""


def moment_of(at: datetime) -> int:
    """Give a moment as the extracts have them, in microseconds."""
    return (at - EPOCH) // timedelta(microseconds=1)


def identifiers(*, tree_size: int) -> Extract:
    """Give `key`, `kind` (a place in KINDS) and `work` of every identifier."""
    whens = " ".join(f"WHEN '{kind}' THEN {place}" for place, kind in enumerate(KINDS))
    columns = [("key", "key"), ("kind", "short"), ("work", "id")]
    return _copied(IDENTIFIERS, columns, tree_size, kind=f"(CASE kind {whens} END)")


def claims(*, tree_size: int) -> Extract:
    """Give `work`, `registrant` and `is_withdrawal` of every claim."""
    columns = [("work", "id"), ("registrant", "id"), ("is_withdrawal", "truth")]
    return _copied(CLAIMS, columns, tree_size)


def works_with_holders(*, tree_size: int) -> Extract:
    """Give `work` for every work of which holders are named."""
    return _copied(NAMED, [("work", "id")], tree_size)


def standings(*, tree_size: int) -> Extract:
    """Give `rightsholder`, `entry` (in the log's order) and `level` of every standing."""
    columns = [("rightsholder", "id"), ("entry", "number"), ("level", "short")]
    return _copied(STANDINGS, columns, tree_size)


def declarations(*, tree_size: int) -> Extract:
    """Give every declaration on a work or a catalogue.

    `about` is the work, or where `is_catalogue` the declarant. `entry` is in the order of the log
    among those of one declarant. `choices` holds one place in CHOICES for each usage, three bits
    each, the first lowest. No start is the smallest number, no end NEVER.
    """
    whens = " ".join(f"WHEN '{choice}' THEN {number}" for number, choice in enumerate(CHOICES))
    choices = " + ".join(
        f"((CASE {column(usage)} {whens} END) << {3 * place})" for place, usage in enumerate(Usage)
    )
    columns = [
        ("declarant", "id"),
        ("about", "id"),
        ("is_catalogue", "truth"),
        ("entry", "number"),
        ("names_firm", "truth"),
        ("choices", "choices"),
        ("declared_at", "number"),
        ("starts_at", "number"),
        ("ends_at", "number"),
    ]
    return _copied(DECLARATIONS_MADE, columns, tree_size, choices=choices)


def named_organisations() -> Extract:
    """Give the `organisation` of every one that a declaration names, published or not."""
    return _copied(NAMED_FIRMS, [("organisation", "id")], tree_size=0)


def location_keys() -> Extract:
    """Give the `key` of every location that was ever somebody's, published or not."""
    return _copied(LOCATIONS, [("key", "key")], tree_size=0)


def _copied(query: str, columns: list[tuple[str, str]], tree_size: int, **parts: str) -> Extract:
    """Give the rows of a query, all of whose columns have one width and are never null."""
    fields: list[tuple[str, str]] = [("columns", ">i2")]
    for name, kind in columns:
        fields += [(f"{name}_length", ">i4"), (name, TYPES[kind])]
    unpublished = sql.SQL(UNPUBLISHED).format(log=DECLARATIONS, size=tree_size)
    made = {name: sql.SQL(text) for name, text in parts.items()}
    copied = sql.SQL(query).format(unpublished=unpublished, **made)
    statement = sql.SQL("COPY ({}) TO STDOUT (FORMAT binary)").format(copied)
    with connection.cursor() as cursor, cursor.copy(statement) as rows:
        octets = b"".join(rows)
    row = np.dtype(fields)
    count, rest = divmod(len(octets) - HEADER - TRAILER, row.itemsize)
    if rest:
        raise ValueError("rows of different widths")
    return np.frombuffer(octets, dtype=row, offset=HEADER, count=count)
