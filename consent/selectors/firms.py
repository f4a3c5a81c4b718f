"""Firms as their members and operators see them."""

from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Model, QuerySet

from consent.models import ApiKey, Firm, Plan

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

TABLES = (("consent_apikey", ApiKey), ("consent_firm", Firm), ("consent_plan", Plan))


def firm_of(user: "AbstractBaseUser") -> Firm | None:
    """Give the firm for which the account acts, or None."""
    return (
        Firm.objects.select_related("organisation", "plan")
        .filter(memberships__user=user.pk)
        .first()
    )


def operators_firm(name: str) -> Firm | None:
    """Give the oldest firm of this name without members, or None: anybody may join as any name."""
    firms = Firm.objects.filter(organisation__name=name, memberships=None)
    return firms.order_by("created_at").first()


def keys_of(firm: Firm) -> QuerySet[ApiKey]:
    """Give the firm's API keys, newest first, revoked ones included."""
    return ApiKey.objects.filter(firm=firm).order_by("-created_at")


def key_of(firm: Firm, public_id: str) -> ApiKey | None:
    """Give one of the firm's keys, or None."""
    return keys_of(firm).filter(public_id=public_id).first()


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
