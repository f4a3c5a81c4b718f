"""Counting what is asked against what may be asked (GCRA, in one SQL statement)."""

from consent.models import Plan

ANONYMOUS = "anonymous"
STANDARD = "standard"

PLANS = (
    {"name": ANONYMOUS, "items": 120, "period_seconds": 60, "burst": 60},
    {"name": STANDARD, "items": 1_000_000, "period_seconds": 3600, "burst": 200_000},
    {"name": "unlimited", "items": None, "period_seconds": 3600, "burst": 1},
)


def add_missing_plans() -> None:
    """Add the plans that every registry starts with; operators change them in the admin."""
    for plan in PLANS:
        Plan.objects.get_or_create(name=plan["name"], defaults=plan)
