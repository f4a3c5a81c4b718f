"""Accounts and signatures: one of each, and names that fit on a line."""

import pytest

from registry.errors import (
    AccountExists,
    AlreadySigned,
    InvalidCharacters,
    InvalidEvidenceLevel,
    InvalidName,
    NotSigned,
)
from registry.models import Standing, User
from registry.selectors.people import acting_rightsholder, evidence_level
from registry.services import people, signatures, texts
from registry.vocabulary import Capacity, Discipline, EvidenceLevel

pytestmark = pytest.mark.django_db


def sign(user: User, now, **changes) -> None:
    signatures.sign_statement(
        **{
            "user": user,
            "name": "Maya",
            "capacity": Capacity.PERSON,
            "discipline": Discipline.MUSIC,
            "is_listed": True,
            "at": now,
        }
        | changes
    )


def test_an_address_has_one_account_however_it_is_written() -> None:
    people.create_account(email="maya@example.org")
    with pytest.raises(AccountExists):
        people.create_account(email=" MAYA@example.org ")


@pytest.mark.parametrize("name", ["", " \t ", "\x07", "x" * 201])
def test_a_name_fits_on_one_line(maya, name: str) -> None:
    with pytest.raises(InvalidName):
        people.rename_rightsholder(rightsholder=maya, name=name)


@pytest.mark.parametrize("text", ["\x00", "\ud800"])
def test_what_cannot_be_stored_is_refused(text: str) -> None:
    with pytest.raises(InvalidCharacters):
        texts.one_line(text)


@pytest.mark.parametrize("level", [-1, 5, 99])
def test_evidence_is_given_from_0_to_4(maya, now, level: int) -> None:
    with pytest.raises(InvalidEvidenceLevel):
        people.set_evidence_level(rightsholder=maya, level=level, reason="test", at=now)


def test_confirming_an_address_never_lowers_evidence(vouched, now) -> None:
    people.confirm_address(user=vouched.members.get(), at=now)
    assert evidence_level(vouched) == EvidenceLevel.VOUCHED
    assert Standing.objects.count() == 1


def test_confirming_another_address_does_not_undo_what_an_operator_set(maya, now) -> None:
    people.set_evidence_level(rightsholder=maya, level=0, reason="abuse", at=now)
    people.confirm_address(user=maya.members.get(), at=now)
    assert evidence_level(maya) == EvidenceLevel.NONE


def test_updating_an_account_renames_whom_it_acts_for(maya, now) -> None:
    user = maya.members.get()
    people.update_account(user=user, name="M.", language="fr", is_confirmed=True, at=now)
    acting = acting_rightsholder(user)
    assert acting is not None
    assert (acting.id, acting.name, user.language) == (maya.id, "M.", "fr")


def test_an_account_signs_once(maya, now) -> None:
    user = maya.members.get()
    sign(user, now)
    with pytest.raises(AlreadySigned):
        sign(user, now)
    signatures.withdraw_signature(user=user, at=now)
    sign(user, now)


def test_a_body_signs_by_its_name(maya, now) -> None:
    with pytest.raises(InvalidName):
        sign(maya.members.get(), now, capacity=Capacity.ORGANISATION)


def test_withdrawing_no_signature_is_refused(maya, now) -> None:
    with pytest.raises(NotSigned):
        signatures.withdraw_signature(user=maya.members.get(), at=now)
