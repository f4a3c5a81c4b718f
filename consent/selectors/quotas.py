"""Quotas as the edges need them."""

from dataclasses import dataclass
from datetime import datetime
from math import ceil

from consent.models import Firm, Meter, Plan

ANONYMOUS = "anonymous"
FIRM = "firm"  # the policy of those who ask with a key


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of a quota: `remaining` items now, all of them again after `reset_seconds`."""

    policy: str
    items: int
    period_seconds: int
    remaining: int
    reset_seconds: int


def anonymous_plan() -> Plan:
    """Give the quota of those who ask without a key."""
    return Plan.objects.get(name=ANONYMOUS)


def allowance_of(firm: Firm, *, at: datetime) -> Allowance | None:
    """Give what is left of a firm's quota, counting nothing, or None where there is no limit."""
    if firm.plan.items is None:
        return None
    meter = Meter.objects.filter(subject=meter_of(FIRM, str(firm.id))).first()
    arrival_at = meter.arrival_at if meter else at
    return allowance(policy=FIRM, plan=firm.plan, arrival_at=arrival_at, at=at)


def meter_of(policy: str, subject: str) -> str:
    """Give the key of the row that counts for a subject."""
    return f"{policy}:{subject}"


def allowance(*, policy: str, plan: Plan, arrival_at: datetime, at: datetime) -> Allowance:
    """Give what a meter leaves of a limited plan."""
    each = plan.period_seconds / (plan.items or 1)
    ahead = max(0.0, (arrival_at - at).total_seconds())
    return Allowance(
        policy=policy,
        items=plan.items or 0,
        period_seconds=plan.period_seconds,
        remaining=max(0, int(plan.burst - ahead / each)),
        reset_seconds=ceil(ahead),
    )
