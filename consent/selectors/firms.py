"""Firms as their members and operators see them."""

from typing import TYPE_CHECKING

from django.db.models import QuerySet

from consent.models import ApiKey, Firm

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser


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
