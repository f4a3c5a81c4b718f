"""The public record of a work: what its rightsholder declared, and the proof of it."""

from __future__ import annotations

from dataclasses import asdict
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from registry.ids import public_id
from registry.selectors.declarations import combined, history, newest_choices
from registry.selectors.log import tree_size
from registry.selectors.openings import opening_of
from registry.selectors.people import evidence_level
from registry.selectors.works import claims_of, public_work
from registry.web.shortfalls import granting_of
from registry.web.wording import claim_event, declaration_event, lines

if TYPE_CHECKING:
    from registry.models import Claim


@require_safe
def record(request: HttpRequest, work_id: UUID) -> HttpResponse:
    """Show a work as the published log has it; 410 once it was removed."""
    work = public_work(work_id)
    if work is None:
        raise Http404
    if work.removed_at:
        return render(request, "registry/removed.html", status=HTTPStatus.GONE)
    size = tree_size()
    owner = work.rightsholder
    claims = list(claims_of(work).filter(entry__index__lt=size))
    on_work = history(rightsholder=owner, work=work)
    on_catalogue = history(rightsholder=owner)
    published = {"entry__index__lt": size, "organisation": None}
    said, general = list(on_work.filter(**published)), list(on_catalogue.filter(**published))
    events = [claim_event(claim, tree_size=size) for claim in claims]
    events += [declaration_event(each, tree_size=size) for each in [*said, *general]]
    claim = claims[0] if claims else None
    context = {
        "work": work,
        "public_id": public_id("wrk", work.id),
        "tree_size": size,
        "claim": claim,
        "question": _question(claim),
        "lines": lines(
            combined(newest_choices(said), newest_choices(general)),
            timezone.now(),
            granting=granting_of(evidence_level(owner), claim),
        ),
        "events": sorted(events, key=lambda event: event.entry.id, reverse=True),
    }
    return render(request, "registry/record.html", context)


@require_safe
def entry_proof(request: HttpRequest, work_id: UUID, index: int) -> HttpResponse:
    """Give what an entry commits to and the proof that the log holds it, as JSON."""
    work = public_work(work_id)
    opening = opening_of(work, index=index) if work and not work.removed_at else None
    if opening is None:
        raise Http404
    return JsonResponse(asdict(opening), json_dumps_params={"indent": 2, "ensure_ascii": False})


def _question(claim: Claim | None) -> str:
    """Give how to ask the registry about a work: by the first thing it is recognised by."""
    item = next(iter(claim.identifiers.all()), None) if claim else None
    return urlencode({item.kind: item.value}) if item else ""
