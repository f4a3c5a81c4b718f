"""What no registry may ever do, tried on registries at random, twice computed."""

import random
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from consent.rules import Decision, decide
from registry.statements import Match, Place, Record, Statement
from registry.vocabulary import (
    Basis,
    Choice,
    EvidenceLevel,
    MatchKind,
    Preference,
    Scope,
    Usage,
    Verdict,
)
from tests.consent.rules.naive import naive
from tests.consent.rules.registries import (
    DAY,
    DECLARANTS,
    LOCATIONS,
    NOW,
    WORKS,
    Asked,
    level_of,
    registries,
    statements,
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


@cases(1_500)
@given(registries(), statements(choices=(Choice.REFUSE,)), st.integers(0, 6))
def test_p1_adding_a_refusal_never_turns_deny_into_allow(
    asked: Asked, refusal: Statement, place: int
) -> None:
    after = with_statement(asked.record, refusal, entry=95 + 10 * place)
    assert is_allowed(asked.record, asked.firm) or not is_allowed(after, asked.firm)


@cases(1_500)
@given(registries(), statements(choices=(None,)), st.integers(0, 4))
def test_p2_a_withdrawal_never_turns_deny_into_allow(
    asked: Asked, withdrawal: Statement, place: int
) -> None:
    said = asked.record.statements
    if place < len(said):
        withdrawal = replace(said[place], choice=None, starts_at=None, ends_at=None)
    withdrawal = replace(withdrawal, follows=False)
    after = with_statement(asked.record, withdrawal, entry=500)
    assert is_allowed(asked.record, asked.firm) or not is_allowed(after, asked.firm)


@cases(1_250)
@given(registries(), st.integers(0, 2**32))
def test_p3_arrival_order_across_declarants_is_irrelevant(asked: Asked, seed: int) -> None:
    turns = [s.declarant for s in asked.record.statements]
    random.Random(seed).shuffle(turns)
    waiting = {who: [s for s in asked.record.statements if s.declarant == who] for who in turns}
    arrived = [
        replace(waiting[who].pop(0), entry=100 + 10 * place) for place, who in enumerate(turns)
    ]
    before = answer(asked.record, asked.firm)
    after = answer(replace(asked.record, statements=tuple(arrived)), asked.firm)
    assert replace(after, entries=()) == replace(before, entries=())


@cases(1_250)
@given(registries(), st.integers(0, 4))
def test_p4_repeating_a_statement_changes_nothing(asked: Asked, place: int) -> None:
    record = replace(asked.record, standings=())
    newest = [s for s in record.statements if is_last_word(s, record) and s.mandate is None]
    assume(newest)
    repeated = newest[place % len(newest)]
    after = with_statement(record, replace(repeated, declared_at=NOW), entry=500)
    before, again = answer(record, asked.firm), answer(after, asked.firm)
    assert replace(again, entries=(), changes_at=None) == replace(
        before, entries=(), changes_at=None
    )


def is_last_word(statement: Statement, record: Record) -> bool:
    beside = [s for s in record.statements if same_place(s, statement)]
    return statement.entry == max(s.entry for s in beside)


def same_place(one: Statement, other: Statement) -> bool:
    return (one.declarant, one.scope, one.target) == (other.declarant, other.scope, other.target)


@cases(1_000)
@given(registries(), st.sampled_from(DECLARANTS), st.sampled_from(EvidenceLevel))
def test_p5_raising_a_refusers_level_never_helps_a_grant(
    asked: Asked, refuser: UUID, level: EvidenceLevel
) -> None:
    record = with_refusals_only(asked.record, refuser)
    before = level_of(record, refuser)
    if before is not None and level > before and level is not EvidenceLevel.DECIDED:
        after = with_level(record, refuser, level)
        assert is_allowed(record, asked.firm) or not is_allowed(after, asked.firm)


def with_refusals_only(record: Record, refuser: UUID) -> Record:
    said = tuple(
        replace(s, choice=Choice.REFUSE, follows=False) if s.declarant == refuser else s
        for s in record.statements
    )
    return replace(record, statements=said)


@cases(1_000)
@given(registries(), st.sampled_from(DECLARANTS), st.sampled_from(EvidenceLevel))
def test_p6_lowering_a_granters_level_never_helps_the_grant(
    asked: Asked, granter: UUID, level: EvidenceLevel
) -> None:
    before = level_of(asked.record, granter)
    if before is None or level >= before:
        return
    after = answer(with_level(asked.record, granter, level), asked.firm)
    own = {s.entry for s in asked.record.statements if s.declarant == granter}
    if after.basis is Basis.GRANTED and own.intersection(after.entries):
        assert is_allowed(asked.record, asked.firm)


@cases(750)
@given(registries(kinds=(MatchKind.SIMILAR,)))
def test_p7_likeness_alone_never_yields_allow(asked: Asked) -> None:
    said = tuple(s for s in asked.record.statements if s.scope not in LOCATIONS)
    assert not is_allowed(replace(asked.record, statements=said), asked.firm)


@cases(750)
@given(registries(), st.integers(0, 2**32))
def test_p8_the_same_facts_in_any_order_answer_the_same(asked: Asked, seed: int) -> None:
    said, matched = list(asked.record.statements), list(asked.record.matches)
    random.Random(seed).shuffle(said)
    random.Random(seed).shuffle(matched)
    shuffled = replace(asked.record, statements=tuple(said), matches=tuple(matched))
    if len({match.entry for match in matched}) == len(matched):
        assert answer(shuffled, asked.firm) == answer(asked.record, asked.firm)


AIPREF = st.lists(st.sampled_from([Choice.ALLOW, Choice.REFUSE, None]), min_size=1, max_size=3)


@cases(500)
@given(AIPREF, st.booleans())
def test_p9_the_preference_is_the_combination_of_aipref(
    preferences: list[Choice | None], is_about_works: bool
) -> None:
    """AIPREF: any disallow disallows, otherwise any allow allows; claims are unknown to it."""
    if is_about_works:
        assume(None not in preferences or set(preferences) == {None})
    record = Record()
    for n, preference in enumerate(preferences):
        record = spoken_by(record, n, preference, is_about_works=is_about_works)
    if Choice.REFUSE in preferences:
        combined = Preference.DISALLOWED
    else:
        combined = Preference.ALLOWED if Choice.ALLOW in preferences else Preference.UNKNOWN
    assert answer(record, None).preference is combined


def spoken_by(record: Record, n: int, preference: Choice | None, *, is_about_works: bool) -> Record:
    work = WORKS[0] if n == 0 else UUID(int=40 + n)
    matches = record.matches
    if is_about_works:
        matches = (*matches, Match(work, DECLARANTS[n], EvidenceLevel.VOUCHED, entry=n))
    statements = record.statements
    if preference is not None:
        statement = Statement(
            declarant=DECLARANTS[n],
            scope=Scope.WORK if is_about_works else Scope.HOST,
            target=str(work) if is_about_works else LOCATIONS[Scope.HOST][0],
            usage=Usage.MINING,
            choice=preference,
            entry=10 + n,
            declared_at=NOW - DAY,
            level=EvidenceLevel.VOUCHED,
            work=work if is_about_works else None,
            place=None if is_about_works else Place(NOW - DAY),
        )
        statements = (*statements, statement)
    return replace(record, matches=matches, statements=statements)


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
@cases(100_000)
@given(registries())
def test_two_readings_of_the_rules_agree(asked: Asked) -> None:
    answer(asked.record, asked.firm)
