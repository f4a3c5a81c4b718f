"""Declaring, withdrawing and undoing: what each says, and what it refuses."""

from datetime import timedelta

import pytest

from registry.errors import (
    EvidenceTooLow,
    InvalidUrl,
    InvalidWindow,
    NothingDeclared,
    NothingToWithdraw,
    NotTheNewest,
)
from registry.labels import WITHDRAWN
from registry.models import Declaration
from registry.selectors.declarations import choices_in_force, choices_of
from registry.services.declarations import Terms, declare, undo, withdraw
from registry.services.people import set_evidence_level
from registry.vocabulary import Choice, Usage

pytestmark = pytest.mark.django_db

NO_SEARCH = {Usage.SEARCH: Choice.REFUSE}
NO_MINING = {Usage.MINING: Choice.REFUSE}
ASK = {Usage.SEARCH: Choice.LICENSE}


def test_nothing_declared_is_refused(maya, now) -> None:
    with pytest.raises(NothingDeclared):
        declare(rightsholder=maya, choices={}, at=now)


@pytest.mark.parametrize("hours", [0, -1])
def test_an_end_that_is_over_is_refused(maya, now, hours: int) -> None:
    terms = Terms(ends_at=now + timedelta(hours=hours))
    with pytest.raises(InvalidWindow):
        declare(rightsholder=maya, choices=NO_SEARCH, terms=terms, at=now)


def test_an_end_before_the_start_is_refused(maya, now) -> None:
    terms = Terms(starts_at=now + timedelta(days=2), ends_at=now + timedelta(days=1))
    with pytest.raises(InvalidWindow):
        declare(rightsholder=maya, choices=NO_SEARCH, terms=terms, at=now)


@pytest.mark.parametrize(
    ("terms", "refusal"),
    [
        (Terms(terms_url="x"), InvalidUrl),
    ],
)
def test_ask_me_first_without_a_way_to_ask_is_refused(maya, now, terms, refusal) -> None:
    with pytest.raises(refusal):
        declare(rightsholder=maya, choices=ASK, terms=terms, at=now)


def test_without_any_evidence_nothing_is_said(maya, now) -> None:
    set_evidence_level(rightsholder=maya, level=0, reason="test", at=now)
    with pytest.raises(EvidenceTooLow):
        declare(rightsholder=maya, choices=NO_SEARCH, at=now)


def test_a_usage_that_is_not_named_keeps_its_choice(maya, now) -> None:
    declare(rightsholder=maya, choices=NO_SEARCH, at=now)
    declare(rightsholder=maya, choices=NO_MINING, at=now)
    assert choices_in_force(rightsholder=maya) == NO_SEARCH | NO_MINING


def test_a_complete_declaration_withdraws_what_it_does_not_name(maya, now) -> None:
    declare(rightsholder=maya, choices=NO_SEARCH, at=now)
    said = declare(rightsholder=maya, choices=NO_MINING, at=now, is_complete=True)
    assert choices_of(said) == NO_MINING | {Usage.SEARCH: WITHDRAWN}
    assert choices_in_force(rightsholder=maya) == NO_MINING


def test_withdrawing_nothing_is_refused(maya, now) -> None:
    with pytest.raises(NothingToWithdraw):
        withdraw(rightsholder=maya, at=now)


def test_undo_says_again_what_stood_with_its_end_and_its_terms(maya, now) -> None:
    terms = Terms(ends_at=now + timedelta(days=9), contact="ring the bell")
    declare(rightsholder=maya, choices=ASK, terms=terms, at=now)
    newest = declare(rightsholder=maya, choices=NO_MINING, at=now, is_complete=True)
    again = undo(rightsholder=maya, newest=newest.id, at=now)
    assert choices_in_force(rightsholder=maya) == ASK
    assert (again.ends_at, again.contact) == (terms.ends_at, terms.contact)


def test_undo_of_a_partial_word_brings_back_the_whole(maya, now) -> None:
    terms = Terms(contact="ring the bell")
    declare(rightsholder=maya, choices=ASK, terms=terms, at=now)
    declare(rightsholder=maya, choices=NO_MINING, at=now)
    newest = declare(rightsholder=maya, choices={Usage.SEARCH: Choice.REFUSE}, at=now)
    undo(rightsholder=maya, newest=newest.id, at=now)
    assert choices_in_force(rightsholder=maya) == ASK | NO_MINING


def test_undo_leaves_out_what_has_ended_since(maya, now) -> None:
    terms = Terms(ends_at=now + timedelta(hours=1))
    declare(rightsholder=maya, choices=NO_SEARCH, terms=terms, at=now)
    newest = declare(rightsholder=maya, choices=NO_MINING, at=now)
    undo(rightsholder=maya, newest=newest.id, at=now + timedelta(hours=2))
    assert Usage.MINING not in choices_in_force(rightsholder=maya)


def test_undo_reaches_the_newest_word_only(maya, now) -> None:
    first = declare(rightsholder=maya, choices=NO_SEARCH, at=now)
    declare(rightsholder=maya, choices=NO_MINING, at=now)
    with pytest.raises(NotTheNewest):
        undo(rightsholder=maya, newest=first.id, at=now)
    assert Declaration.objects.count() == 2


def test_undo_is_ones_own(maya, rui, now) -> None:
    said = declare(rightsholder=maya, choices=NO_SEARCH, at=now)
    with pytest.raises(NotTheNewest):
        undo(rightsholder=rui, newest=said.id, at=now)
