"""May this be done with this item, or with these: the questions AI firms come for."""

from datetime import datetime
from hashlib import sha256
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import msgspec
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.http import parse_etags
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.mediatypes import media_type_matches

from consent import receipts
from consent.api import answering, idempotency, metering
from consent.api.authentication import key_of
from consent.api.concurrency import turn
from consent.api.content import Body, JSONParser, RecordsParser, RecordsRenderer
from consent.api.metering import MeteredView
from consent.api.v1 import answers, questions, schema
from consent.api.v1.questions import AsOf, Items
from consent.errors import InvalidItems, MalformedBody, UnknownParameter
from consent.labels import sentence
from consent.receipts import Answered, Receipt
from consent.rules import Decision
from consent.selectors import lookups
from consent.selectors.lookups import Moment
from registry.identifiers import Hashes
from registry.vocabulary import IdentifierKind, Verdict

MODIFIERS = {"usage", "at", "tree_size", "receipt"}
BATCH_FIELDS = {"usage", "items", "at", "tree_size", "detail", "consistency"}
RECORDS_PARAMETERS = {"usage", "at", "tree_size", "consistency"}
CACHED_SECONDS = 5
CACHE_NEVER = "private, no-store"
VARY = {"Vary": "Authorization"}


class ConsentView(MeteredView):
    """One item by GET, a batch by POST."""

    parser_classes = (JSONParser, RecordsParser)

    def get_renderers(self) -> list[BaseRenderer]:
        """Offer octets where records are sent."""
        sent = self.request.content_type if self.request.method == "POST" else ""
        is_records = media_type_matches(RecordsParser.media_type, sent)
        return [*super().get_renderers(), *([RecordsRenderer()] if is_records else [])]

    @schema.ask_one
    def get(self, request: Request) -> Response:
        """Answer for one item."""
        now = timezone.now()
        given = questions.only(MODIFIERS | set(IdentifierKind), request.query_params)
        usage = questions.usage_of(given.get("usage"))
        moment = _moment(questions.as_of(given.get("at"), given.get("tree_size")), now)
        item = questions.identifier_of(
            {name: value for name, value in given.items() if name not in MODIFIERS}
        )
        has_receipt = _one_of(given, "receipt", ("0", "1")) == "1" or request.auth is not None
        headers = metering.charge(request, items=1, at=now)
        [decision] = answering.decided(request, [item], usage=usage, moment=moment)
        answer = {
            "item": answers.item_fields(item),
            "usage": usage,
            **answers.decision_fields(decision),
            "state": answers.state_fields(moment),
        }
        answered = [Answered(0, item, decision)]
        if has_receipt:
            query = urlencode({item.kind.value: item.value, "usage": usage.value})
            asked = answering.asked(request, receipts.SINGLE, usage, query.encode())
            answer |= answers.receipt_fields(answering.receipt(asked, answered, moment, now))
        else:
            answer["valid_until"] = receipts.valid_until(answered, moment.decided_at, now)
        return _response(request, answer, headers, now)

    @schema.ask_many
    def post(self, request: Request) -> HttpResponseBase:
        """Answer for a batch, in order; a bad item is marked in its place."""
        with turn(key_of(request)):
            body = _body(request)
            return idempotency.once(request, body, lambda: self._batch(request, body))

    def _batch(self, request: Request, body: Body) -> Response | HttpResponse:
        now = timezone.now()
        is_records = isinstance(body.value, Hashes)
        given = _query(request, body.value) if is_records else _members(request, body.value)
        usage = questions.usage_of(given.get("usage"))
        as_of = questions.as_of(given.get("at"), given.get("tree_size"))
        moment = _moment(as_of, now)
        items = questions.items_of(given.get("items"))
        is_full = _one_of(given, "detail", ("brief", "full")) == "full"
        is_strong = _one_of(given, "consistency", ("default", "strong")) == "strong"
        is_brief = not is_full and as_of == AsOf()
        headers = metering.charge(request, items=len(items), at=now)
        decided = answering.decided(
            request,
            items.good,
            usage=usage,
            moment=moment,
            is_brief=is_brief,
            is_strong=is_strong,
        )
        answered = list(map(Answered, items.places, items.good, decided))
        asked = answering.asked(request, receipts.BATCH, usage, body.octets)
        receipt = answering.receipt(asked, answered, moment, now)
        if is_records:
            return _records(decided, headers | _receipt_headers(receipt))
        answer = {
            "usage": usage,
            "results": _results(items, decided, is_full=is_full),
            "summary": {**receipts.tally(decided), "error": len(items.refused)},
            "state": answers.state_fields(moment),
            **answers.receipt_fields(receipt),
        }
        return _response(request, answer, headers, now)


def _body(request: Request) -> Body:
    if not isinstance(request.data, Body):  # DRF gives an empty form where there is no body
        raise MalformedBody
    return request.data


def _members(request: Request, value: object) -> dict[str, Any]:
    """Give the members of a JSON batch; one in the address would be another question."""
    questions.only(set(), request.query_params)
    if not isinstance(value, dict):
        raise InvalidItems
    for name in value:
        if name not in BATCH_FIELDS:
            raise _unknown(name)
    return value


def _query(request: Request, hashes: Hashes) -> dict[str, Any]:
    """Give the members of a batch of records, which stand in the address."""
    return {**questions.only(RECORDS_PARAMETERS, request.query_params), "items": hashes}


def _one_of(given: dict[str, Any], name: str, values: tuple[str, ...]) -> str:
    """Give the member's value, the first where it is not given; raise UnknownParameter."""
    value = given.get(name, values[0])
    if not isinstance(value, str) or value not in values:
        raise _unknown(f"{name}={value}")
    return value


def _unknown(given: str) -> UnknownParameter:
    """Give the refusal; JSON may name half a surrogate pair, which no answer can repeat."""
    return UnknownParameter(name=given[:40].encode(errors="replace").decode())


def _moment(as_of: AsOf, now: datetime) -> Moment:
    if as_of.at is not None:
        return lookups.moment_at(at=as_of.at, now=now)
    if as_of.tree_size is not None:
        return lookups.moment_of_size(tree_size=as_of.tree_size)
    return lookups.present(at=now)


def _results(items: Items, decided: list[Decision], *, is_full: bool) -> list[Any]:
    results: list[Any] = answers.results(decided, full=is_full)
    for place, refusal in sorted(items.refused.items()):
        error = {"code": refusal.code, "detail": sentence(refusal)}
        results.insert(place, {"error": error})
    return results


def _records(decided: list[Decision], headers: dict[str, str]) -> HttpResponse:
    """Give one octet for each record: 1 for deny, 2 for allow."""
    octets = bytes(2 if decision.verdict is Verdict.ALLOW else 1 for decision in decided)
    headers |= {"Cache-Control": CACHE_NEVER, **VARY}
    return HttpResponse(octets, content_type=RecordsParser.media_type, headers=headers)


def _receipt_headers(receipt: Receipt) -> dict[str, str]:
    return {"Consent-Receipt": receipt.jws, "Consent-Receipt-Seed": receipt.seed}


def _response(
    request: Request, answer: dict[str, Any], headers: dict[str, str], now: datetime
) -> Response:
    if request.auth is not None or "receipt" in answer:
        return Response(answer, headers={**headers, "Cache-Control": CACHE_NEVER, **VARY})
    tag = _tag(answer)
    cache = _shared_cache(answer["valid_until"], now)
    headers = {**headers, "Cache-Control": cache, "ETag": tag, **VARY}
    if {tag, "*"} & set(parse_etags(request.headers.get("If-None-Match", ""))):
        return Response(status=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(answer, headers=headers)


def _tag(answer: dict[str, Any]) -> str:
    """Give a weak entity tag (RFC 9110 section 8.8.1) of all but the moment of the answer."""
    fields = answer | {"state": answer["state"] | {"decided_at": None}}
    lasting = {name: value for name, value in fields.items() if name != "valid_until"}
    return f'W/"{sha256(msgspec.json.encode(lasting)).hexdigest()[:32]}"'


def _shared_cache(valid_until: datetime, now: datetime) -> str:
    """Give five seconds, and never more than the answer has."""
    seconds = min(CACHED_SECONDS, int((valid_until - now).total_seconds()))
    return f"public, max-age={seconds}" if seconds > 0 else CACHE_NEVER
