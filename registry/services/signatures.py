"""Signing the Statement on AI Training, and taking the signature back."""

from datetime import datetime

from django.db import IntegrityError, transaction

from registry.errors import AlreadySigned, NotSigned
from registry.models import Signature, User
from registry.services import texts
from registry.vocabulary import Capacity, Discipline


def sign_statement(
    *,
    user: User,
    name: str,
    capacity: Capacity,
    discipline: Discipline,
    is_listed: bool,
    at: datetime,
    organisation_name: str = "",
) -> Signature:
    """Give the account's new signature; raise AlreadySigned if one stands."""
    is_body = capacity == Capacity.ORGANISATION
    try:
        with transaction.atomic():
            return Signature.objects.create(
                user=user,
                name=texts.name(name),
                capacity=capacity,
                organisation_name=texts.name(organisation_name) if is_body else "",
                discipline=discipline,
                is_listed=is_listed,
                signed_at=at,
            )
    except IntegrityError as error:
        raise AlreadySigned from error


def withdraw_signature(*, user: User, at: datetime) -> None:
    """End the account's signature; raise NotSigned if none stands."""
    if not Signature.objects.filter(user=user, withdrawn_at=None).update(withdrawn_at=at):
        raise NotSigned
