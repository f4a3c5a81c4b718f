"""One decision for all items of one shape, which differ in names, numbers and times only.

Two items have one shape if the rules cannot tell them apart: the same is said, at the same levels,
the same of their names are equal, and their log entries and moments come in the same order. Then
the decision on the one, put in the other's names, numbers and times, is the decision on the other.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from consent.rules import v2026_11
from consent.rules.decision import Conditions, Decision, License, Matched
from consent.rules.versions import LATEST, decide
from registry.statements import Claim, Facts, HolderRow, Word
from registry.vocabulary import EvidenceLevel, Usage

#: How long grants wait, in the versions that compare no other moments with each other and with
#: that of the decision than the start and end of what is said and the end of its wait.
WAITS = {v2026_11.VERSION: v2026_11.WAIT}
LARGEST = 16  # claims and words together: what has more is decided by itself
MOST_SHAPES = 10_000

_Shape = tuple[Any, ...]
_Names = dict[object, int]


class _Own(NamedTuple):
    """What distinguishes an item from others of its shape, each in a fixed order."""

    works: list[bytes]
    entries: list[int]
    moments: list[datetime]
    terms: list[tuple[str, str]]


class _Known(NamedTuple):
    """The decision on the first item of a shape, and where among its own values it found what."""

    decision: Decision
    entries: list[int]
    work: int | None
    starts_at: int | None
    ends_at: int | None
    terms: int | None
    changes_at: int | None


_known: dict[tuple[str, _Shape], _Known] = {}


def decide_alike(
    facts: Facts, usage: Usage, firm: UUID | None, decided_at: datetime, rules: str = LATEST
) -> Decision:
    """What `decide` answers on the record of the facts, worked out once for each shape."""
    if facts.said_there or len(facts.claims) + len(facts.words) > LARGEST or rules not in WAITS:
        return decide(facts.record(), usage, firm, decided_at, rules)
    shape, own = _taken_apart(facts, usage, firm, decided_at, WAITS[rules])
    known = _known.get((rules, shape))
    if known:
        return _in_own_values(known, own, firm)
    decision = decide(facts.record(), usage, firm, decided_at, rules)
    if len(_known) >= MOST_SHAPES:
        forget_shapes()
    _known[rules, shape] = _located(decision, own)
    return decision


def known_shapes() -> int:
    """How many shapes this process has decided on."""
    return len(_known)


def forget_shapes() -> None:
    """Start again as a new process does."""
    _known.clear()


def _taken_apart(
    facts: Facts, usage: Usage, firm: UUID | None, at: datetime, wait: timedelta
) -> tuple[_Shape, _Own]:
    """The shape of the facts, and the values that it leaves out.

    Names are numbered as they occur. What the rules do not hear is no part of it: other usages,
    and what is said to other firms.
    """
    names: _Names = {}
    shape: list[object] = [len(facts.claims)]
    for claim in facts.claims:
        shape += _claim_shape(claim, names)
    addressed = (None, firm and firm.bytes)
    heard = [word for word in facts.words if word[11] is usage and word[7] in addressed]
    moments = [at]
    for word in heard:
        shape += _word_shape(word, names, moments, wait)
    entries = [claim[3] for claim in facts.claims] + [word[3] for word in heard]
    shape += _ranks(entries)
    shape += _ranks(moments)
    works = [claim[0] for claim in facts.claims]
    return tuple(shape), _Own(works, entries, moments, [word[9:11] for word in heard])


def _claim_shape(claim: Claim, names: _Names) -> _Shape:
    work, registrant, level, _, holders, has_standard_identifier = claim
    return (
        names.setdefault(work, len(names)),
        names.setdefault(registrant, len(names)),
        level,
        has_standard_identifier,
        _held(holders, names) if holders else (),
    )


def _held(holders: Sequence[HolderRow], names: _Names) -> _Shape:
    return tuple(
        (names.setdefault(rightsholder, len(names)), layer) for _, rightsholder, layer in holders
    )


def _word_shape(word: Word, names: _Names, moments: list[datetime], wait: timedelta) -> _Shape:
    """What is said and by whom; adds its moments to those of the item."""
    (
        declarant,
        scope,
        work,
        _,
        declared_at,
        starts_at,
        ends_at,
        organisation,
        ends_firm_grants,
        terms_url,
        contact,
        _,
        choice,
        level,
    ) = word
    moments.append(declared_at if level >= EvidenceLevel.VOUCHED else declared_at + wait)
    if starts_at is not None:
        moments.append(starts_at)
    if ends_at is not None:
        moments.append(ends_at)
    return (
        names.setdefault(declarant, len(names)),
        names.setdefault(work, len(names)),
        names.setdefault(terms_url, len(names)),
        names.setdefault(contact, len(names)),
        scope,
        choice,
        level,
        organisation is None,
        ends_firm_grants,
        starts_at is None,
        ends_at is None,
    )


def _ranks(values: list[Any]) -> list[int]:
    """The place of each value in their order, equal ones at the same place."""
    ordered = sorted(values)
    return [ordered.index(value) for value in values]


def _located(decision: Decision, own: _Own) -> _Known:
    conditions, way, match = decision.conditions, decision.license, decision.match
    work = match.work if match else None
    return _Known(
        decision,
        entries=[own.entries.index(entry) for entry in decision.entries],
        work=_place(own.works, work and work.bytes),
        starts_at=_place(own.moments, conditions and conditions.starts_at),
        ends_at=_place(own.moments, conditions and conditions.ends_at),
        terms=_place(own.terms, way and tuple(way)),
        changes_at=_place(own.moments, decision.changes_at),
    )


def _place(values: Sequence[Any], value: object) -> int | None:
    return None if value is None else values.index(value)


def _in_own_values(known: _Known, own: _Own, firm: UUID | None) -> Decision:
    """The decision on another item of the shape, made for this one."""
    decision, entries, work, starts_at, ends_at, terms, changes_at = known
    conditions, way, match = decision.conditions, decision.license, decision.match
    if conditions is not None:
        conditions = Conditions(
            None if starts_at is None else own.moments[starts_at],
            None if ends_at is None else own.moments[ends_at],
            None if conditions.organisation is None else firm,
        )
    if terms is not None:
        way = License(*own.terms[terms])
    if match is not None and work is not None:
        match = Matched(match.kind, UUID(bytes=own.works[work]), match.distance)
    return Decision(
        decision.verdict,
        decision.preference,
        decision.basis,
        decision.rule,
        tuple(sorted([own.entries[place] for place in entries])),
        conditions,
        way,
        match,
        None if changes_at is None else own.moments[changes_at],
        decision.is_stale,
    )
