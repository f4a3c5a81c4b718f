"""Quotas as the edges need them."""

from consent.models import Plan

ANONYMOUS = "anonymous"


def anonymous_plan() -> Plan:
    """Give the quota of those who ask without a key."""
    return Plan.objects.get(name=ANONYMOUS)
