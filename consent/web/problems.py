"""Refusals explained: one page for each code, which the `type` of every problem points to."""

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.module_loading import import_string
from django.views.decorators.http import require_safe

from consent.web.remedies import REMEDIES

BLANK = "…"


class _Blanks(dict[str, str]):
    """Fills what a sentence leaves open when it is about no particular request."""

    def __missing__(self, name: str) -> str:
        return BLANK


@require_safe
def problems(request: HttpRequest) -> HttpResponse:
    """List every code with its status and sentence."""
    listed = [
        {"code": code, "status": status, "sentence": text % _Blanks()}
        for code, (status, text) in catalogue().items()
    ]
    return render(request, "consent/problems.html", {"problems": listed})


@require_safe
def problem(request: HttpRequest, code: str) -> HttpResponse:
    """Say what a code means and what to do about it."""
    found = catalogue().get(code)
    if found is None:
        raise Http404
    status, text = found
    context = {
        "code": code,
        "status": status,
        "title": text % _Blanks(),
        "detail": REMEDIES.get(code, ""),
    }
    return render(request, "consent/problem.html", context)


def status_of(code: str) -> HTTPStatus:
    """Give the HTTP status of a refusal, for pages that show it."""
    return catalogue()[code][0]


def catalogue() -> dict[str, tuple[HTTPStatus, str]]:
    """Give the status and the sentence of every refusal, by its code."""
    listing: Callable[[], dict[str, tuple[HTTPStatus, str]]] = import_string(
        settings.PROBLEM_CATALOGUE
    )
    return listing()
