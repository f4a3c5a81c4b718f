"""How much a seeded registry holds, and how varied it is."""

from django.db import connection

from registry.identifiers import Identifier as CanonicalIdentifier
from registry.models import (
    Claim,
    Declaration,
    Entry,
    Holder,
    Identifier,
    Rightsholder,
    Standing,
    Work,
)

_COMBINATIONS = """
SELECT count(*) FROM (
    SELECT DISTINCT generative_training, other_training, inference, search, mining,
           starts_at - declared_at, ends_at - declared_at, organisation_id, level
    FROM registry_declaration LEFT JOIN (
        SELECT DISTINCT ON (rightsholder_id) rightsholder_id, level
        FROM registry_standing ORDER BY rightsholder_id, entry_id DESC
    ) AS standing USING (rightsholder_id)
) AS combination
"""


def is_registered(identifier: CanonicalIdentifier) -> bool:
    """Say whether anybody ever claimed a work by this identifier."""
    return Identifier.objects.filter(key=identifier.key, kind=identifier.kind).exists()


def row_counts() -> dict[str, int]:
    """Give the number of rows of each table of the record."""
    return {
        "rightsholders": Rightsholder.objects.count(),
        "works": Work.objects.count(),
        "claims": Claim.objects.count(),
        "identifiers": Identifier.objects.count(),
        "holders": Holder.objects.count(),
        "declarations": Declaration.objects.count(),
        "standings": Standing.objects.count(),
        "entries": Entry.objects.count(),
    }


def combinations_count() -> int:
    """Give how many different combinations of choices, dates, evidence and firm are declared."""
    with connection.cursor() as cursor:
        cursor.execute(_COMBINATIONS)
        count: int = cursor.fetchone()[0]
    return count
