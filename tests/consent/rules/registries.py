"""Small registries at random: a few people, two works, a site, and everything they may say.

One seed is one registry, so that Hypothesis generates ten thousand of them in seconds.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import NamedTuple, TypeVar
from uuid import UUID

from hypothesis import strategies as st

from registry.statements import (
    WHOLE,
    Hold,
    Holder,
    Mandate,
    Match,
    Place,
    PublicDomain,
    Record,
    Ruling,
    Standing,
    Statement,
)
from registry.vocabulary import Choice, EvidenceLevel, HoldKind, MatchKind, Scope, Usage

Value = TypeVar("Value")

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

MAYA, RUI, NOOR = DECLARANTS = tuple(UUID(int=n) for n in (1, 2, 3))
HOST, AGENT = UUID(int=4), UUID(int=9)
ACME, ZED = UUID(int=21), UUID(int=22)
SEA, HARBOUR = WORKS = tuple(UUID(int=n) for n in (31, 32))
LOCATIONS = {
    Scope.URL: ("https://maya.example/a", "https://maya.example/a/b"),
    Scope.HOST: ("art.maya.example",),
    Scope.DOMAIN: ("maya.example",),
}

LEVELS = [EvidenceLevel(level) for level in (4, 4, 4, 4, 3, 3, 3, 3, 2, 2, 1, 1, 0)]
CHOICES = [Choice.ALLOW] * 7 + [Choice.REFUSE, Choice.REFUSE, Choice.LICENSE, None, None]
SCOPES = [Scope.WORK] * 4 + [Scope.CATALOGUE] * 2 + list(Scope)
AGES = [500 * HOUR, 400 * DAY, 100 * HOUR, 190 * DAY, 73 * HOUR, 72 * HOUR, 71 * HOUR, HOUR]
STARTS = [NOW - 30 * HOUR, NOW, NOW + HOUR]
ENDS = [NOW - 20 * HOUR, NOW, NOW + 2 * HOUR, NOW + 60 * HOUR]
PLACES = [
    Place(NOW - DAY),
    Place(NOW - DAY),
    Place(NOW - DAY),
    Place(NOW - 199 * DAY),
    Place(NOW - 200 * DAY),
    Place(NOW - 10 * DAY, suspended_at=NOW - DAY),
    Place(NOW - 300 * DAY, ended_at=NOW - 180 * DAY),
    Place(NOW - 300 * DAY, ended_at=NOW - 179 * DAY),
    None,
]
ACTS = [frozenset(Choice), frozenset(Choice), frozenset({Choice.ALLOW})]


class Asked(NamedTuple):
    """One question: the record and who asks."""

    record: Record
    firm: UUID | None


class Spoken(NamedTuple):
    """A record that AIPREF can express, with what each source prefers; None where it is silent."""

    record: Record
    preferences: list[Choice | None]


class Dice:
    """Everything that is drawn for one registry."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def one_of(self, values: Sequence[Value]) -> Value:
        return values[int(self.random.random() * len(values))]

    def rarely(self, odds: float = 0.15) -> bool:
        return self.random.random() < odds

    def maybe(self, values: Sequence[Value], odds: float = 0.15) -> Value | None:
        return self.one_of(values) if self.rarely(odds) else None

    def statement(self, choices: Sequence[Choice | None] = CHOICES) -> Statement:
        scope = self.one_of(SCOPES)
        work = self.one_of(WORKS) if scope in (Scope.COPY, Scope.WORK) else None
        is_place = scope in LOCATIONS
        choice = self.one_of(choices)
        return Statement(
            declarant=self.one_of(DECLARANTS),
            scope=scope,
            target=self.one_of(LOCATIONS[scope]) if is_place else str(work or ""),
            usage=Usage.SEARCH if self.rarely(0.05) else Usage.MINING,
            choice=choice,
            entry=0,
            declared_at=NOW - self.one_of(AGES),
            level=EvidenceLevel.NONE,
            work=work,
            starts_at=self.maybe(STARTS),
            ends_at=self.maybe(ENDS),
            organisation=self.maybe([ACME, ACME, ZED], 0.25),
            ends_firm_grants=choice is Choice.REFUSE and self.rarely(0.5),
            terms_url="https://maya.example/terms" if choice is Choice.LICENSE else "",
            works_at_once=self.maybe([1_000, 1_001], 0.1) or 1,
            is_observed=is_place and self.rarely(0.3),
            follows=choice is None and self.rarely(0.5),
            place=self.one_of(PLACES) if is_place else None,
            mandate=self.mandate() if self.rarely(0.1) else None,
        )

    def host(self) -> Statement:
        """The yes of somebody who controls the site and registered nothing."""
        return replace(
            self.word(HOST, Scope.HOST, is_observed=self.rarely(0.3), choice=Choice.ALLOW),
            declared_at=NOW - 400 * HOUR,
            level=EvidenceLevel.PLACE,
        )

    def about(self, match: Match, statement: Statement) -> Statement:
        """The statement, said by somebody who may, about this work where it is about one."""
        if statement.scope in LOCATIONS and self.rarely(0.4):
            return statement
        people = [match.registrant, *(each.rightsholder for each in match.holders)]
        declarant = self.one_of([who for who in people if who is not None])
        if statement.mandate and self.rarely(0.8):
            mandate = replace(statement.mandate, principal=declarant)
            statement = replace(statement, mandate=mandate)
        if statement.work is None:
            return replace(statement, declarant=declarant)
        return replace(statement, declarant=declarant, work=match.work, target=str(match.work))

    def mandate(self) -> Mandate:
        return Mandate(
            agent=AGENT,
            principal=self.one_of(DECLARANTS),
            acts=self.one_of(ACTS),
            starts_at=NOW - 300 * DAY,
            ends_at=self.one_of([NOW + DAY, NOW, NOW - 60 * HOUR]),
            works=frozenset({SEA}) if self.rarely(0.3) else frozenset(),
        )

    def match(self, work: UUID, kinds: Sequence[MatchKind]) -> Match:
        kind = self.one_of(kinds)
        has_standard_identifier = self.rarely()
        return Match(
            work=work,
            registrant=self.one_of(DECLARANTS),
            level=EvidenceLevel.NONE,
            entry=self.random.randrange(90),
            kind=kind,
            distance=self.random.randrange(9) if kind is MatchKind.SIMILAR else None,
            holders=tuple(self.holder() for _ in range(self.one_of([1, 2, 3])))
            if self.rarely(0.3)
            else (),
            has_standard_identifier=has_standard_identifier,
            is_identifier_confirmed=has_standard_identifier and self.rarely(0.5),
            layers=("song",) if self.rarely() else (),
        )

    def holder(self) -> Holder:
        return Holder(
            name="",
            rightsholder=self.one_of([*DECLARANTS, *DECLARANTS, None]),
            layer=self.one_of([WHOLE, WHOLE, "song", "recording"]),
            share=self.maybe([Decimal(40), Decimal(60), Decimal(100)], 0.5),
        )

    def facts(self, record: Record) -> Record:
        """Holds, rulings, public domain and standings, each of them rare."""
        if self.rarely(0.06):
            holds = tuple(
                Hold(
                    work=self.one_of(WORKS),
                    entry=900 + n,
                    placed_at=self.one_of([NOW - DAY, NOW - 14 * DAY]),
                    kind=self.one_of(list(HoldKind)),
                )
                for n in range(2)
            )
            record = replace(record, holds=holds)
        if self.rarely(0.08):
            first = Ruling(800, self.some_works(), ())
            appeal = Ruling(801, (), self.some_works())
            rulings = [first, appeal] if self.rarely(0.5) else [replace(appeal, entry=799), first]
            record = replace(record, rulings=tuple(rulings))
        if self.rarely(0.12):
            record = replace(record, public_domain=(PublicDomain(self.one_of(WORKS), 700),))
        if self.rarely(0.2):
            heard = [statement.declarant for statement in record.statements]
            record = replace(record, standings=(self.standing(self.one_of(heard)),))
        return record

    def some_works(self) -> tuple[UUID, ...]:
        return tuple(work for work in WORKS if self.rarely(0.5))

    def standing(self, declarant: UUID) -> Standing:
        return Standing(
            declarant=declarant,
            barred_until=self.maybe([NOW, NOW + DAY, NOW + DAY], 0.6),
            is_closed=self.rarely(0.3),
            credentials_changed_at=self.maybe([NOW - 90 * HOUR], 0.5),
            taken_over_at=self.maybe([NOW - 60 * HOUR], 0.5),
            recovered_at=self.maybe([NOW - 50 * HOUR], 0.5),
        )

    def registry(self, kinds: Sequence[MatchKind], most: int) -> Asked:
        works = self.random.sample(WORKS, self.one_of([1, 1, 1, 2, 2, 2, 2, 0]))
        claims = tuple(self.match(work, kinds) for work in works)
        spoken = [
            self.about(self.one_of(claims), self.statement())
            if claims and self.rarely(0.8)
            else self.statement()
            for _ in range(self.random.randint(1, most))
        ]
        if self.rarely(0.08):
            spoken.append(self.host())
        record = self.facts(Record(matches=claims, statements=logged(spoken)))
        for declarant in DECLARANTS:
            record = with_level(record, declarant, self.one_of(LEVELS))
        return Asked(record, self.one_of([ACME, ACME, None]))

    def spoken(self) -> Spoken:
        """Registrants and sites who say yes, no or nothing, each by the newest of their words.

        A claim is unknown to AIPREF: where there are works, all their registrants speak.
        """
        everybody = list(DECLARANTS)
        self.random.shuffle(everybody)
        registrants = everybody[: self.one_of([0, 0, 1, 1, 2])]
        sources = [(who, Scope.WORK, False) for who in registrants]
        for who in everybody:
            if who not in registrants and self.rarely(0.5):
                sources.append((who, self.one_of(list(LOCATIONS)), False))
            if self.rarely(0.4):
                sources.append((who, self.one_of(list(LOCATIONS)), True))
        preferences = [
            self.one_of([Choice.ALLOW, Choice.ALLOW, Choice.REFUSE])
            if scope is Scope.WORK
            else self.one_of([Choice.ALLOW, Choice.ALLOW, Choice.REFUSE, None, None])
            for _, scope, _ in sources
        ]
        level = {
            who: self.one_of([EvidenceLevel.IDENTITY, EvidenceLevel.VOUCHED]) for who in everybody
        }
        works = {who: UUID(int=40 + who.int) for who in registrants}
        matches = [Match(works[who], who, level[who], entry=who.int) for who in registrants]
        said = [
            replace(
                self.word(who, scope, is_observed=is_observed, choice=choice),
                level=level[who],
                work=works[who] if scope is Scope.WORK else None,
            )
            for (who, scope, is_observed), preference in zip(sources, preferences, strict=True)
            if preference is not None
            for choice in [*self.second_thoughts(), preference]
        ]
        aged = [
            replace(each, entry=100 + place, declared_at=NOW - 90 * DAY + place * HOUR)
            for place, each in enumerate(said)
        ]
        return Spoken(Record(matches=tuple(matches), statements=tuple(aged)), preferences)

    def second_thoughts(self) -> list[Choice]:
        """What a source said before it said something else."""
        return [
            self.one_of([Choice.ALLOW, Choice.REFUSE]) for _ in range(self.one_of([0, 0, 1, 2]))
        ]

    def word(self, who: UUID, scope: Scope, *, is_observed: bool, choice: Choice) -> Statement:
        """A word on a work or at a location, the newest at the end."""
        return Statement(
            declarant=who,
            scope=scope,
            target=LOCATIONS[scope][0] if scope in LOCATIONS else str(who),
            usage=Usage.MINING,
            choice=choice,
            entry=0,
            declared_at=NOW,
            level=EvidenceLevel.NONE,
            is_observed=is_observed,
            place=Place(NOW - DAY) if scope in LOCATIONS else None,
        )


SEEDS = st.integers(0, 2**64 - 1)


def registries(
    kinds: Sequence[MatchKind] = (MatchKind.EXACT, MatchKind.EXACT, MatchKind.SIMILAR),
    most: int = 6,
) -> st.SearchStrategy[Asked]:
    """Records as they may be below some tree size, each with a firm that asks."""
    return SEEDS.map(lambda seed: Dice(seed).registry(kinds, most))


def aipref() -> st.SearchStrategy[Spoken]:
    """Records restricted to what AIPREF can express."""
    return SEEDS.map(lambda seed: Dice(seed).spoken())


def logged(spoken: Sequence[Statement]) -> tuple[Statement, ...]:
    """The statements with log indexes in the order of their times, room left in between."""
    ordered = sorted(spoken, key=lambda statement: statement.declared_at)
    return tuple(
        replace(statement, entry=100 + 10 * place) for place, statement in enumerate(ordered)
    )


def with_level(record: Record, declarant: UUID, level: EvidenceLevel) -> Record:
    """The same record where one declarant has shown more, or less, of who they are."""
    return replace(
        record,
        matches=tuple(
            replace(match, level=level) if match.registrant == declarant else match
            for match in record.matches
        ),
        statements=tuple(
            replace(statement, level=level) if statement.declarant == declarant else statement
            for statement in record.statements
        ),
    )


def level_of(record: Record, declarant: UUID) -> EvidenceLevel | None:
    """The declarant's evidence level, None where the record does not know them."""
    found = [each.level for each in record.statements if each.declarant == declarant]
    found += [each.level for each in record.matches if each.registrant == declarant]
    return found[0] if found else None


def with_statement(record: Record, statement: Statement, entry: int) -> Record:
    """The same record where one more statement was logged."""
    level = level_of(record, statement.declarant)
    added = replace(statement, entry=entry, level=EvidenceLevel.EMAIL if level is None else level)
    return replace(record, statements=(*record.statements, added))
