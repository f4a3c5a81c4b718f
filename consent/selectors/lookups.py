"""Answers: what may be done with items, as of one moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from consent.errors import StaleState, UnknownMoment
from consent.rules import LATEST, Decision, decide, decide_alike
from registry.identifiers import Identifier
from registry.selectors import log, statements
from registry.statements import Facts, Record, TreeHead
from registry.vocabulary import Usage

NOTHING = Record()
SETTLED_AFTER = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Moment:
    """What an answer rests on: a published state of the log, a time, a version of the rules."""

    head: TreeHead
    decided_at: datetime
    rules: str = LATEST


@dataclass(frozen=True, slots=True)
class Overview:
    """What the registry holds about one item, and what it answers for every usage."""

    record: Record
    decisions: dict[Usage, Decision]


def present(*, at: datetime) -> Moment:
    """Give the newest published state; raise StaleState rather than answer from an old one.

    Rule R43; an idle log is not stale.
    """
    head = log.fresh_head(at=at)
    if head is None:
        raise StaleState
    return Moment(head, at)


def moment_at(*, at: datetime, now: datetime) -> Moment:
    """Give the newest state published by a time, decided then; raise UnknownMoment.

    A time in the future, or so short ago that a checkpoint of then may still be on its way to
    being visible, has no answer yet: it could change.
    """
    head = log.head_at(at) if at <= now - SETTLED_AFTER else None
    if head is None:
        raise UnknownMoment
    return Moment(head, at.astimezone(UTC))


def moment_of_size(*, tree_size: int) -> Moment:
    """Give the state of exactly this size, decided when it was published; raise UnknownMoment."""
    head = log.head_of_size(tree_size)
    if head is None:
        raise UnknownMoment
    return Moment(head, head.published_at)


def decisions(
    items: Sequence[Identifier],
    *,
    usage: Usage,
    organisation: UUID | None,
    moment: Moment,
    is_brief: bool = False,
) -> list[Decision]:
    """Give one decision per item, in order; a fixed number of queries however many items.

    Brief ones are of the newest state, and their entries say nothing.
    """
    found = statements.facts(items, tree_size=moment.head.size, usages=[usage], is_newest=is_brief)
    if is_brief:
        found |= _shared(found, items, usage, moment)
    question = (usage, organisation, moment.decided_at, moment.rules)
    decided = [decide(NOTHING, *question)] * len(items)
    for place, facts in found.items():
        decided[place] = decide_alike(facts, *question)
    return decided


def _shared(
    found: dict[int, Facts], items: Sequence[Identifier], usage: Usage, moment: Moment
) -> dict[int, Facts]:
    """Give the facts about items that several people claim: there the log's order matters."""
    places = [place for place, facts in found.items() if len(facts.claims) > 1]
    if not places:
        return {}
    asked = [items[place] for place in places]
    exact = statements.facts(asked, tree_size=moment.head.size, usages=[usage])
    return {places[n]: facts for n, facts in exact.items()}


def overview(item: Identifier, *, organisation: UUID | None, moment: Moment) -> Overview:
    """Give the decision for every usage of one item, from one reading of the record."""
    record = statements.records([item], tree_size=moment.head.size).get(0, NOTHING)
    return Overview(
        record,
        {
            usage: decide(record, usage, organisation, moment.decided_at, moment.rules)
            for usage in Usage
        },
    )
