"""P8 in the database: what was answered once is answered again, whatever was said since."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from random import Random
from typing import NamedTuple
from uuid import UUID

import pytest
from django.db import transaction

from consent.rules import VERSIONS, Decision
from consent.selectors import lookups
from consent.selectors.lookups import Moment
from registry.errors import DomainError
from registry.identifiers import parse
from registry.log.services import integrate
from registry.models import Location, Organisation, Rightsholder, Work
from registry.selectors import statements
from registry.selectors.log import DECLARATIONS
from registry.services import declarations, locations, people, works
from registry.services.declarations import Terms
from registry.statements import Record
from registry.vocabulary import (
    Basis,
    Choice,
    EvidenceLevel,
    IdentifierKind,
    Medium,
    Scope,
    Usage,
)
from tests.conftest import utc
from tests.consent.rules.naive import naive

REGISTRIES, SLICE = 200, 50
STEPS = 4
CHOICES = [Choice.ALLOW, Choice.ALLOW, Choice.ALLOW, Choice.LICENSE, Choice.REFUSE]
LEVELS = [EvidenceLevel(level) for level in (4, 4, 3, 3, 2, 1, 1, 0)]
DAY = timedelta(days=1)
SITE = "https://art.maya.example"
URLS = [f"{SITE}/{path}" for path in ("a", "a/b", "c")]
PLACES = [(Scope.URL, URLS[0]), (Scope.HOST, "art.maya.example"), (Scope.DOMAIN, "maya.example")]
BOOKS = ["978-2-07-036822-8", "978-0-14-044913-6"]
HASHES = [sha256(bytes([n])).hexdigest() for n in range(20)]
ITEMS = [
    *(parse(IdentifierKind.SHA256, value) for value in HASHES),
    *(parse(IdentifierKind.URL, value) for value in URLS),
    *(parse(IdentifierKind.ISBN, value) for value in BOOKS),
]
REGISTERED = [*ITEMS[:10], *ITEMS[20:]]  # of the other hashes nobody ever says anything

#: What can be reached before there are disputes, likeness and the public domain.
REACHED = set(Basis) - {Basis.SIMILAR_REFUSED, Basis.PUBLIC_DOMAIN}


class Asked(NamedTuple):
    """Questions about all items as of one moment, and how to find that moment again."""

    usage: Usage
    organisation: UUID | None
    moment: Moment
    again: Callable[[], Moment]
    answers: list[Decision]


class Registry:
    """A registry that grows by what people do at random, through the services."""

    items = REGISTERED

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.at = utc(2026, 1, 5, 9)
        self.organisations = [self.organisation(name) for name in ("Acme", "Zed")]
        self.people = [self.person(f"p{n}") for n in range(3)]
        self.works: list[Work] = []
        self.places: list[Location] = []

    def organisation(self, name: str) -> Organisation:
        return people.add_organisation(name=name, domains=[])

    def person(self, name: str) -> Rightsholder:
        user = people.create_account(email=f"{name}@example.org")
        made = people.add_rightsholder(user=user, name=name)
        self.set_level(made)
        return made

    def set_level(self, who: Rightsholder) -> None:
        level = self.random.choice(LEVELS)
        people.set_evidence_level(rightsholder=who, level=level, reason="test", at=self.at)

    def grow(self) -> None:
        """Let a few things happen, hours or days apart; what is refused does not happen."""
        acts = [self.declare, self.declare, self.declare, self.find_place]
        acts += [self.withdraw, self.remove, self.evidence, self.lose_place]
        for act in [self.register, *self.random.sample(acts, 3)]:
            self.pass_time()
            with suppress(DomainError):
                act()

    def pass_time(self) -> None:
        self.at += timedelta(hours=self.random.choice([1, 20, 80]))

    def register(self) -> None:
        who = self.random.choice(self.people)
        drafts = [
            works.Draft(
                title=item.value,
                medium=Medium.TEXT,
                identifiers=(item,),
                holders=("Somebody",) if self.random.random() < 0.1 else (),
                choices=self.choices() if self.random.random() < 0.8 else {},
                terms=self.terms(),
            )
            for item in self.random.sample(self.items, 7)
        ]
        outcomes = works.register_works(rightsholder=who, drafts=drafts, at=self.at)
        self.works += [outcome.work for outcome in outcomes if outcome.work]

    def choices(self) -> dict[Usage, Choice]:
        usages = self.random.sample(list(Usage), 4)
        return {usage: self.random.choice(CHOICES) for usage in usages}

    def terms(self) -> Terms:
        dice = self.random.random
        starts_at = self.at + timedelta(hours=self.random.choice([-10, 50]))
        return Terms(
            starts_at=starts_at if dice() < 0.1 else None,
            ends_at=self.at + timedelta(hours=100) if dice() < 0.15 else None,
            organisation=self.random.choice(self.organisations) if dice() < 0.2 else None,
            ends_firm_grants=dice() < 0.2,
        )

    def about(self) -> tuple[Rightsholder, Work | None, Location | None]:
        """Somebody, with a work or place of theirs or, without, with all their works."""
        target = self.random.choice([*self.works, *self.places, *self.places, None])
        if isinstance(target, Work):
            return target.rightsholder, target, None
        if isinstance(target, Location):
            return target.rightsholder, None, target
        return self.random.choice(self.people), None, None

    def declare(self) -> None:
        who, work, place = self.about()
        declarations.declare(
            rightsholder=who,
            work=work,
            location=place,
            choices=self.choices(),
            terms=self.terms(),
            is_complete=self.random.random() < 0.3,
            at=self.at,
        )

    def withdraw(self) -> None:
        who, work, place = self.about()
        declarations.withdraw(rightsholder=who, work=work, location=place, at=self.at)

    def remove(self) -> None:
        if self.works:
            works.remove_work(work=self.random.choice(self.works), at=self.at)

    def evidence(self) -> None:
        self.set_level(self.random.choice(self.people))

    def find_place(self) -> None:
        who = self.random.choice(self.people)
        scope, value = self.random.choice(PLACES)
        place = locations.register_location(
            rightsholder=who, scope=scope, value=value, reason="test", at=self.at
        )
        self.places.append(place)
        declarations.declare(rightsholder=who, location=place, choices=self.choices(), at=self.at)

    def lose_place(self) -> None:
        if self.places:
            place = self.random.choice(self.places)
            lose = self.random.choice([locations.suspend, locations.resume, locations.end_control])
            lose(location=place, reason="test", at=self.at)

    def publish(self) -> None:
        self.at += timedelta(seconds=1)
        assert integrate(log=DECLARATIONS, at=self.at)

    def ask(self) -> Iterator[Asked]:
        """Ask about everything as of the newest state, and as it stands hours later."""
        size = lookups.present(at=self.at).head.size
        yield self.asked(lambda: lookups.moment_of_size(tree_size=size))
        self.at += timedelta(hours=self.random.choice([2, 40, 75]))
        later = self.at
        now = lookups.present(at=later)
        asked = self.asked(lambda: lookups.moment_at(at=later, now=later + DAY))
        assert asked.moment == now
        yield asked

    def asked(self, again: Callable[[], Moment]) -> Asked:
        moment = again()
        usage = self.random.choice(list(Usage))
        firm = self.random.choice([*self.organisations, None])
        organisation = firm.id if firm else None
        return Asked(usage, organisation, moment, again, decided(usage, organisation, moment))


def decided(usage: Usage, organisation: UUID | None, moment: Moment) -> list[Decision]:
    return lookups.decisions(ITEMS, usage=usage, organisation=organisation, moment=moment)


def naively(records: dict[int, Record], asked: Asked) -> list[Decision]:
    """The answers of the second reading of the rules, from the same records."""
    at = asked.moment.decided_at
    return [
        naive(records.get(place, Record()), asked.usage, asked.organisation, at)
        for place in range(len(ITEMS))
    ]


def check(seed: int) -> Counter[Basis]:
    """Grow one registry, ask 200 questions on the way, and ask them all again at the end."""
    registry = Registry(seed)
    given: list[Asked] = []
    for _ in range(STEPS):
        registry.grow()
        registry.publish()
        asked_now = list(registry.ask())
        records = statements.records(ITEMS, tree_size=asked_now[0].moment.head.size)
        for asked in asked_now:
            assert asked.answers == naively(records, asked), seed
        given += asked_now
    registry.grow()
    registry.publish()
    registry.grow()
    for asked in given:
        moment = asked.again()
        assert moment == asked.moment, seed
        for rules in VERSIONS:
            again = decided(asked.usage, asked.organisation, replace(moment, rules=rules))
            assert rules != moment.rules or again == asked.answers, seed
    assert sum(len(asked.answers) for asked in given) == 200
    return Counter(answer.basis for asked in given for answer in asked.answers)


def check_each(seeds: range) -> None:
    bases: Counter[Basis] = Counter()
    for seed in seeds:
        with transaction.atomic():
            bases += check(seed)
            transaction.set_rollback(True)
    assert set(bases) >= REACHED, bases


@pytest.mark.django_db
@pytest.mark.parametrize("first", range(0, REGISTRIES, SLICE))
def test_p8_an_answer_is_the_same_when_recomputed_later(first: int) -> None:
    check_each(range(first, first + SLICE))


@pytest.mark.long
@pytest.mark.django_db
@pytest.mark.parametrize("first", range(REGISTRIES, 10 * REGISTRIES, REGISTRIES))
def test_p8_an_answer_is_the_same_when_recomputed_later_in_two_thousand(first: int) -> None:
    check_each(range(first, first + REGISTRIES))
