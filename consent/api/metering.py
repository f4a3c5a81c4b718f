"""Quotas at the edge: who pays, and the headers that say what is left."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from consent.api.authentication import key_of
from consent.services import quotas

if TYPE_CHECKING:
    from rest_framework.request import Request

    from consent.selectors.quotas import Allowance


def charge(request: Request, *, items: int, at: datetime) -> dict[str, str]:
    """Count the items against the firm, or else the address; give the RateLimit headers.

    Raises QuotaExceeded. Headers: draft-ietf-httpapi-ratelimit-headers-11.
    """
    key = key_of(request)
    if key:
        allowance = quotas.charge_firm(firm=key.firm, items=items, at=at)
    else:
        address = request.META["REMOTE_ADDR"]
        allowance = quotas.charge_address(address=address, items=items, at=at)
    return headers(allowance) if allowance else {}


def headers(allowance: Allowance) -> dict[str, str]:
    """Give `RateLimit-Policy` and `RateLimit`."""
    name = f'"{allowance.policy}"'
    return {
        "RateLimit-Policy": f"{name};q={allowance.items};w={allowance.period_seconds}",
        "RateLimit": f"{name};r={allowance.remaining};t={allowance.reset_seconds}",
    }
