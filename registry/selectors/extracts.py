"""The whole record below a tree size as flat arrays, gathered table by table.

What is published never changes, so the tables agree whenever each of them is read. Ids are their
16 octets; moments are microseconds since 2000, as PostgreSQL sends them; numbers are big-endian.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray
from psycopg.pq import Format

from registry.labels import WITHDRAWN
from registry.selectors.declarations import column
from registry.selectors.log import DECLARATIONS, UNPUBLISHED
from registry.vocabulary import Choice, IdentifierKind, Usage

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
NEVER = np.iinfo(np.int64).max
KINDS = tuple(IdentifierKind)
#: What a declaration says about a usage, as a number of three bits.
CHOICES: tuple[str, ...] = ("", *Choice, WITHDRAWN)

Extract = NDArray[Any]

#: By kind of column: the type in an array, and what writes its octets.
TYPES = {
    "id": ("V16", "uuid_send({})"),
    "key": ("V32", "{}"),
    "number": (">i8", "int8send({})"),
    "choices": (">i4", "int4send({})"),
    "short": (">i2", "int2send({})"),
    "truth": ("?", "boolsend({})"),
    "moment": (">i8", "timestamptz_send({})"),
}
BLOCK = 65_536  # rows that are sent as one value: row by row it takes eight times as long

# Rows without an order, their columns' octets one after the other and all of one width.
GATHERED = """
SELECT string_agg({columns}, ''), count(*) FROM (
    SELECT *, row_number() OVER () / {block} AS block FROM ({rows}) AS rows
) AS numbered GROUP BY block
"""

IDENTIFIERS = """
SELECT key, {kind}::int2 AS kind, work_id AS work FROM registry_identifier
WHERE claim_id NOT IN (SELECT id FROM registry_claim WHERE entry_id IN ({unpublished}))
"""
CLAIMS = """
SELECT work_id AS work, rightsholder_id AS registrant, is_withdrawal FROM registry_claim
WHERE entry_id NOT IN ({unpublished})
"""
NAMED = """
SELECT DISTINCT claim.work_id AS work FROM registry_holder holder
JOIN registry_claim claim ON claim.id = holder.claim_id
WHERE claim.entry_id NOT IN ({unpublished})
"""
STANDINGS = """
SELECT rightsholder_id AS rightsholder, entry_id AS entry, level::int2 FROM registry_standing
WHERE entry_id NOT IN ({unpublished})
"""
DECLARATIONS_MADE = """
SELECT rightsholder_id AS declarant, coalesce(work_id, rightsholder_id) AS about,
       work_id IS NULL AS is_catalogue, entry_id AS entry,
       organisation_id IS NOT NULL AS names_firm, ({choices})::int4 AS choices, declared_at,
       coalesce(starts_at, '-infinity'::timestamptz) AS starts_at,
       coalesce(ends_at, 'infinity'::timestamptz) AS ends_at
FROM registry_declaration WHERE location_id IS NULL AND entry_id NOT IN ({unpublished})
"""
NAMED_FIRMS = """
SELECT DISTINCT organisation_id AS organisation FROM registry_declaration
WHERE organisation_id IS NOT NULL
"""
LOCATIONS = """
SELECT key FROM registry_location
"""


def moment_of(at: datetime) -> int:
    """Give a moment as the extracts have them, in microseconds."""
    return (at - EPOCH) // timedelta(microseconds=1)


def time_of(moment: int) -> datetime:
    """Give the time that a moment of the extracts is."""
    return EPOCH + timedelta(microseconds=moment)


def identifiers(*, tree_size: int) -> Extract:
    """Give `key`, `kind` (a place in KINDS) and `work` of every identifier."""
    whens = " ".join(f"WHEN '{kind}' THEN {place}" for place, kind in enumerate(KINDS))
    columns = [("key", "key"), ("kind", "short"), ("work", "id")]
    return _gathered(IDENTIFIERS, columns, tree_size, kind=f"(CASE kind {whens} END)")


def claims(*, tree_size: int) -> Extract:
    """Give `work`, `registrant` and `is_withdrawal` of every claim."""
    columns = [("work", "id"), ("registrant", "id"), ("is_withdrawal", "truth")]
    return _gathered(CLAIMS, columns, tree_size)


def works_with_holders(*, tree_size: int) -> Extract:
    """Give `work` for every work of which holders are named."""
    return _gathered(NAMED, [("work", "id")], tree_size)


def standings(*, tree_size: int) -> Extract:
    """Give `rightsholder`, `entry` (in the log's order) and `level` of every standing."""
    columns = [("rightsholder", "id"), ("entry", "number"), ("level", "short")]
    return _gathered(STANDINGS, columns, tree_size)


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
        ("declared_at", "moment"),
        ("starts_at", "moment"),
        ("ends_at", "moment"),
    ]
    return _gathered(DECLARATIONS_MADE, columns, tree_size, choices=choices)


def named_organisations() -> Extract:
    """Give the `organisation` of every one that a declaration names, published or not."""
    return _gathered(NAMED_FIRMS, [("organisation", "id")], tree_size=0)


def location_keys() -> Extract:
    """Give the `key` of every location that was ever somebody's, published or not."""
    return _gathered(LOCATIONS, [("key", "key")], tree_size=0)


def _gathered(query: str, columns: list[tuple[str, str]], tree_size: int, **parts: str) -> Extract:
    """Give the rows of a query that has these columns, none of them ever null."""
    octets = " || ".join(TYPES[kind][1].format(name) for name, kind in columns)
    wanted = query.format(unpublished=UNPUBLISHED, **parts)
    with connection.cursor() as cursor:
        cursor.cursor.format = Format.BINARY
        cursor.execute(
            GATHERED.format(columns=octets, block=BLOCK, rows=wanted),
            {"log": DECLARATIONS, "size": tree_size},
        )
        blocks = cursor.fetchall()
    gathered = b"".join(block for block, _ in blocks)
    rows = np.frombuffer(gathered, dtype=[(name, TYPES[kind][0]) for name, kind in columns])
    if len(rows) != sum(count for _, count in blocks):
        raise ValueError("a row with a null is lost")
    return rows
