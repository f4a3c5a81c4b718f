"""Firms as their members and operators see them."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import F, Model, Q, QuerySet

from consent.models import ApiKey, Firm, FirmMember, Invitation, Plan
from consent.vocabulary import Role
from registry.selectors.people import confirmed_address

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

TABLES = (("consent_apikey", ApiKey), ("consent_firm", Firm), ("consent_plan", Plan))


#: How many days before its end a firm is told of it, the first time first.
REMINDED_DAYS = (14, 3)


def membership_of(user: "AbstractBaseUser") -> FirmMember | None:
    """Give the account's membership, with its firm and quota, or None."""
    members = FirmMember.objects.select_related("firm__organisation", "firm__plan")
    return members.filter(user=user.pk).first()


def members_of(firm: Firm) -> QuerySet[FirmMember]:
    """Give the firm's members with their accounts, the first one first."""
    return FirmMember.objects.filter(firm=firm).select_related("user").order_by("id")


def member_of(firm: Firm, number: int) -> FirmMember | None:
    """Give one of the firm's members, or None."""
    return members_of(firm).filter(id=number).first()


def open_invitations(*, at: datetime) -> QuerySet[Invitation]:
    """Give the invitations that can be followed, newest first."""
    invitations = Invitation.objects.filter(ended_at=None, expires_at__gt=at)
    return invitations.select_related("firm__organisation").order_by("-invited_at")


def invitations_to(user: "AbstractBaseUser", *, at: datetime) -> QuerySet[Invitation]:
    """Give the open invitations to the account's confirmed address."""
    return open_invitations(at=at).filter(email=confirmed_address(user.pk) or "")


def operators_firm(name: str) -> Firm | None:
    """Give the oldest firm of this name without members, or None: anybody may join as any name."""
    firms = Firm.objects.filter(organisation__name=name, memberships=None, domain="")
    return firms.order_by("created_at").first()


def keys_of(firm: Firm) -> QuerySet[ApiKey]:
    """Give the firm's API keys, newest first, revoked ones included."""
    return ApiKey.objects.filter(firm=firm).order_by("-created_at")


def key_of(firm: Firm, public_id: str) -> ApiKey | None:
    """Give one of the firm's keys, or None."""
    return keys_of(firm).filter(public_id=public_id).first()


def keys_in_use(firm: Firm, *, is_test: bool, at: datetime) -> QuerySet[ApiKey]:
    """Give the firm's keys of one kind that are neither revoked nor expired."""
    unexpired = Q(expires_at=None) | Q(expires_at__gt=at)
    return ApiKey.objects.filter(unexpired, firm=firm, is_test=is_test, revoked_at=None)


def keys_ending(*, days: int, at: datetime) -> QuerySet[ApiKey]:
    """Give the keys that end within so many days, if nobody was told so late or later."""
    untold = Q(reminded_days=None) | Q(reminded_days__gt=days)
    ending = ApiKey.objects.filter(
        untold, revoked_at=None, expires_at__gt=at, expires_at__lte=at + timedelta(days=days)
    ).filter(created_at__lte=F("expires_at") - timedelta(days=days))
    return ending.select_related("firm__organisation").order_by("expires_at")


def key_keepers(firm: Firm) -> list[FirmMember]:
    """Give the members who make keys and can still sign in."""
    keepers = members_of(firm).filter(role__in=[Role.OWNER, Role.ENGINEER], user__is_active=True)
    return list(keepers)


def key_with_quota(public_id: str) -> ApiKey | None:
    """Give a key with its firm and their quota, or None.

    Every question with a key begins here, so the statement is made once, not each time.
    """
    with connection.cursor() as cursor:
        cursor.execute(_statement(), [public_id])
        row = cursor.fetchone()
    if row is None:
        return None
    values = iter(row)
    key = ApiKey.from_db(connection.alias, *_taken(ApiKey, values))
    key.firm = Firm.from_db(connection.alias, *_taken(Firm, values))
    key.firm.plan = Plan.from_db(connection.alias, *_taken(Plan, values))
    return key


def _taken(model: type[Model], values: Iterator[Any]) -> tuple[list[str], list[Any]]:
    """Give the model's columns and take as many values."""
    columns = _columns(model)
    return columns, list(islice(values, len(columns)))


@cache
def _statement() -> str:
    selected = [f"{table}.{column}" for table, model in TABLES for column in _columns(model)]
    return f"""
        SELECT {", ".join(selected)}
        FROM consent_apikey
        JOIN consent_firm ON consent_firm.id = consent_apikey.firm_id
        JOIN consent_plan ON consent_plan.id = consent_firm.plan_id
        WHERE consent_apikey.public_id = %s
    """  # noqa: S608  the models' own columns


@cache
def _columns(model: type[Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]  # noqa: SLF001  documented
