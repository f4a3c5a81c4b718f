"""Quotas at the edge: who pays, what is refused again unseen, and the headers that say so.

Whoever was refused and asks on is refused again out of this process's memory, for a second at
most: so a firm at many times its quota costs the others next to nothing. Nobody is ever allowed
anything by it, hence it does not matter that the key is not looked at anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, cast

from django.utils import timezone
from rest_framework.authentication import get_authorization_header
from rest_framework.request import Request
from rest_framework.views import APIView

from consent.api.authentication import key_of, require_scope
from consent.errors import QuotaExceeded
from consent.services import quotas
from consent.vocabulary import KeyScope

if TYPE_CHECKING:
    from consent.selectors.quotas import Allowance
    from consent.services.quotas import Refusal

REMEMBERED = timedelta(seconds=1)  # an operator's new plan counts after that at the latest
MOST_REMEMBERED = 10_000
HEADERS = ("RateLimit-Policy", "RateLimit")


class MeteredView(APIView):
    """A view whose every answer costs an item or more."""

    def perform_authentication(self, request: Request) -> None:
        """Raise QuotaExceeded before all else where even one item was just refused.

        Raises OutOfScope where the key is for something else.
        """
        refuse_again(request, items=1, at=timezone.now())
        super().perform_authentication(request)
        require_scope(request, KeyScope.LOOKUPS)


@dataclass(frozen=True, slots=True)
class _Remembered:
    refusal: Refusal
    since: datetime
    until: datetime


_remembered: dict[bytes, _Remembered] = {}  # by the SHA-256 of the header that shows the key


def charge(request: Request, *, items: int, at: datetime) -> dict[str, str]:
    """Count the items against the firm, or else the address; give the RateLimit headers.

    Raises QuotaExceeded. Headers: draft-ietf-httpapi-ratelimit-headers-11.
    """
    key = key_of(request)
    if not key:
        address = request.META["REMOTE_ADDR"]
        allowance = quotas.charge_address(address=address, items=items, at=at)
        return headers(allowance) if allowance else {}
    refuse_again(request, items=items, at=at)
    try:
        allowance = quotas.charge_key(key=key, items=items, at=at)
    except QuotaExceeded as error:
        _remember(request, cast("Refusal", error.details["refusal"]), at)
        raise
    return headers(allowance) if allowance else {}


def refuse_again(request: Request, *, items: int, at: datetime) -> None:
    """Raise QuotaExceeded where so many items, or fewer, were just refused to the same key."""
    known = _remembered.get(_shown(request))
    if known and known.since <= at < known.until and items >= known.refusal.items:
        raise known.refusal.error(at=at)


def headers(allowance: Allowance) -> dict[str, str]:
    """Give `RateLimit-Policy` and `RateLimit`."""
    name = f'"{allowance.policy}"'
    policy = f"{name};q={allowance.items};w={allowance.period_seconds}"
    left = f"{name};r={allowance.remaining};t={allowance.reset_seconds}"
    return dict(zip(HEADERS, (policy, left), strict=True))


def _remember(request: Request, refusal: Refusal, at: datetime) -> None:
    if len(_remembered) >= MOST_REMEMBERED:
        _remembered.clear()
    until = min(at + REMEMBERED, refusal.allowed_at)
    _remembered[_shown(request)] = _Remembered(refusal, at, until)


def _shown(request: Request) -> bytes:
    return sha256(get_authorization_header(request)).digest()
