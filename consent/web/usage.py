"""What a firm asked: a chart of thirty days, the sums of each key, and a table to download."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from consent.selectors.quotas import allowance_of
from consent.selectors.usage import usage_by_day, usage_by_key, usage_rows
from consent.web.acting import for_member

if TYPE_CHECKING:
    from collections.abc import Sequence

    from consent.models import FirmMember
    from consent.selectors.usage import Day

DAYS = 30
BAR_WIDTH = 10  # units of the chart
CHART_HEIGHT = 100


@dataclass(frozen=True, slots=True)
class Bar:
    """A day in the chart; lengths in units of the chart, from its upper left corner."""

    day: Day
    x: int
    y: float
    height: float


@require_safe
@for_member()
def usage(request: HttpRequest, member: FirmMember) -> HttpResponse:
    """Show what was asked within thirty days."""
    now = timezone.now()
    days = usage_by_day(member.firm, last=now.date(), days=DAYS)
    context = {
        "member": member,
        "firm": member.firm,
        "allowance": allowance_of(member.firm, at=now),
        "bars": _bars(days),
        "days": [day for day in reversed(days) if day.requests],
        "keys": usage_by_key(member.firm, last=now.date(), days=DAYS),
        "items": sum(day.items for day in days),
        "requests": sum(day.requests for day in days),
        "most": max(day.items for day in days),
        "width": BAR_WIDTH * DAYS,
        "height": CHART_HEIGHT,
    }
    return render(request, "consent/usage.html", context)


@require_safe
@for_member()
def usage_table(request: HttpRequest, member: FirmMember) -> HttpResponse:
    """Give all that is kept as CSV, a row for each day and key."""
    response = HttpResponse(
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="usage.csv"'},
    )
    table = csv.writer(response)
    table.writerow(["day", "key", "requests", "items"])
    table.writerows(usage_rows(member.firm))
    return response


def _bars(days: Sequence[Day]) -> list[Bar]:
    most = max(day.items for day in days) or 1
    heights = [round(day.items * CHART_HEIGHT / most, 1) for day in days]
    return [
        Bar(day, n * BAR_WIDTH, CHART_HEIGHT - height, height)
        for n, (day, height) in enumerate(zip(days, heights, strict=True))
    ]
