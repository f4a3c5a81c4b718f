"""Registering works in one go: what is fine goes in, what is not is refused with a type."""

from hashlib import sha256

import pytest

from registry.errors import (
    AlreadyRegistered,
    EmptyFile,
    InvalidName,
    InvalidTitle,
    InvalidYear,
    NothingToRegister,
    NothingToWithdraw,
)
from registry.identifiers import parse
from registry.models import Claim, Declaration, Work
from registry.services import works
from registry.services.declarations import Terms
from registry.vocabulary import Choice, IdentifierKind, Medium, Usage
from tests.conftest import hash_of

pytestmark = pytest.mark.django_db

EMPTY = parse(IdentifierKind.SHA256, sha256().hexdigest())


def draft(title: str = "Harbour", **changes) -> works.Draft:
    return works.Draft(
        **{"title": title, "medium": Medium.IMAGE, "identifiers": (hash_of(title),)} | changes
    )


@pytest.mark.parametrize(
    ("refused", "refusal"),
    [
        (draft(identifiers=()), NothingToRegister),
        (draft(identifiers=(EMPTY,)), EmptyFile),
        (draft(" "), InvalidTitle),
        (draft("x" * 301), InvalidTitle),
        (draft(year=999), InvalidYear),
        (draft(year=9999), InvalidYear),
        (draft(holders=("Noor", "")), InvalidName),
        (draft("Pier"), AlreadyRegistered),
    ],
)
def test_a_refused_draft_leaves_its_neighbours_alone(maya, now, refused, refusal) -> None:
    drafts = [draft("Pier"), refused, draft("Boat")]
    outcomes = works.register_works(rightsholder=maya, drafts=drafts, at=now)
    assert isinstance(outcomes[1].refusal, refusal)
    assert [outcome.work is not None for outcome in outcomes] == [True, False, True]
    assert Work.objects.count() == Claim.objects.count() == 2


def test_already_registered_names_ones_own_work_only(maya, rui, register, now) -> None:
    register(rui)
    own = register(maya)
    [outcome] = works.register_works(rightsholder=maya, drafts=[draft()], at=now)
    assert outcome.refusal is not None
    assert outcome.refusal.details == {"work": own.id}


def test_terms_go_with_the_choices_of_every_draft(maya, now) -> None:
    choices = {Usage.SEARCH: Choice.LICENSE}
    terms = Terms(contact="ring the bell")
    drafts = [draft(title, choices=choices, terms=terms) for title in ("Pier", "Boat")]
    works.register_works(rightsholder=maya, drafts=drafts, at=now)
    assert {said.contact for said in Declaration.objects.all()} == {"ring the bell"}


def test_a_work_is_removed_once(maya, register, now) -> None:
    work = register(maya)
    works.remove_work(work=work, at=now)
    with pytest.raises(NothingToWithdraw):
        works.remove_work(work=work, at=now)
