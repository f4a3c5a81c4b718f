"""The versions of the rules by their names, and the one function that asks them."""

from datetime import datetime
from uuid import UUID

from consent.rules import v2026_11
from consent.rules.decision import Decision
from registry.statements import Record
from registry.vocabulary import Usage

#: Every version ever published, by the name that receipts carry; none is edited or removed.
VERSIONS = {v2026_11.VERSION: v2026_11.decide}
LATEST = v2026_11.VERSION


def decide(
    record: Record,
    usage: Usage,
    firm: UUID | None,
    decided_at: datetime,
    rules: str = LATEST,
) -> Decision:
    """What the registry answers on one item: the same for the same arguments, always.

    `record` is cut at a tree size; `firm` is the asking organisation, `decided_at` has a time
    zone. Raises KeyError for a version of the rules that never was.
    """
    return VERSIONS[rules](record, usage, firm, decided_at)
