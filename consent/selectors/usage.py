"""How much a firm asked, by day and by key."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet, Sum
from django.db.models.functions import Coalesce

from consent.models import ApiKey, Firm, KeyUsage

SUMS = ("requests__sum", "items__sum")


@dataclass(frozen=True, slots=True)
class Day:
    """What a firm asked on a day, in UTC, with all its keys."""

    day: date
    requests: int
    items: int


def usage_by_day(firm: Firm, *, last: date, days: int) -> list[Day]:
    """Give each of the days up to the last one, also those on which nothing was asked."""
    first = last - timedelta(days=days - 1)
    noted = KeyUsage.objects.filter(key__firm=firm, day__gte=first, day__lte=last).values("day")
    sums = noted.annotate(Sum("requests"), Sum("items")).values_list("day", *SUMS)
    by_day = {day: Day(day, requests, items) for day, requests, items in sums}
    every_day = [first + timedelta(days=n) for n in range(days)]
    return [by_day.get(day, Day(day, 0, 0)) for day in every_day]


def usage_by_key(firm: Firm, *, last: date, days: int) -> QuerySet[ApiKey]:
    """Give the keys that asked within the days, with the sums of `requests` and `items`."""
    first = last - timedelta(days=days - 1)
    asked = ApiKey.objects.filter(firm=firm, usage__day__gte=first, usage__day__lte=last)
    return asked.annotate(
        requests=Coalesce(Sum("usage__requests"), 0), items=Coalesce(Sum("usage__items"), 0)
    ).order_by("-items", "public_id")


def usage_rows(firm: Firm) -> Iterator[tuple[date, str, int, int]]:
    """Give day, key id, requests and items of all that is kept, newest first."""
    rows = KeyUsage.objects.filter(key__firm=firm).order_by("-day", "key__public_id")
    yield from rows.values_list("day", "key__public_id", "requests", "items").iterator()
