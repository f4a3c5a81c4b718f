"""Counting what is asked against what may be asked, in one SQL statement."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from hmac import new as hmac
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil
from typing import Any

from django.conf import settings
from django.db import connection

from consent.errors import QuotaExceeded, TooManyItems
from consent.models import ApiKey, KeyUsage, Meter, Plan
from consent.selectors.quotas import (
    ANONYMOUS,
    FIRM,
    Allowance,
    allowance,
    anonymous_plan,
    meter_of,
)

STANDARD = "standard"
UNLIMITED = "unlimited"
METER_KEPT = timedelta(days=1)
USAGE_KEPT = timedelta(days=400)
IPV6_HOME = 64  # bits: what one household or server is given

PLANS = (
    {"name": ANONYMOUS, "items": 120, "period_seconds": 60, "burst": 60},
    {"name": STANDARD, "items": 1_000_000, "period_seconds": 3600, "burst": 200_000},
    {"name": UNLIMITED, "items": None, "period_seconds": 3600, "burst": 1},
)

# The virtual scheduling form of GCRA (ITU-T I.371): a subject's arrival time moves on by what an
# item costs, and may run ahead of the clock by what the burst allows. Nothing moves on a refusal.
CHARGE = """
WITH charged AS (
    INSERT INTO consent_meter AS meter (subject, arrival_at)
    VALUES (%(subject)s, %(at)s + %(cost)s)
    ON CONFLICT (subject) DO UPDATE
    SET arrival_at = greatest(meter.arrival_at, %(at)s) + %(cost)s
    WHERE greatest(meter.arrival_at, %(at)s) + %(cost)s <= %(at)s + %(ahead)s
    RETURNING arrival_at
){noted}
SELECT (SELECT arrival_at FROM charged),
       (SELECT arrival_at FROM consent_meter WHERE subject = %(subject)s)
"""


# What was asked with a key is noted by the day, where it was not refused.
NOTE = """
INSERT INTO consent_keyusage AS usage (key_id, day, requests, items)
SELECT %(key)s, %(day)s, 1, %(items)s{source}
ON CONFLICT (key_id, day) DO UPDATE
SET requests = usage.requests + 1, items = usage.items + excluded.items
"""
NOTE_ALONE = NOTE.format(source="")
CHARGE_ALONE = CHARGE.format(noted="")
CHARGE_AND_NOTE = CHARGE.format(noted=f", noted AS ({NOTE.format(source=' FROM charged')})")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why so many items, or more, are refused until `allowed_at`, whatever else is counted.

    A meter only ever moves on, so nothing but another plan makes it untrue before then.
    """

    policy: str
    plan: Plan
    items: int
    arrival_at: datetime

    @property
    def allowed_at(self) -> datetime:
        """The earliest moment at which so many items fit."""
        return self.arrival_at + _each(self.plan) * (self.items - self.plan.burst)

    def error(self, *, at: datetime) -> QuotaExceeded:
        """Give it as of a moment, with the seconds to wait and the allowance."""
        return QuotaExceeded(
            retry_after=max(1, ceil((self.allowed_at - at).total_seconds())),
            allowance=allowance(
                policy=self.policy, plan=self.plan, arrival_at=self.arrival_at, at=at
            ),
            refusal=self,
        )


def add_missing_plans() -> None:
    """Add the plans that every registry starts with; operators change them in the admin."""
    for plan in PLANS:
        Plan.objects.get_or_create(name=plan["name"], defaults=plan)


def set_plan(*, name: str, items: int | None, period_seconds: int, burst: int) -> Plan:
    """Give the quota of this name, made or changed; without `items` there is no limit."""
    fields = {"items": items, "period_seconds": period_seconds, "burst": burst}
    return Plan.objects.update_or_create(name=name, defaults=fields)[0]


def charge(
    *, policy: str, subject: str, plan: Plan, items: int, at: datetime, key: ApiKey | None = None
) -> Allowance | None:
    """Count the items and give what is left, or None where there is no limit.

    `policy` says whose quota it is (`firm` or `address`), `subject` which one; what was asked with
    a `key` is noted for its firm's page.

    Raises QuotaExceeded, with the seconds to wait, the allowance and the Refusal, or
    TooManyItems; then nothing is counted.
    """
    noted = _noted(key, items, at)
    if plan.items is None:
        if key:
            with connection.cursor() as cursor:
                cursor.execute(NOTE_ALONE, noted)
        return None
    if items > plan.burst:
        raise TooManyItems(limit=plan.burst)
    each = _each(plan)
    parameters: dict[str, Any] = {
        "subject": meter_of(policy, subject),
        "at": at,
        "cost": each * items,
        "ahead": each * plan.burst,
    }
    statement = CHARGE_AND_NOTE if key else CHARGE_ALONE
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters | noted)
        charged_to, stood_at = cursor.fetchone()
    if charged_to is None:
        raise Refusal(policy, plan, items, max(stood_at or at, at)).error(at=at)
    return allowance(policy=policy, plan=plan, arrival_at=charged_to, at=at)


def charge_key(*, key: ApiKey, items: int, at: datetime) -> Allowance | None:
    """Count the items against the key's firm; see `charge`."""
    firm = key.firm
    return charge(policy=FIRM, subject=str(firm.id), plan=firm.plan, items=items, at=at, key=key)


def charge_address(*, address: str, items: int, at: datetime) -> Allowance | None:
    """Count the items against an IP address, for those who ask without a key; see `charge`."""
    return charge(
        policy="address", subject=_pseudonym(address), plan=anonymous_plan(), items=items, at=at
    )


def forget_meters(*, at: datetime) -> None:
    """Delete what was counted for subjects that a day ago had their whole quota again."""
    Meter.objects.filter(arrival_at__lt=at - METER_KEPT).delete()


def forget_usage(*, at: datetime) -> None:
    """Delete what was noted of days more than 400 days ago."""
    KeyUsage.objects.filter(day__lt=(at - USAGE_KEPT).date()).delete()


def _noted(key: ApiKey | None, items: int, at: datetime) -> dict[str, Any]:
    return {"key": key.id, "day": at.astimezone(UTC).date(), "items": items} if key else {}


def _each(plan: Plan) -> timedelta:
    """Give what one item of a limited plan costs."""
    return timedelta(seconds=plan.period_seconds / (plan.items or 1))


def _pseudonym(address: str) -> str:
    """Give a keyed hash of the address: enough to count by, nothing to find anybody by."""
    parsed = ip_address(address)
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped  # as a socket for both families reports IPv4
    if isinstance(parsed, IPv6Address):
        home = ip_network((int(parsed) >> IPV6_HOME << IPV6_HOME, IPV6_HOME))
        parsed = home.network_address
    return hmac(settings.SECRET_KEY.encode(), parsed.packed, sha256).hexdigest()[:32]
