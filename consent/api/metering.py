"""Quotas at the edge: who pays, and the headers that say what is left."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from hmac import new as hmac
from ipaddress import IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING

from django.conf import settings

from consent.api.authentication import key_of
from consent.selectors.quotas import anonymous_plan
from consent.services import quotas

if TYPE_CHECKING:
    from rest_framework.request import Request

    from consent.services.quotas import Allowance

IPV6_HOME = 64  # bits: what one household or server is given


def charge(request: Request, *, items: int, at: datetime) -> dict[str, str]:
    """Count the items against the firm, or else the address; give the RateLimit headers.

    Raises QuotaExceeded. Headers: draft-ietf-httpapi-ratelimit-headers-11.
    """
    key = key_of(request)
    if key:
        policy, subject, plan = "firm", str(key.firm_id), key.firm.plan
    else:
        policy, subject, plan = "address", _address(request), anonymous_plan()
    allowance = quotas.charge(policy=policy, subject=subject, plan=plan, items=items, at=at)
    return headers(allowance) if allowance else {}


def headers(allowance: Allowance) -> dict[str, str]:
    """Give `RateLimit-Policy` and `RateLimit`."""
    name = f'"{allowance.policy}"'
    return {
        "RateLimit-Policy": f"{name};q={allowance.items};w={allowance.period_seconds}",
        "RateLimit": f"{name};r={allowance.remaining};t={allowance.reset_seconds}",
    }


def _address(request: Request) -> str:
    """Give a keyed hash of the address: enough to count by, nothing to find anybody by."""
    address = ip_address(request.META["REMOTE_ADDR"])
    if isinstance(address, IPv6Address):
        home = ip_network((int(address) >> IPV6_HOME << IPV6_HOME, IPV6_HOME))
        address = home.network_address
    return hmac(settings.SECRET_KEY.encode(), address.packed, sha256).hexdigest()[:32]
