"""Seeded works: the same for the same seed, varied, sound in the log; never in production."""

from collections import Counter
from collections.abc import Callable
from hashlib import sha256

import pytest
from django.core.management import CommandError
from pytest_django import Settings

from registry.errors import AlreadySeeded
from registry.identifiers import parse
from registry.models import Claim, Declaration, Entry, Holder, Identifier, Work
from registry.selectors import log
from registry.selectors.people import evidence_levels
from registry.selectors.seeding import combinations_count
from registry.selectors.statements import records
from registry.services import seeding
from registry.services.seeds import RIGHTSHOLDERS, seeded_identifier, seeded_work
from registry.vocabulary import IdentifierKind
from tests.registry.commands.conftest import Ran

WORKS = 3_000


def test_a_seed_fixes_each_work() -> None:
    assert [seeded_work(7, n) for n in range(200)] == [seeded_work(7, n) for n in range(200)]
    assert seeded_work(7, 5) != seeded_work(8, 5)


def test_the_identifier_is_what_the_documentation_says() -> None:
    kinds = Counter(seeded_identifier(7, n).kind for n in range(1_000))
    hashes = [n for n in range(90) if seeded_identifier(7, n).kind is IdentifierKind.SHA256]
    assert 250 < kinds[IdentifierKind.URL] < 350
    assert [seeded_identifier(7, n).value for n in hashes] == [
        sha256(f"7:{n}".encode()).hexdigest() for n in hashes
    ]


def test_identifiers_are_canonical_and_only_those_shared_on_purpose_come_twice() -> None:
    identifiers = [seeded_identifier(7, n) for n in range(WORKS)]
    assert [parse(item.kind, item.value) for item in identifiers] == identifiers
    assert len(set(identifiers)) == WORKS * 99 // 100


def test_those_who_share_an_identifier_differ() -> None:
    for n in range(99, WORKS, 100):
        first, second = seeded_work(7, n - 1), seeded_work(7, n)
        assert first.identifier == second.identifier
        assert first.rightsholder != second.rightsholder


@pytest.mark.django_db
def test_production_is_never_seeded(run: Callable[..., Ran], settings: Settings) -> None:
    settings.IS_PRODUCTION = True
    with pytest.raises(CommandError, match="REGISTRY_PRODUCTION"):
        run("seed_works", works=10, seed=7)
    assert not Work.objects.exists()


@pytest.mark.django_db
def test_no_works_are_no_seed(run: Callable[..., Ran]) -> None:
    with pytest.raises(CommandError, match="at least 1"):
        run("seed_works", works=0, seed=7)


@pytest.mark.django_db(transaction=True)
def test_a_seeded_registry(run: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seeding, "CHUNK", 700)
    code, lines = run("seed_works", works=WORKS, seed=7)
    assert code == 0
    assert lines[-1].startswith(f"{WORKS} works seeded in ")
    every_work_has_one_identifier_one_claim_and_one_declaration()
    the_log_is_published_and_sound(run)
    it_is_varied(lines)
    it_answers_like_any_other()
    it_is_not_seeded_twice(run)


def every_work_has_one_identifier_one_claim_and_one_declaration() -> None:
    works = Work.objects.count()
    named = Declaration.objects.exclude(entry__kind="declaration-withdrawal")
    assert works == Identifier.objects.count() == WORKS
    assert Claim.objects.filter(is_withdrawal=False).count() == WORKS
    assert named.filter(scope="work").count() == WORKS
    keys = {bytes(key) for (key,) in Identifier.objects.values_list("key")}
    assert keys == {seeded_identifier(7, n).key for n in range(WORKS)}


def the_log_is_published_and_sound(run: Callable[..., Ran]) -> None:
    head = log.head()
    assert head
    assert head.size == Entry.objects.count()
    assert log.pending_since() is None
    assert run("verify_log") == (0, ["0 findings"])


def it_is_varied(lines: list[str]) -> None:
    count = combinations_count()
    assert count > WORKS // 3
    assert any(line.split()[0] == str(count) for line in lines)
    levels = evidence_levels(Work.objects.values_list("rightsholder", flat=True).distinct())
    assert len(levels) == RIGHTSHOLDERS
    assert set(levels.values()) == {0, 1, 2, 3, 4}
    assert Holder.objects.filter(rightsholder=None).exists()
    assert Declaration.objects.filter(scope="catalogue").count() == RIGHTSHOLDERS // 4
    assert Declaration.objects.exclude(organisation=None).exists()
    assert Declaration.objects.filter(ends_firm_grants=True).exists()
    assert Declaration.objects.filter(entry__kind="declaration-withdrawal").exists()
    removed = Work.objects.exclude(removed_at=None).count()
    assert Claim.objects.filter(is_withdrawal=True).count() == removed > 0


def it_answers_like_any_other() -> None:
    head = log.head()
    assert head
    asked = [n for n in range(WORKS) if not seeded_work(7, n).is_removed][:100]
    found = records([seeded_identifier(7, n) for n in asked], tree_size=head.size)
    assert sorted(found) == list(range(len(asked)))
    for n, record in zip(asked, (found[place] for place in sorted(found)), strict=True):
        said = {each.usage: each.choice for each in record.statements if each.work}
        if not seeded_work(7, n).is_withdrawn and n % 100 < 98:
            assert said == seeded_work(7, n).choices


def it_is_not_seeded_twice(run: Callable[..., Ran]) -> None:
    with pytest.raises(CommandError, match="seed 7 are registered already") as refused:
        run("seed_works", works=1, seed=7)
    assert isinstance(refused.value.__cause__, AlreadySeeded)
    assert Work.objects.count() == WORKS
