"""Saying what AI may do, with one work or with all: see it, change it, undo it, take it back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from registry.errors import DomainError, InvalidUrl, InvalidWindow, TermsMissing, UrlTooLong
from registry.labels import sentence
from registry.selectors.declarations import (
    Said,
    combined,
    history,
    newest_choices,
    newest_terms,
)
from registry.selectors.log import tree_size
from registry.selectors.people import evidence_level
from registry.selectors.works import claims_of, works_of
from registry.services import declarations
from registry.tasks import integrate_log
from registry.vocabulary import Choice, Usage
from registry.web.acting import for_rightsholder
from registry.web.forms import ChoicesForm, PresetForm
from registry.web.presets import PRESETS, preset_of
from registry.web.shortfalls import granting_of
from registry.web.wording import claim_event, declaration_event, lines
from registry.web.works import own_work

if TYPE_CHECKING:
    from registry.models import Claim, Declaration, Rightsholder, Work

FIELDS_OF_REFUSALS = {
    InvalidUrl.code: "terms_url",
    UrlTooLong.code: "terms_url",
    TermsMissing.code: "contact",
    InvalidWindow.code: "ends_on",
}


@require_safe
@for_rightsholder
def work(request: HttpRequest, rightsholder: Rightsholder, work_id: UUID) -> HttpResponse:
    """Show a work: what it is, what counts for it, what was ever said about it."""
    return _page(request, rightsholder, own_work(rightsholder, work_id))


@require_safe
@for_rightsholder
def catalogue(request: HttpRequest, rightsholder: Rightsholder) -> HttpResponse:
    """Show what counts for all works at once."""
    return _page(request, rightsholder, None)


@for_rightsholder
def declare(
    request: HttpRequest, rightsholder: Rightsholder, work_id: UUID | None = None
) -> HttpResponse:
    """Say what AI may do, by a preset or usage by usage."""
    about = own_work(rightsholder, work_id) if work_id else None
    if request.method != "POST":
        return _back(about)
    form = PresetForm(request.POST) if "preset" in request.POST else ChoicesForm(request.POST)
    if form.is_valid():
        try:
            _declare(rightsholder, about, form)
        except DomainError as refusal:
            field = FIELDS_OF_REFUSALS.get(refusal.code)
            form.add_error(field if field in form.fields else None, sentence(refusal))
        else:
            return _done(request, about, _("Saved. It is being published."))
    return _page(request, rightsholder, about, form)


@for_rightsholder
def withdraw(
    request: HttpRequest, rightsholder: Rightsholder, work_id: UUID | None = None
) -> HttpResponse:
    """Take back all that stands."""
    about = own_work(rightsholder, work_id) if work_id else None
    if request.method != "POST":
        return _back(about)
    try:
        declarations.withdraw(rightsholder=rightsholder, work=about, at=timezone.now())
    except DomainError as refusal:
        messages.error(request, sentence(refusal))
        return _back(about)
    return _done(request, about, _("Taken back. From now on nothing is said here: that is no."))


@for_rightsholder
def undo(
    request: HttpRequest, rightsholder: Rightsholder, work_id: UUID | None = None
) -> HttpResponse:
    """Say again what stood before the last change."""
    about = own_work(rightsholder, work_id) if work_id else None
    newest = _uuid(request.POST.get("newest", ""))
    if request.method != "POST" or newest is None:
        return _back(about)
    try:
        declarations.undo(rightsholder=rightsholder, work=about, newest=newest, at=timezone.now())
    except DomainError as refusal:
        messages.error(request, sentence(refusal))
        return _back(about)
    return _done(request, about, _("Undone. What stood before stands again."))


def _declare(
    rightsholder: Rightsholder, about: Work | None, form: PresetForm | ChoicesForm
) -> None:
    declarations.declare(
        rightsholder=rightsholder,
        work=about,
        choices=form.choices,
        terms=form.terms(form.choices),
        at=timezone.now(),
        is_complete=True,
    )


def _done(request: HttpRequest, about: Work | None, text: str) -> HttpResponse:
    integrate_log.delay_on_commit()
    link = format_html('<a href="#undo">{}</a>', _("Undo"))
    messages.success(request, format_html("{} {}", text, link))
    return _back(about)


def _back(about: Work | None) -> HttpResponse:
    return redirect(reverse("work", args=[about.id]) if about else reverse("catalogue"))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _page(
    request: HttpRequest,
    rightsholder: Rightsholder,
    about: Work | None,
    form: PresetForm | ChoicesForm | None = None,
) -> HttpResponse:
    size = tree_size()
    claims = list(claims_of(about)) if about else []
    said = list(history(rightsholder=rightsholder, work=about))
    events = [claim_event(claim, tree_size=size) for claim in claims]
    events += [declaration_event(declaration, tree_size=size) for declaration in said]
    context = {
        "work": about,
        "rightsholder": rightsholder,
        "works_count": None if about else works_of(rightsholder).count(),
        "claim": claims[0] if claims else None,
        "events": sorted(events, key=lambda event: event.entry.id, reverse=True),
        "newest": next((each for each in said if each.organisation_id is None), None),
        "presets": PRESETS,
        **_choices(rightsholder, about, claims, said, form),
    }
    return render(request, "registry/work.html" if about else "registry/catalogue.html", context)


def _choices(
    rightsholder: Rightsholder,
    about: Work | None,
    claims: list[Claim],
    said: list[Declaration],
    form: PresetForm | ChoicesForm | None,
) -> dict[str, Any]:
    """Give what counts now, and the forms to change it, one of them perhaps with errors."""
    at = timezone.now()
    general = list(history(rightsholder=rightsholder)) if about else []
    own = {usage: each for usage, each in newest_choices(said).items() if each.stands(at)}
    preset_form, choices_form = _forms(rightsholder, own, form)
    return {
        "lines": lines(
            combined(newest_choices(said), newest_choices(general)),
            at,
            granting=granting_of(evidence_level(rightsholder), claims[0] if claims else None),
            beneath=combined(
                newest_choices(said, passing_over=Choice.ALLOW),
                newest_choices(general, passing_over=Choice.ALLOW),
            ),
        ),
        "is_anything_said": bool(own),
        "current": preset_of({usage: each.choice for usage, each in own.items()}),
        "preset_form": preset_form,
        "choices_form": choices_form,
    }


def _forms(
    rightsholder: Rightsholder, own: dict[Usage, Said], form: PresetForm | ChoicesForm | None
) -> tuple[PresetForm, ChoicesForm]:
    """Give both forms; one that came back as it was, the other with what stands."""
    terms_url, contact = newest_terms(rightsholder)
    terms = {"terms_url": terms_url, "contact": contact}
    ends = {each.declaration.ends_at for each in own.values()}
    ends_at = ends.pop() if len(ends) == 1 else None
    stated = {
        **terms,
        **{usage.value: each.choice for usage, each in own.items()},
        "ends_on": ends_at - timedelta(days=1) if ends_at else None,
    }
    return (
        form if isinstance(form, PresetForm) else PresetForm(initial=terms),
        form if isinstance(form, ChoicesForm) else ChoicesForm(initial=stated),
    )
