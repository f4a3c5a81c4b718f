"""The check page: what the registry says about one item, for every usage, in plain words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from consent.errors import QuotaExceeded, StaleState
from consent.labels import BASIS_SENTENCES, VERDICT_LABELS, sentence
from consent.selectors import lookups
from consent.services import quotas
from consent.statuses import status_of
from consent.web.forms import CheckForm
from registry.identifiers import Identifier
from registry.labels import IDENTIFIER_KINDS, USAGE_HELP, USAGE_LABELS
from registry.selectors.works import public_works
from registry.vocabulary import Basis, Verdict

if TYPE_CHECKING:
    from uuid import UUID

    from django_stubs_ext import StrPromise

    from consent.rules import Decision
    from consent.selectors.lookups import Overview
    from registry.statements import Match, Statement
    from registry.vocabulary import Usage

KIND_LABELS = dict(IDENTIFIER_KINDS)
MOST_WORKS = 10
RETRY_SECONDS = 5

HEADLINES: dict[frozenset[Verdict], StrPromise] = {
    frozenset({Verdict.ALLOW}): _("Yes, for every use"),
    frozenset({Verdict.DENY}): _("No, for every use"),
    frozenset(Verdict): _("It depends on the use"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One decision, and the usages it is for; `said_at` is when it was declared so."""

    decision: Decision
    usages: list[Usage]
    said_at: datetime | None

    @property
    def answer(self) -> StrPromise:
        """The verdict in one word."""
        return VERDICT_LABELS[self.decision.verdict]

    @property
    def reason(self) -> StrPromise:
        """The basis in one sentence."""
        return BASIS_SENTENCES[self.decision.basis]

    @property
    def may_change_at(self) -> datetime | None:
        """When the answer may become another by itself, where that says something new.

        More proof does not come by waiting, and the end of a yes is named with it.
        """
        conditions, changes_at = self.decision.conditions, self.decision.changes_at
        is_said = conditions is not None and conditions.ends_at == changes_at
        return None if is_said or self.decision.basis is Basis.UNPROVEN_GRANT else changes_at

    @property
    def is_stated(self) -> bool:
        """Whether anybody has said anything about these usages."""
        return self.decision.basis is not Basis.UNSTATED

    @property
    def usage_lines(self) -> list[tuple[StrPromise, StrPromise]]:
        """Each usage with its explanation."""
        return [(USAGE_LABELS[usage], USAGE_HELP[usage]) for usage in self.usages]


@never_cache
@require_safe
def check(request: HttpRequest) -> HttpResponse:
    """Ask about a hash, an address or a number, and show what the registry answers.

    `q` is detected and sent on to the address that names its kind, which can be kept and shared.
    """
    given = _given(request.GET)
    if not given:
        return _page(request, CheckForm())
    form = CheckForm(given)
    if not form.is_valid():
        return _page(request, form, status=status_of("invalid-identifier"))
    if "q" in request.GET:
        return redirect(f"{reverse('consent:check')}?{_query(form.item)}")
    try:
        found = _answer(form.item, request)
    except (StaleState, QuotaExceeded) as refusal:
        return _not_now(request, form, refusal)
    return _page(request, CheckForm(), **found)


def _given(query: QueryDict) -> dict[str, str]:
    """Give what the form takes, also for an address that names the kind, as `?sha256=…` does."""
    for kind in KIND_LABELS:
        if value := str(query.get(kind, "")).strip():
            return {"q": value, "kind": kind}
    if "q" not in query:
        return {}
    return {"q": str(query["q"]), "kind": str(query.get("kind", ""))}


def _query(item: Identifier) -> str:
    return urlencode({item.kind.value: item.value})


def _answer(item: Identifier, request: HttpRequest) -> dict[str, Any]:
    now = timezone.now()
    moment = lookups.present(at=now)
    quotas.charge_address(address=request.META["REMOTE_ADDR"], items=1, at=now)
    overview = lookups.overview(item, organisation=None, moment=moment)
    works = public_works(match.work for match in overview.record.matches)
    others = _other_holders(overview.record.matches)
    return {
        "item": item,
        "kind": KIND_LABELS[item.kind],
        "is_known": bool(overview.record.matches or overview.record.statements),
        "headline": HEADLINES[
            frozenset(decision.verdict for decision in overview.decisions.values())
        ],
        "findings": _findings(overview),
        "works": [(work, others[work.id]) for work in works[:MOST_WORKS]],
        "more_works": max(0, len(works) - MOST_WORKS),
        "moment": moment,
        "api_url": f"{reverse('consent')}?{_query(item)}",
    }


def _findings(overview: Overview) -> list[Finding]:
    """Give each different decision once, with all its usages, in their order."""
    findings: dict[tuple[object, ...], Finding] = {}
    for usage, decision in overview.decisions.items():
        said_at = _said_at(decision, overview.record.statements)
        same = (decision.basis, decision.rule, decision.license, decision.conditions, said_at)
        findings.setdefault(same, Finding(decision, [], said_at)).usages.append(usage)
    return list(findings.values())


def _said_at(decision: Decision, statements: Iterable[Statement]) -> datetime | None:
    """Give since when it is refused, or when the last yes that was needed was said."""
    moments = [each.declared_at for each in statements if each.entry in decision.entries]
    if not moments:
        return None
    return max(moments) if decision.verdict is Verdict.ALLOW else min(moments)


def _other_holders(matches: Iterable[Match]) -> dict[UUID, list[str]]:
    """Give the names of those who hold each work together with whoever registered it."""
    return {
        match.work: [
            holder.name for holder in match.holders if holder.rightsholder != match.registrant
        ]
        for match in matches
    }


def _not_now(
    request: HttpRequest, form: CheckForm, refusal: StaleState | QuotaExceeded
) -> HttpResponse:
    """Say that the answer has to wait; the question stays in the form and in the address."""
    response = _page(request, form, status=status_of(refusal.code), refusal=sentence(refusal))
    response["Retry-After"] = str(refusal.details.get("retry_after", RETRY_SECONDS))
    return response


def _page(
    request: HttpRequest, form: CheckForm, *, status: HTTPStatus = HTTPStatus.OK, **found: Any
) -> HttpResponse:
    return render(request, "consent/check.html", {"form": form, **found}, status=status)
