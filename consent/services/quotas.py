"""Counting what is asked against what may be asked, in one SQL statement."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from django.db import connection

from consent.errors import QuotaExceeded, TooManyItems
from consent.models import Plan
from consent.selectors.quotas import ANONYMOUS

STANDARD = "standard"
UNLIMITED = "unlimited"

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
)
SELECT (SELECT arrival_at FROM charged),
       (SELECT arrival_at FROM consent_meter WHERE subject = %(subject)s)
"""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of a quota: `remaining` items now, all of them again after `reset_seconds`."""

    policy: str
    items: int
    period_seconds: int
    remaining: int
    reset_seconds: int


def add_missing_plans() -> None:
    """Add the plans that every registry starts with; operators change them in the admin."""
    for plan in PLANS:
        Plan.objects.get_or_create(name=plan["name"], defaults=plan)


def charge(*, policy: str, subject: str, plan: Plan, items: int, at: datetime) -> Allowance | None:
    """Count the items and give what is left, or None where there is no limit.

    `policy` says whose quota it is (`firm` or `address`), `subject` which one.

    Raises QuotaExceeded, with the seconds to wait and the allowance, or TooManyItems; then
    nothing is counted.
    """
    if plan.items is None:
        return None
    if items > plan.burst:
        raise TooManyItems(limit=plan.burst)
    each = timedelta(seconds=plan.period_seconds / plan.items)
    ahead = each * plan.burst
    cost = each * items
    parameters: dict[str, Any] = {
        "subject": f"{policy}:{subject}",
        "at": at,
        "cost": cost,
        "ahead": ahead,
    }
    with connection.cursor() as cursor:
        cursor.execute(CHARGE, parameters)
        charged_to, stood_at = cursor.fetchone()
    if charged_to is None:
        wait = max(stood_at or at, at) + cost - ahead - at
        raise QuotaExceeded(
            retry_after=max(1, ceil(wait.total_seconds())),
            allowance=_allowance(policy, plan, stood_at or at, at),
        )
    return _allowance(policy, plan, charged_to, at)


def _allowance(policy: str, plan: Plan, arrival_at: datetime, at: datetime) -> Allowance:
    each = plan.period_seconds / (plan.items or 1)
    ahead = max(0.0, (arrival_at - at).total_seconds())
    return Allowance(
        policy=policy,
        items=plan.items or 0,
        period_seconds=plan.period_seconds,
        remaining=max(0, int(plan.burst - ahead / each)),
        reset_seconds=ceil(ahead),
    )
