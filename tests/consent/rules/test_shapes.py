"""What is decided once for a shape is what each item of it would be answered by itself."""

from collections import Counter
from dataclasses import fields, replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given

from consent.rules import Decision, decide, decide_alike, shapes
from registry.statements import Claim, Facts, HolderRow, Match, Record, Statement, Word
from registry.vocabulary import Basis, Choice, EvidenceLevel, MatchKind, Scope, Usage
from tests.consent.rules.registries import (
    ACME,
    DAY,
    HOUR,
    MAYA,
    NOW,
    RUI,
    SEA,
    SEEDS,
    WORKS,
    ZED,
    Asked,
    Dice,
    registries,
)
from tests.consent.rules.test_properties import cases

SITE = "https://maya.example/terms"
#: What can be said on works and catalogues alone, and what an answer to it carries.
REACHED = {
    Basis.GRANTED,
    Basis.REFUSED,
    Basis.HOLD,
    Basis.LICENSE_REQUIRED,
    Basis.WAITING_GRANT,
    Basis.UNPROVEN_GRANT,
    Basis.UNSTATED,
}
CARRIED = ("entries", "conditions", "license", "match", "changes_at")


def facts_of(record: Record) -> Facts:
    """The facts of a record as the tables hold them: each claim with an entry of its own."""
    words = [word_of(each) for each in record.statements if each.place is None]
    return Facts([claim_of(match, n) for n, match in enumerate(record.matches)], words)


def claim_of(match: Match, n: int) -> Claim:
    holders = tuple(
        HolderRow(each.name, each.rightsholder and each.rightsholder.bytes, each.layer)
        for each in match.holders
    )
    return Claim(
        match.work.bytes,
        match.registrant.bytes,
        match.level,
        match.entry * len(WORKS) + n,
        holders,
        match.has_standard_identifier,
    )


def word_of(statement: Statement) -> Word:
    return Word(
        declarant=statement.declarant.bytes,
        scope=statement.scope,
        work=statement.work and statement.work.bytes,
        entry=statement.entry,
        declared_at=statement.declared_at,
        starts_at=statement.starts_at,
        ends_at=statement.ends_at,
        organisation=statement.organisation and statement.organisation.bytes,
        ends_firm_grants=statement.ends_firm_grants,
        terms_url=statement.terms_url,
        contact=statement.contact,
        usage=statement.usage,
        choice=statement.choice,
        level=statement.level,
    )


class Guise:
    """Other names, numbers and times for the same facts, which keep what is equal and the order."""

    def __init__(self, dice: Dice) -> None:
        self.dice = dice
        self.mask = dice.random.getrandbits(128)
        self.later = timedelta(microseconds=dice.random.randrange(10**9))
        self.words = dice.random.choice(["a", "b"])

    def id(self, octets: bytes | None) -> bytes | None:
        return octets and (int.from_bytes(octets) ^ self.mask).to_bytes(16)

    def entry(self, entry: int) -> int:
        return entry * 7 + self.mask % 100_000

    def time(self, moment: datetime | None) -> datetime | None:
        return moment and moment + self.later

    def text(self, text: str) -> str:
        return text and text + self.words

    def facts(self, facts: Facts) -> Facts:
        claims = [
            claim._replace(
                work=self.id(claim.work),
                registrant=self.id(claim.registrant),
                entry=self.entry(claim.entry),
                holders=tuple(
                    each._replace(name="x", rightsholder=self.id(each.rightsholder))
                    for each in claim.holders
                ),
            )
            for claim in facts.claims
        ]
        return Facts(claims, [self.word(word) for word in facts.words])

    def word(self, word: Word) -> Word:
        return word._replace(
            declarant=self.id(word.declarant),
            work=self.id(word.work),
            entry=self.entry(word.entry),
            declared_at=self.time(word.declared_at),
            starts_at=self.time(word.starts_at),
            ends_at=self.time(word.ends_at),
            organisation=self.id(word.organisation),
            terms_url=self.text(word.terms_url),
            contact=self.text(word.contact),
        )

    def firm(self, firm: UUID | None) -> UUID | None:
        octets = self.id(firm and firm.bytes)
        return UUID(bytes=octets) if octets else None


def varied(facts: Facts, dice: Dice) -> Facts:
    """The same facts with other terms, so that some of them are equal and others are not."""
    terms = ["", SITE, f"{SITE}/2"]
    return facts._replace(
        words=[
            word._replace(terms_url=dice.one_of(terms), contact=dice.one_of(["", "maya@x"]))
            for word in facts.words
        ]
    )


@pytest.fixture(autouse=True)
def nothing_known() -> None:
    shapes.forget_shapes()


def agree(number: int) -> None:
    """Ask about registries at random, each also in a guise, with what was known of all before."""
    answered: Counter[Basis] = Counter()
    carried: Counter[str] = Counter()
    found: Counter[str] = Counter()

    def ask(facts: Facts, firm: UUID | None, at: datetime) -> tuple[Decision, bool]:
        shapes_before = shapes.known_shapes()
        answer = decide_alike(facts, Usage.MINING, firm, at)
        assert answer == decide(facts.record(), Usage.MINING, firm, at)
        return answer, shapes.known_shapes() == shapes_before

    @cases(number)
    @given(registries(kinds=(MatchKind.EXACT,)), SEEDS)
    def hold(asked: Asked, seed: int) -> None:
        dice = Dice(seed)
        facts = varied(facts_of(asked.record), dice)
        guise = Guise(dice)
        answer, is_known = ask(facts, asked.firm, NOW)
        _, is_guise_known = ask(guise.facts(facts), guise.firm(asked.firm), NOW + guise.later)
        assert is_guise_known
        found.update(by_chance=is_known)
        answered[answer.basis] += 1
        carried.update(each.name for each in fields(Decision) if getattr(answer, each.name))

    hold()
    assert found["by_chance"] >= number / 10, found
    assert min(answered[basis] for basis in REACHED) >= 10, answered
    assert min(carried[name] for name in CARRIED) >= 10, carried


def test_an_item_is_answered_as_by_itself_whatever_was_decided_before() -> None:
    agree(2_000)


@pytest.mark.slow
def test_an_item_is_answered_as_by_itself_in_twenty_thousand_registries() -> None:
    agree(20_000)


def grant(**changed: object) -> Facts:
    """Maya's work and her yes to it, long effective."""
    claim = Claim(SEA.bytes, MAYA.bytes, EvidenceLevel.IDENTITY, 10, (), False)
    word = Word(
        declarant=MAYA.bytes,
        scope=Scope.WORK,
        work=SEA.bytes,
        entry=11,
        declared_at=NOW - 10 * DAY,
        starts_at=None,
        ends_at=None,
        organisation=None,
        ends_firm_grants=False,
        terms_url="",
        contact="",
        usage=Usage.MINING,
        choice=Choice.ALLOW,
        level=EvidenceLevel.IDENTITY,
    )
    return Facts([claim], [word._replace(**changed)])


DIFFERENCES = [
    {"declarant": RUI.bytes},
    {"scope": Scope.CATALOGUE, "work": None},
    {"work": RUI.bytes},
    {"declared_at": NOW - 71 * HOUR},
    {"starts_at": NOW + HOUR},
    {"ends_at": NOW},
    {"ends_at": NOW + HOUR},
    {"organisation": ACME.bytes},
    {"organisation": ZED.bytes},
    {"usage": Usage.SEARCH},
    {"choice": Choice.REFUSE},
    {"choice": Choice.LICENSE, "terms_url": SITE},
    {"choice": None},
    {"level": EvidenceLevel.PLACE},
    {"level": EvidenceLevel.NONE},
]


@pytest.mark.parametrize("changed", DIFFERENCES, ids=str)
def test_what_makes_another_answer_makes_another_shape(changed: dict[str, object]) -> None:
    allowed = decide_alike(grant(), Usage.MINING, ACME, NOW)
    assert allowed.basis is Basis.GRANTED
    answer = decide_alike(grant(**changed), Usage.MINING, ACME, NOW)
    assert answer == decide(grant(**changed).record(), Usage.MINING, ACME, NOW)
    assert replace(answer, changes_at=None) != allowed


@pytest.mark.parametrize("is_older_first", [True, False])
def test_a_grant_that_need_not_wait_is_not_there_before_it_was_said(is_older_first: bool) -> None:
    older = grant(level=EvidenceLevel.VOUCHED)
    newer = grant(level=EvidenceLevel.VOUCHED, declared_at=NOW + timedelta(seconds=1))
    for facts in (older, newer) if is_older_first else (newer, older):
        answer = decide_alike(facts, Usage.MINING, ACME, NOW)
        assert answer == decide(facts.record(), Usage.MINING, ACME, NOW)
    assert decide_alike(newer, Usage.MINING, ACME, NOW).basis is Basis.WAITING_GRANT


def test_items_that_differ_in_names_numbers_and_times_alone_are_decided_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[Record] = []

    def counted(record: Record, *question: object) -> Decision:
        asked.append(record)
        return decide(record, *question)  # type: ignore[arg-type]

    monkeypatch.setattr(shapes, "decide", counted)
    for n in range(5):
        answer = decide_alike(
            grant(entry=20 + n, declared_at=NOW - (20 + n) * DAY), Usage.MINING, None, NOW
        )
        assert answer.entries == (20 + n,)
    assert len(asked) == 1


def test_no_more_shapes_are_kept_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shapes, "MOST_SHAPES", 3)
    for changed in DIFFERENCES:
        facts = grant(**changed)
        answer = decide_alike(facts, Usage.MINING, ACME, NOW)
        assert answer == decide(facts.record(), Usage.MINING, ACME, NOW)
        assert shapes.known_shapes() <= 3


def test_who_says_too_much_is_decided_alone() -> None:
    [word] = grant().words
    many = grant()._replace(words=[word._replace(entry=n) for n in range(shapes.LARGEST)])
    answer = decide_alike(many, Usage.MINING, ACME, NOW)
    assert answer == decide(many.record(), Usage.MINING, ACME, NOW)
    assert not shapes.known_shapes()
