"""What whoever runs the registry does for people: accounts without a sign-up."""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from registry.errors import InvalidAddress
from registry.models import Rightsholder, User
from registry.services.people import add_rightsholder, create_account, set_evidence_level

ADDRESS_LENGTH = 254
REASON = "set by an operator"


@transaction.atomic
def enrol(*, email: str, name: str, level: int, at: datetime) -> Rightsholder:
    """Give the rightsholder of a new account, whose address counts as confirmed.

    Raises InvalidAddress, AccountExists, InvalidName, InvalidEvidenceLevel.
    """
    user = _create_confirmed(email=email)
    rightsholder = add_rightsholder(user=user, name=name)
    set_evidence_level(rightsholder=rightsholder, level=level, reason=REASON, at=at)
    return rightsholder


@transaction.atomic
def create_admin(*, email: str, password: str) -> User:
    """Give a new account that may enter the admin; raise InvalidAddress, AccountExists."""
    return _create_confirmed(email=email, password=password, is_superuser=True)


def _create_confirmed(
    *, email: str, password: str | None = None, is_superuser: bool = False
) -> User:
    _refuse_malformed(email)
    user = create_account(email=email, password=password, is_superuser=is_superuser)
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    return user


def _refuse_malformed(email: str) -> None:
    try:
        validate_email(email.strip())
    except ValidationError as error:
        raise InvalidAddress from error
    if len(email.strip()) > ADDRESS_LENGTH:
        raise InvalidAddress
