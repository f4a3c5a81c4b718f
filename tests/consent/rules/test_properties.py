"""What no registry may ever do, tried on registries at random, twice computed."""

import random
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consent.rules import Decision, decide
from registry.statements import Record, Statement
from registry.vocabulary import (
    Basis,
    Choice,
    EvidenceLevel,
    MatchKind,
    Preference,
    Usage,
    Verdict,
)
from tests.consent.rules.naive import naive
from tests.consent.rules.registries import (
    DAY,
    DECLARANTS,
    LOCATIONS,
    NOW,
    SEEDS,
    Asked,
    Dice,
    Spoken,
    aipref,
    level_of,
    registries,
    with_level,
    with_statement,
)

MICROSECOND = timedelta(microseconds=1)


def cases(number: int) -> settings:
    return settings(
        max_examples=number,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )


def answer(record: Record, firm: UUID | None, at: datetime = NOW) -> Decision:
    """The decision, on which both readings of the rules must agree."""
    decision = decide(record, Usage.MINING, firm, at)
    assert decision == naive(record, Usage.MINING, firm, at)
    return decision


def is_allowed(record: Record, firm: UUID | None) -> bool:
    return answer(record, firm).verdict is Verdict.ALLOW


class Case(NamedTuple):
    """A registry, what it answers, and dice for what happens to it next."""

    record: Record
    firm: UUID | None
    before: Decision
    dice: Dice

    @property
    def is_allowed(self) -> bool:
        return self.before.verdict is Verdict.ALLOW

    def is_allowed_with(self, record: Record) -> bool:
        return is_allowed(record, self.firm)


# Each property fails where it does not hold, and says whether this case could have shown it.


def p1_adding_a_refusal_never_turns_deny_into_allow(case: Case) -> bool:
    refusal = case.dice.statement(choices=(Choice.REFUSE,))
    after = with_statement(case.record, refusal, entry=95 + 10 * case.dice.random.randrange(7))
    assert not case.is_allowed_with(after) or case.is_allowed
    return not case.is_allowed


def p2_a_withdrawal_never_turns_deny_into_allow(case: Case) -> bool:
    said = case.record.statements
    withdrawal = case.dice.statement(choices=(None,))
    if said and not case.dice.rarely(0.3):
        withdrawal = replace(case.dice.one_of(said), choice=None, starts_at=None, ends_at=None)
    after = with_statement(case.record, replace(withdrawal, follows=False), entry=500)
    assert not case.is_allowed_with(after) or case.is_allowed
    return not case.is_allowed


def p3_arrival_order_across_declarants_is_irrelevant(case: Case) -> bool:
    turns = [s.declarant for s in case.record.statements]
    case.dice.random.shuffle(turns)
    waiting = {who: [s for s in case.record.statements if s.declarant == who] for who in turns}
    arrived = [
        replace(waiting[who].pop(0), entry=100 + 10 * place) for place, who in enumerate(turns)
    ]
    after = answer(replace(case.record, statements=tuple(arrived)), case.firm)
    assert replace(after, entries=()) == replace(case.before, entries=())
    return len(waiting) > 1


def p4_repeating_a_statement_changes_nothing(case: Case) -> bool:
    record = case.record
    last = [s for s in record.statements if is_last_word(s, record) and s.mandate is None]
    if record.standings or not last:
        return False
    repeated = replace(case.dice.one_of(last), declared_at=NOW)
    after = answer(with_statement(record, repeated, entry=500), case.firm)
    assert replace(after, entries=(), changes_at=None) == replace(
        case.before, entries=(), changes_at=None
    )
    return True


def is_last_word(statement: Statement, record: Record) -> bool:
    beside = [s for s in record.statements if same_place(s, statement)]
    return statement.entry == max(s.entry for s in beside)


def same_place(one: Statement, other: Statement) -> bool:
    return (one.declarant, one.scope, one.target) == (other.declarant, other.scope, other.target)


def p5_raising_a_refusers_level_never_helps_a_grant(case: Case) -> bool:
    refuser = case.dice.one_of(DECLARANTS)
    record = with_refusals_only(case.record, refuser)
    level = level_of(record, refuser)
    higher = [each for each in EvidenceLevel if level is not None and level < each < 5]
    if not higher or is_allowed(record, case.firm):
        return False
    assert not case.is_allowed_with(with_level(record, refuser, case.dice.one_of(higher)))
    return True


def with_refusals_only(record: Record, refuser: UUID) -> Record:
    said = tuple(
        replace(s, choice=Choice.REFUSE, follows=False) if s.declarant == refuser else s
        for s in record.statements
    )
    return replace(record, statements=said)


def p6_lowering_a_granters_level_never_helps_the_grant(case: Case) -> bool:
    own = {s.entry: s.declarant for s in case.record.statements if s.choice is Choice.ALLOW}
    granter = case.dice.one_of([*own.values(), *DECLARANTS])
    level = level_of(case.record, granter)
    lower = [each for each in EvidenceLevel if level is not None and each < level]
    if not lower:
        return False
    after = answer(with_level(case.record, granter, case.dice.one_of(lower)), case.firm)
    if after.basis is not Basis.GRANTED or granter not in map(own.get, after.entries):
        return not case.is_allowed
    assert case.is_allowed
    return True


def p7_likeness_alone_never_yields_allow(case: Case) -> bool:
    alike = tuple(replace(m, kind=MatchKind.SIMILAR, distance=3) for m in case.record.matches)
    said = tuple(s for s in case.record.statements if s.scope not in LOCATIONS)
    assert not case.is_allowed_with(replace(case.record, matches=alike, statements=said))
    return bool(alike) and any(s.choice is Choice.ALLOW for s in said)


PROPERTIES = (
    p1_adding_a_refusal_never_turns_deny_into_allow,
    p2_a_withdrawal_never_turns_deny_into_allow,
    p3_arrival_order_across_declarants_is_irrelevant,
    p4_repeating_a_statement_changes_nothing,
    p5_raising_a_refusers_level_never_helps_a_grant,
    p6_lowering_a_granters_level_never_helps_the_grant,
    p7_likeness_alone_never_yields_allow,
)

#: The rows and steps of the table by which `decide` answers.
ROWS = "R01 R02 R03 R04 R06 R07 R08 R09 R10 R13 R14 R16 R17 R19 R24 R26 R30 R33 R36 R37 R39 R40 R44"


def test_p1_to_p7_hold_and_both_readings_agree_on_ten_thousand_registries() -> None:
    answered: Counter[str] = Counter()
    tried: Counter[str] = Counter()

    @cases(10_000)
    @given(registries(), SEEDS)
    def hold(asked: Asked, seed: int) -> None:
        before = answer(asked.record, asked.firm)
        answered.update((before.basis, before.rule))
        for number, holds in enumerate(PROPERTIES):
            case = Case(asked.record, asked.firm, before, Dice(seed + number))
            tried[holds.__name__] += holds(case)

    hold()
    assert sum(answered[basis] for basis in Basis) >= 10_000
    seldom = {what: answered[what] for what in [*Basis, *ROWS.split(), "S8", "S9"]}
    assert min(seldom.values()) >= 10, seldom
    assert min(tried[holds.__name__] for holds in PROPERTIES) >= 2_000, tried


@cases(750)
@given(registries(), st.integers(0, 2**32))
def test_the_same_facts_in_any_order_answer_the_same(asked: Asked, seed: int) -> None:
    said, matched = list(asked.record.statements), list(asked.record.matches)
    random.Random(seed).shuffle(said)
    random.Random(seed).shuffle(matched)
    shuffled = replace(asked.record, statements=tuple(said), matches=tuple(matched))
    if len({match.entry for match in matched}) == len(matched):
        assert answer(shuffled, asked.firm) == answer(asked.record, asked.firm)


def test_p9_the_preference_is_the_combination_of_aipref_on_ten_thousand_cases() -> None:
    """AIPREF: any disallow disallows, otherwise any allow allows; claims are unknown to it."""
    combinations: Counter[Preference] = Counter()

    @cases(10_000)
    @given(aipref())
    def combine(spoken: Spoken) -> None:
        if Choice.REFUSE in spoken.preferences:
            combined = Preference.DISALLOWED
        elif Choice.ALLOW in spoken.preferences:
            combined = Preference.ALLOWED
        else:
            combined = Preference.UNKNOWN
        assert answer(spoken.record, None).preference is combined
        combinations[combined] += 1

    combine()
    assert combinations.total() >= 10_000
    assert min(combinations[each] for each in Preference) >= 500, combinations


@cases(500)
@given(registries(), st.floats(0, 1, exclude_max=True))
def test_nothing_changes_before_changes_at(asked: Asked, part: float) -> None:
    now = answer(asked.record, asked.firm)
    if now.changes_at is None:
        later = NOW + 5_000 * DAY
    else:
        later = min(NOW + part * (now.changes_at - NOW), now.changes_at - MICROSECOND)
    assert answer(asked.record, asked.firm, later) == now


@pytest.mark.slow
@cases(30_000)
@given(registries())
def test_two_readings_of_the_rules_agree(asked: Asked) -> None:
    answer(asked.record, asked.firm)
