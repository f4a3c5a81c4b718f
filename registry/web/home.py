"""The first page."""

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from registry.selectors.signatures import signatures_count
from registry.selectors.works import works_count

COUNTS_SECONDS = 60  # how old the figures of the first page may be


def _counts() -> dict[str, int]:
    return {"signatures_count": signatures_count(), "works_count": works_count()}


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show what this is, and how far it has come."""
    counts = cache.get_or_set("home-counts", _counts, COUNTS_SECONDS)
    return render(request, "registry/home.html", counts)
