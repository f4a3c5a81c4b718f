"""An operator makes an account for somebody whose address is known."""

from collections.abc import Callable

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError

from registry.errors import (
    AccountExists,
    DomainError,
    InvalidAddress,
    InvalidCharacters,
    InvalidName,
)
from registry.labels import sentence
from registry.log.models import Entry
from registry.models import Standing
from registry.selectors.people import account, acting_rightsholder, evidence_level
from tests.registry.commands.conftest import Ran

pytestmark = pytest.mark.django_db


def test_the_account_acts_for_the_rightsholder_at_level_1(run: Callable[..., Ran]) -> None:
    code, lines = run("create_account", "Maya@Example.org", rightsholder="Maya")
    user = account("maya@example.org")
    assert user
    rightsholder = acting_rightsholder(user)
    assert rightsholder
    assert (code, rightsholder.name, evidence_level(rightsholder)) == (0, "Maya", 1)
    assert "maya@example.org acts for Maya, evidence level 1." in lines


def test_the_address_counts_as_confirmed_and_there_is_no_password(run: Callable[..., Ran]) -> None:
    run("create_account", "maya@example.org", rightsholder="Maya")
    address = EmailAddress.objects.get(email="maya@example.org")
    assert address.verified
    assert address.primary
    assert not address.user.has_usable_password()
    assert not address.user.is_staff


@pytest.mark.parametrize("level", range(5))
def test_the_evidence_level_is_logged(run: Callable[..., Ran], level: int) -> None:
    run("create_account", "maya@example.org", rightsholder="Maya", evidence_level=level)
    standing = Standing.objects.get()
    assert (standing.level, standing.entry.kind) == (level, "standing")


@pytest.mark.parametrize(
    ("email", "name", "refusal"),
    [
        ("maya", "Maya", InvalidAddress),
        ("maya@example.org\x00", "Maya", InvalidAddress),
        (f"{'m' * 300}@example.org", "Maya", InvalidAddress),
        ("maya@example.org", "", InvalidName),
        ("maya@example.org", "M" * 201, InvalidName),
        ("maya@example.org", "M\x00", InvalidCharacters),
        ("ZED@example.org", "Zed", AccountExists),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(
    run: Callable[..., Ran], email: str, name: str, refusal: type[DomainError]
) -> None:
    run("create_account", "zed@example.org", rightsholder="Zed")
    with pytest.raises(CommandError) as refused:
        run("create_account", email, rightsholder=name)
    assert isinstance(refused.value.__cause__, refusal)
    assert str(refused.value) == sentence(refusal())
    assert account(email if "\x00" not in email else "maya@example.org") in (
        None,
        account("zed@example.org"),
    )
    assert Entry.objects.count() == 1


def test_no_level_above_4_can_be_asked_for(run: Callable[..., Ran]) -> None:
    with pytest.raises(CommandError, match="invalid choice"):
        run("create_account", "maya@example.org", "--evidence-level=5", rightsholder="Maya")
