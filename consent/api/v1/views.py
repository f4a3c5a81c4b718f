"""May this be done with this item, or with these: the questions AI firms come for."""

from collections import Counter
from datetime import datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from consent import receipts
from consent.api import metering
from consent.api.authentication import key_of
from consent.api.content import Body
from consent.api.metering import MeteredView
from consent.api.v1 import answers, questions
from consent.api.v1.questions import AsOf
from consent.errors import InvalidItems, MalformedBody, UnknownParameter
from consent.labels import sentence
from consent.receipts import Answered, Asked, Receipt
from consent.selectors import lookups
from consent.selectors.lookups import Moment
from registry.errors import DomainError
from registry.identifiers import Identifier
from registry.vocabulary import IdentifierKind, Usage

MODIFIERS = {"usage", "at", "tree_size", "receipt"}
BATCH_FIELDS = {"usage", "items", "at", "tree_size", "detail"}
DETAILS = {"brief", "full"}
CACHED_SECONDS = 5
CACHE_NEVER = "private, no-store"


class ConsentView(MeteredView):
    """One item by GET, a batch by POST."""

    def get(self, request: Request) -> Response:
        """Answer for one item."""
        now = timezone.now()
        given = questions.only(MODIFIERS | set(IdentifierKind), request.query_params)
        usage = questions.usage_of(given.get("usage"))
        moment = _moment(questions.as_of(given.get("at"), given.get("tree_size")), now)
        item = questions.identifier_of(
            {name: value for name, value in given.items() if name not in MODIFIERS}
        )
        headers = metering.charge(request, items=1, at=now)
        [decision] = lookups.decisions(
            [item], usage=usage, organisation=_organisation(request), moment=moment
        )
        answer = {
            "item": answers.item_fields(item),
            "usage": usage,
            **answers.decision_fields(decision),
            "state": answers.state_fields(moment),
        }
        answered = [Answered(0, item, decision)]
        if request.auth or given.get("receipt") == "1":
            query = urlencode({item.kind.value: item.value, "usage": usage.value})
            asked = _asked(request, receipts.SINGLE, usage, query.encode())
            answer |= answers.receipt_fields(_receipt(asked, answered, moment, now))
        else:
            answer["valid_until"] = receipts.valid_until(answered, moment.decided_at, now)
        return _response(request, answer, headers, now)

    def post(self, request: Request) -> Response:
        """Answer for a batch, in order; a bad item is marked in its place."""
        now = timezone.now()
        body = _body(request)
        given = _members(body)
        usage = questions.usage_of(given.get("usage"))
        moment = _moment(questions.as_of(given.get("at"), given.get("tree_size")), now)
        is_full = _is_full(given.get("detail", "brief"))
        items = questions.items_of(given.get("items"))
        headers = metering.charge(request, items=len(items), at=now)
        answered = _answer(items, usage, request, moment)
        asked = _asked(request, receipts.BATCH, usage, body.octets)
        answer = {
            "usage": usage,
            "results": _results(items, answered, is_full=is_full),
            "summary": _summary(answered, len(items)),
            "state": answers.state_fields(moment),
            **answers.receipt_fields(_receipt(asked, answered, moment, now)),
        }
        return _response(request, answer, headers, now)


def _body(request: Request) -> Body:
    if not isinstance(request.data, Body):  # DRF gives an empty form where there is no body
        raise MalformedBody
    return request.data


def _members(body: Body) -> dict[str, Any]:
    if not isinstance(body.value, dict):
        raise InvalidItems
    for name in body.value:
        if name not in BATCH_FIELDS:
            raise UnknownParameter(name=name[:40].encode(errors="replace").decode())
    return body.value


def _is_full(detail: object) -> bool:
    if not isinstance(detail, str) or detail not in DETAILS:
        raise UnknownParameter(name="detail")
    return detail == "full"


def _moment(as_of: AsOf, now: datetime) -> Moment:
    if as_of.at is not None:
        return lookups.moment_at(at=as_of.at, now=now)
    if as_of.tree_size is not None:
        return lookups.moment_of_size(tree_size=as_of.tree_size)
    return lookups.present(at=now)


def _answer(
    items: list[Identifier | DomainError], usage: Usage, request: Request, moment: Moment
) -> list[Answered]:
    good = [(n, item) for n, item in enumerate(items) if isinstance(item, Identifier)]
    decided = lookups.decisions(
        [item for _, item in good],
        usage=usage,
        organisation=_organisation(request),
        moment=moment,
    )
    return [Answered(n, item, each) for (n, item), each in zip(good, decided, strict=True)]


def _results(
    items: list[Identifier | DomainError], answered: list[Answered], *, is_full: bool
) -> list[dict[str, Any]]:
    by_place = {
        answer.n: answers.decision_fields(answer.decision, full=is_full) for answer in answered
    }
    return [
        {"error": {"code": item.code, "detail": sentence(item)}}
        if isinstance(item, DomainError)
        else by_place[n]
        for n, item in enumerate(items)
    ]


def _summary(answered: list[Answered], asked: int) -> dict[str, Any]:
    verdicts = Counter(answer.decision.verdict.value for answer in answered)
    bases = Counter(answer.decision.basis.value for answer in answered)
    return {**verdicts, "error": asked - len(answered), "basis": dict(bases)}


def _organisation(request: Request) -> UUID | None:
    key = key_of(request)
    return key.firm.organisation_id if key else None


def _asked(request: Request, mode: str, usage: Usage, body: bytes) -> Asked:
    key = key_of(request)
    return Asked(
        mode=mode,
        usage=usage,
        body_sha256=sha256(body).hexdigest(),
        firm=key.firm_id if key else None,
        key=key.public_id if key else None,
    )


def _receipt(asked: Asked, answered: list[Answered], moment: Moment, now: datetime) -> Receipt:
    return receipts.issue(
        asked=asked,
        answers=answered,
        head=moment.head,
        rules=moment.rules,
        decided_at=moment.decided_at,
        issued_at=now,
        issuer=settings.PUBLIC_URL,
        keys=settings.REGISTRY_SIGNING_KEYS,
    )


def _response(
    request: Request, answer: dict[str, Any], headers: dict[str, str], now: datetime
) -> Response:
    is_shared = request.auth is None and request.method == "GET"
    cache = _shared_cache(answer["valid_until"], now) if is_shared else CACHE_NEVER
    return Response(answer, headers={**headers, "Cache-Control": cache, "Vary": "Authorization"})


def _shared_cache(valid_until: datetime, now: datetime) -> str:
    """Give five seconds, and never more than the answer has."""
    seconds = min(CACHED_SECONDS, int((valid_until - now).total_seconds()))
    return f"public, max-age={seconds}" if seconds > 0 else CACHE_NEVER
