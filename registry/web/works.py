"""The works of a rightsholder: list, register, look at, correct, remove."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from registry.errors import DomainError, NothingToRegister, TooManyWorks
from registry.labels import MEDIA, sentence
from registry.selectors.declarations import (
    combined,
    history,
    newest_choices,
    newest_choices_by_work,
    newest_terms,
)
from registry.selectors.log import tree_size
from registry.selectors.people import evidence_level
from registry.selectors.works import (
    first_claims,
    work_of,
    works_being_published,
    works_of,
)
from registry.services import works as services
from registry.tasks import integrate_log
from registry.vocabulary import Medium
from registry.web.acting import for_rightsholder
from registry.web.forms import WorkForm
from registry.web.presets import PRESETS, preset_of
from registry.web.registration import (
    FIELDS_OF_REFUSALS,
    WORKS_AT_ONCE,
    ItemForm,
    RegistrationForm,
    items_from,
    items_in,
)
from registry.web.shortfalls import granting_of
from registry.web.wording import Line, lines

if TYPE_CHECKING:
    from registry.models import Rightsholder, Work

PAGE = 25
SEARCH_LENGTH = 300


@require_safe
@for_rightsholder
def works(request: HttpRequest, rightsholder: Rightsholder) -> HttpResponse:
    """List the works with what counts for each."""
    search = request.GET.get("search", "").replace("\x00", "").strip()[:SEARCH_LENGTH]
    page = Paginator(works_of(rightsholder, search=search), PAGE).get_page(request.GET.get("page"))
    context = {
        "search": search,
        "page": page,
        "rows": _rows(rightsholder, list(page)),
        "rightsholder": rightsholder,
    }
    return render(request, "registry/works.html", context)


def _rows(rightsholder: Rightsholder, shown: list[Work]) -> list[dict[str, Any]]:
    at = timezone.now()
    level = evidence_level(rightsholder)
    claims = first_claims(shown)
    on_catalogue = newest_choices(history(rightsholder=rightsholder))
    on_works = newest_choices_by_work(shown)
    waiting = works_being_published(shown, tree_size=tree_size())
    return [
        {
            "work": work,
            "is_waiting": work.id in waiting,
            **_summary(
                lines(
                    combined(on_works[work.id], on_catalogue),
                    at,
                    granting=granting_of(level, claims.get(work.id)),
                )
            ),
        }
        for work in shown
    ]


def _summary(said: list[Line]) -> dict[str, Any]:
    """Give what counts for a work at a glance: a preset's name, or what was stated."""
    stated = [line for line in said if line.is_stated]
    return {
        "preset": preset_of({line.usage: line.choice for line in stated}),
        "stated": stated,
        "is_general": bool(stated) and all(line.is_general for line in stated),
        "is_effective": all(line.is_effective for line in stated),
    }


@csrf_exempt  # reading the token reads the form, which may be too large; checked again below
@login_required
@require_http_methods(["GET", "POST"])
def register_works(request: HttpRequest) -> HttpResponse:
    """Register works out of one form, as many as fit into one."""
    try:
        request.POST  # noqa: B018  # read here, so that a refusal becomes a page
    except (TooManyFieldsSent, RequestDataTooBig):
        return _too_many(request)
    return _register_works(request)


def _too_many(request: HttpRequest) -> HttpResponse:
    """Say that the form could not even be read; the browser still holds what was in it."""
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    context = {
        "title": _("Too many works at once"),
        "detail": sentence(TooManyWorks(limit=WORKS_AT_ONCE)),
        "status": status.value,
    }
    return render(request, "problem.html", context, status=status)


@csrf_protect
@for_rightsholder
def _register_works(request: HttpRequest, rightsholder: Rightsholder) -> HttpResponse:
    if request.method != "POST":
        terms_url, contact = newest_terms(rightsholder)
        form = RegistrationForm(initial={"terms_url": terms_url, "contact": contact})
        return _registration_page(request, form, [])
    form = RegistrationForm(request.POST)
    items = items_in(request.POST)
    if not form.is_valid():
        return _registration_page(request, form, items)
    lines = form.cleaned_data["lines"]
    try:
        _check_number(len(items) + len(lines))
    except DomainError as refusal:
        form.add_error("lines", sentence(refusal))
        return _registration_page(request, form, items)
    if lines:
        return _registration_page(request, _without_lines(request), [*items, *items_from(lines)])
    return _register(request, rightsholder, form, items)


def _check_number(count: int) -> None:
    if not count:
        raise NothingToRegister
    if count > WORKS_AT_ONCE:
        raise TooManyWorks(limit=WORKS_AT_ONCE)


def _without_lines(request: HttpRequest) -> RegistrationForm:
    """Give the form as sent, but for the lines, which have become items."""
    post = request.POST.copy()
    post["lines"] = ""
    return RegistrationForm(post)


def _register(
    request: HttpRequest, rightsholder: Rightsholder, form: RegistrationForm, items: list[ItemForm]
) -> HttpResponse:
    """Register what is fine, and show again what is not, with the reason."""
    ready = [item for item in items if item.is_valid()]
    holders = form.holders_beside(rightsholder.name)
    terms = form.terms(form.choices)
    try:
        outcomes = services.register_works(
            rightsholder=rightsholder,
            drafts=[item.draft(holders, form.choices, terms) for item in ready],
            at=timezone.now(),
        )
    except DomainError as refusal:
        form.add_error(None, sentence(refusal))
        return _registration_page(request, form, items)
    integrate_log.delay_on_commit()
    for item, outcome in zip(ready, outcomes, strict=True):
        if outcome.refusal:
            item.refuse(outcome.refusal)
    registered = [outcome.work for outcome in outcomes if outcome.work]
    _tell(request, len(registered))
    refused = [item for item in items if not item.is_valid()]
    if refused:
        return _registration_page(request, form, refused)
    return redirect("work", registered[0].id) if len(registered) == 1 else redirect("works")


def _tell(request: HttpRequest, count: int) -> None:
    if count:
        text = ngettext("%(count)d work is registered.", "%(count)d works are registered.", count)
        messages.success(request, text % {"count": count})


def _registration_page(
    request: HttpRequest, form: RegistrationForm, items: list[ItemForm]
) -> HttpResponse:
    context = {
        "form": form,
        "files": [item.row for item in items if item.is_file],
        "items": [item.row for item in items if not item.is_file],
        "is_check": any(item.is_new for item in items),
        "refused_count": sum(bool(item.error) for item in items),
        "media": MEDIA,
        "presets": PRESETS,
        "works_at_once": WORKS_AT_ONCE,
    }
    return render(request, "registry/register.html", context)


@require_http_methods(["GET", "POST"])
@for_rightsholder
def correct_work(request: HttpRequest, rightsholder: Rightsholder, work_id: UUID) -> HttpResponse:
    """Change what is shown of a work."""
    work = own_work(rightsholder, work_id)
    shown = {"title": work.title, "medium": work.medium, "year": work.year}
    form = WorkForm(request.POST or None, initial=shown)
    if form.is_valid():
        try:
            services.correct_work(
                work=work,
                title=form.cleaned_data["title"],
                medium=Medium(form.cleaned_data["medium"]),
                year=form.cleaned_data["year"],
                at=timezone.now(),
            )
        except DomainError as refusal:
            form.add_error(FIELDS_OF_REFUSALS.get(refusal.code), sentence(refusal))
        else:
            messages.success(request, _("Corrected."))
            return redirect("work", work_id)
    return render(request, "registry/correct_work.html", {"form": form, "work": work})


@require_http_methods(["GET", "POST"])
@for_rightsholder
def remove_work(request: HttpRequest, rightsholder: Rightsholder, work_id: UUID) -> HttpResponse:
    """Ask once more, then remove a registration."""
    work = own_work(rightsholder, work_id)
    if request.method != "POST":
        return render(request, "registry/remove_work.html", {"work": work})
    try:
        services.remove_work(work=work, at=timezone.now())
    except DomainError as refusal:
        messages.error(request, sentence(refusal))
    else:
        integrate_log.delay_on_commit()
        messages.success(request, _("“%(title)s” is removed.") % {"title": work.title})
    return redirect("works")


def own_work(rightsholder: Rightsholder, work_id: UUID) -> Work:
    """Give a registered work of the rightsholder, or raise Http404: others' are not shown."""
    work = work_of(rightsholder, work_id)
    if work is None:
        raise Http404
    return work
