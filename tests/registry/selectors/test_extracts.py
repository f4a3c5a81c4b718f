"""The record as flat arrays: every published row once, and nothing where a row would be lost."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from registry.models import Declaration, Identifier, Rightsholder
from registry.selectors import extracts
from registry.selectors.extracts import CHOICES, KINDS, NEVER, moment_of
from registry.services.declarations import Terms, declare
from registry.vocabulary import Choice, IdentifierKind, Usage
from tests.conftest import hash_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def size(
    vouched: Rightsholder, register: Callable[..., Any], publish: Callable[..., Any], now: datetime
) -> int:
    """Publish two works, then register one that waits; give the tree size."""
    choices = {Usage.GENERATIVE_TRAINING: Choice.REFUSE, Usage.MINING: Choice.ALLOW}
    for n in range(2):
        work = register(vouched, f"Work {n}", choices=choices)
    declare(
        rightsholder=vouched,
        work=work,
        choices={Usage.SEARCH: Choice.LICENSE},
        terms=Terms(ends_at=now + timedelta(days=9), contact="label@example.org"),
        at=now,
    )
    head = publish()
    register(vouched, "Work 2", choices=choices)
    return head.size


def test_what_is_published_is_there_and_nothing_else(size: int, now: datetime) -> None:
    known = extracts.identifiers(tree_size=size)
    keys = {row.tobytes() for row in known["key"]}
    assert keys == {hash_of("Work 0").key, hash_of("Work 1").key}
    assert {KINDS[kind] for kind in known["kind"]} == {IdentifierKind.SHA256}
    assert len(extracts.claims(tree_size=size)) == 2
    assert len(extracts.standings(tree_size=size)) == 1
    said = extracts.declarations(tree_size=size)
    assert len(said) == 3
    newest = said[said["entry"].argmax()]
    assert newest["ends_at"] == moment_of(now + timedelta(days=9))
    assert sorted(said["ends_at"].tolist())[1:] == [NEVER, NEVER]
    first = int(said["choices"][said["entry"].argmin()])
    spelt = [CHOICES[first >> 3 * place & 7] for place in range(len(Usage))]
    assert dict(zip(Usage, spelt, strict=True)) == {
        **dict.fromkeys(Usage, ""),
        Usage.GENERATIVE_TRAINING: "refuse",
        Usage.MINING: "allow",
    }


def test_below_an_older_size_there_is_less(size: int) -> None:
    assert len(extracts.identifiers(tree_size=1)) < 2
    assert len(extracts.declarations(tree_size=0)) == 0


def test_blocks_leave_nothing_out(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = sorted(extracts.declarations(tree_size=size).tolist())
    monkeypatch.setattr(extracts, "BLOCK", 1)
    assert sorted(extracts.declarations(tree_size=size).tolist()) == whole
    assert Identifier.objects.count() == 3
    assert Declaration.objects.count() == 4


def test_a_row_with_a_null_is_an_error_not_a_gap(
    size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    without = extracts.DECLARATIONS_MADE.replace(
        "coalesce(ends_at, 'infinity'::timestamptz)", "ends_at"
    )
    monkeypatch.setattr(extracts, "DECLARATIONS_MADE", without)
    with pytest.raises(ValueError, match="lost"):
        extracts.declarations(tree_size=size)
