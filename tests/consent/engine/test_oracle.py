"""P10: a snapshot with its overlay answers what the database answers, as of the same moment."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from consent.rules import Decision
from consent.selectors import lookups, snapshots
from consent.services import snapshots as service
from registry.identifiers import Identifier, parse
from registry.vocabulary import Basis, IdentifierKind, Usage
from tests.consent.rules import test_recorded

REGISTRIES, SLICE = 200, 50
STEPS = 4
PREFIX = "c0" * 8
#: Hashes that share their first 64 bits, in pairs the first 192, and some that nobody registers.
HASHES = [f"{PREFIX}{n // 2:032x}{n:016x}" for n in range(20)]
COLLIDING = [parse(IdentifierKind.SHA256, digits) for digits in HASHES]
OTHERS = [item for item in test_recorded.ITEMS if item.kind is not IdentifierKind.SHA256]
#: The key of a URL, registered as if it were a hash.
IMPOSTOR = parse(IdentifierKind.SHA256, OTHERS[0].key.hex())
ITEMS = [*COLLIDING, *OTHERS, IMPOSTOR, parse(IdentifierKind.URL, "https://elsewhere.example/a")]


from_database = lookups.decisions


class Colliding(test_recorded.Registry):
    """A registry of items that are hard to tell apart."""

    items = [*COLLIDING[:12], *OTHERS, IMPOSTOR]


@pytest.fixture
def left(monkeypatch: pytest.MonkeyPatch) -> list[Identifier]:
    """The items that snapshots left to the database."""
    asked: list[Identifier] = []

    def noted(items: list[Identifier], **question: Any) -> list[Decision]:
        asked.extend(items)
        return from_database(items, **question)

    monkeypatch.setattr(snapshots.lookups, "decisions", noted)
    return asked


def brief(decision: Decision) -> tuple[Any, ...]:
    match = decision.match
    return (
        decision.verdict,
        decision.preference,
        decision.basis,
        decision.rule,
        match and (match.kind, match.work, match.distance),
    )


def compare(registry: Colliding, bases: Counter[Basis]) -> None:
    """Ask both about everything, now and at a moment to come."""
    for hours in (0, registry.random.choice([1, 30, 75, 100])):
        registry.at += timedelta(hours=hours)
        firm = registry.random.choice([None, *registry.organisations])
        question = {
            "usage": registry.random.choice(list(Usage)),
            "organisation": firm.id if firm else None,
            "moment": lookups.present(at=registry.at),
        }
        expected = from_database(ITEMS, **question)
        brief_ones = from_database(ITEMS, **question, is_brief=True)
        assert [brief(each) for each in brief_ones] == [brief(each) for each in expected]
        answers = snapshots.decisions(ITEMS, **question)
        assert [brief(each) for each in answers] == [brief(each) for each in expected]
        for ours, exact in zip(answers, expected, strict=True):
            if exact.changes_at:
                assert ours.changes_at
                assert registry.at < ours.changes_at <= exact.changes_at
        bases.update(each.basis for each in expected)


def check(seed: int, bases: Counter[Basis]) -> None:
    registry = Colliding(seed)
    for step in range(STEPS):
        registry.grow()
        registry.publish()
        if step in (0, 2):
            head = lookups.present(at=registry.at).head
            assert service.build_alone(head=head, at=registry.at)
            snapshots.open_newest()
        compare(registry, bases)


def check_each(seeds: range) -> Counter[Basis]:
    bases: Counter[Basis] = Counter()
    for seed in seeds:
        for file in snapshots.files():
            file.unlink()
        snapshots.open_newest()
        with transaction.atomic():
            check(seed, bases)
            transaction.set_rollback(True)
    assert set(bases) >= test_recorded.REACHED, bases
    return bases


@pytest.mark.django_db
@pytest.mark.parametrize("first", range(0, REGISTRIES, SLICE))
def test_p10_the_snapshot_agrees_with_the_database(first: int, left: list[Identifier]) -> None:
    asked = check_each(range(first, first + SLICE)).total()
    assert len(left) < asked / 2, "the snapshot answers most by itself"


@pytest.mark.long
@pytest.mark.django_db
@pytest.mark.parametrize("first", range(REGISTRIES, 11 * REGISTRIES, REGISTRIES))
def test_p10_the_snapshot_agrees_with_the_database_two_thousand_times(first: int) -> None:
    check_each(range(first, first + REGISTRIES))
