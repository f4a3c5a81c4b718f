"""Refusals explained: one page for each code, which the `type` of every problem points to."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from consent.statuses import catalogue
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
