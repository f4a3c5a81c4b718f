"""What the entries between two tree sizes may have changed the answers on."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from registry.selectors.log import DECLARATIONS

# The people and works that entries speak about; a standing or a catalogue is about all works of
# its rightsholder.
_ABOUT = """
WITH published AS MATERIALIZED (
    SELECT entry.id FROM registry_entry entry JOIN registry_log log ON log.id = entry.log_id
    WHERE log.name = %(log)s AND entry.index >= %(since)s AND entry.index < %(until)s
), claim AS MATERIALIZED (
    SELECT id, work_id FROM registry_claim WHERE entry_id IN (SELECT id FROM published)
), declaration AS MATERIALIZED (
    SELECT work_id, location_id, rightsholder_id FROM registry_declaration
    WHERE entry_id IN (SELECT id FROM published)
), people AS MATERIALIZED (
    SELECT rightsholder_id FROM declaration WHERE work_id IS NULL AND location_id IS NULL
    UNION
    SELECT rightsholder_id FROM registry_standing WHERE entry_id IN (SELECT id FROM published)
)
"""
_WORKS = f"""{_ABOUT}
SELECT work_id FROM claim
UNION SELECT work_id FROM declaration WHERE work_id IS NOT NULL
UNION SELECT id FROM registry_work WHERE rightsholder_id IN (SELECT rightsholder_id FROM people)
"""  # noqa: S608  texts of this module alone
_KEYS = f"""{_ABOUT}
SELECT kind, key FROM registry_identifier WHERE claim_id IN (SELECT id FROM claim)
UNION ALL SELECT NULL, key FROM registry_location WHERE id IN (
    SELECT location_id FROM registry_locationevent WHERE entry_id IN (SELECT id FROM published))
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Changes:
    """Works by their ids' octets, new keys with their kinds, and the keys of locations."""

    works: list[bytes]
    keys: list[tuple[str, bytes]]
    places: list[bytes]


def changes(*, since: int, until: int) -> Changes:
    """Give the works and keys that entries from index `since` to before `until` speak about."""
    sizes = {"log": DECLARATIONS, "since": since, "until": until}
    works: list[UUID] = [work for (work,) in _rows(_WORKS, sizes)]
    keys = [(kind, bytes(key)) for kind, key in _rows(_KEYS, sizes)]
    return Changes(
        works=[work.bytes for work in works],
        keys=[(kind, key) for kind, key in keys if kind],
        places=[key for kind, key in keys if not kind],
    )


def _rows(query: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
