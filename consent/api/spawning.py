"""The wire format of Spawning's API, version 2, so that its clients can ask here instead."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

from django.utils import timezone
from rest_framework.parsers import BaseParser
from rest_framework.response import Response

from consent import receipts
from consent.api import answering, metering
from consent.api.authentication import KeyAuthentication, key_of
from consent.api.concurrency import turn
from consent.api.content import BODY_LIMIT, Body, read
from consent.api.metering import MeteredView
from consent.api.v1 import answers, questions, schema
from consent.api.v1.questions import MOST_ITEMS
from consent.errors import InvalidKey, InvalidLines, TooManyItems
from consent.receipts import Answered
from consent.selectors import lookups
from registry.errors import DomainError
from registry.identifiers import Identifier, parse
from registry.vocabulary import Basis, IdentifierKind, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rest_framework.request import Request

    from consent.rules import Decision

REFUSED = frozenset({Basis.REFUSED, Basis.SIMILAR_REFUSED, Basis.LOCATION_REFUSED})


class SpawningAuthentication(KeyAuthentication):
    """The same keys, in the header `Authorization: API …` that these clients send."""

    schemes = ("api", "bearer")
    challenge = 'API realm="consent"'


class LinesParser(BaseParser):
    """Reads one URL a line, and blank lines."""

    media_type = "text/plain"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """Give the lines as they were sent; raise BodyTooLarge, TooManyItems or InvalidLines."""
        body = read(stream, BODY_LIMIT)
        if body.count(b"\n") > MOST_ITEMS:  # the last line of a file may end with one, too
            raise TooManyItems(limit=MOST_ITEMS)
        try:
            return Body(body.decode().split("\n"), body)
        except UnicodeDecodeError as error:
            raise InvalidLines from error


class QueryUrlsView(MeteredView):
    """May the works at these addresses be used: one entry for each line."""

    authentication_classes = (SpawningAuthentication,)
    parser_classes = (LinesParser,)

    @schema.query_urls
    def post(self, request: Request) -> Response:
        """Answer in the order of the lines; `optIn` and `optOut` are false for a blank one."""
        key = key_of(request)
        if key is None:
            raise InvalidKey
        with turn(key):
            return _answer(request, is_strict=key.is_strict)


def _answer(request: Request, *, is_strict: bool) -> Response:
    now = timezone.now()
    usage = questions.usage_of(questions.only({"usage"}, request.query_params).get("usage"))
    body = _body(request)
    lines: list[str] = body.value
    read_lines = [_url(line) for line in lines]
    asked_for = sum(each is not None for each in read_lines)
    if asked_for > MOST_ITEMS:
        raise TooManyItems(limit=MOST_ITEMS)
    moment = lookups.present(at=now)
    headers = metering.charge(request, items=asked_for, at=now)
    places = [place for place, each in enumerate(read_lines) if isinstance(each, Identifier)]
    items = [each for each in read_lines if isinstance(each, Identifier)]
    decided = answering.decided(request, items, usage=usage, moment=moment, is_brief=True)
    asked = answering.asked(request, receipts.BATCH, usage, body.octets)
    receipt = answering.receipt(asked, list(map(Answered, places, items, decided)), moment, now)
    found = dict(zip(places, decided, strict=True))
    answer = {
        "urls": [
            {"url": line, **_entry(found.get(place), read_lines[place], is_strict)}
            for place, line in enumerate(lines)
        ],
        "state": answers.state_fields(moment),
        **answers.receipt_fields(receipt),
    }
    return Response(answer, headers={**headers, "Cache-Control": "private, no-store"})


def _body(request: Request) -> Body:
    """Give the lines; a body without a length is not read, and must not pass for a blank line."""
    if not isinstance(request.data, Body):
        raise InvalidLines
    return request.data


def _url(line: str) -> Identifier | DomainError | None:
    """Give the URL of a line, its refusal, or None for a blank line."""
    if not line.strip():
        return None
    try:
        return parse(IdentifierKind.URL, line.strip())
    except DomainError as refusal:
        return refusal


def _entry(
    decision: Decision | None, line: Identifier | DomainError | None, is_strict: bool
) -> dict[str, Any]:
    """Give what stands beside a URL; one that cannot be read is never an opt-in."""
    if decision is None:
        is_bad = isinstance(line, DomainError)
        entry = {"optOut": is_bad and is_strict, "optIn": False}
        return entry | ({"error": line.code} if isinstance(line, DomainError) else {})
    is_allowed = decision.verdict is Verdict.ALLOW
    return {
        "optOut": not is_allowed and (is_strict or decision.basis in REFUSED),
        "optIn": is_allowed,
        "verdict": decision.verdict,
        "preference": decision.preference,
        "basis": decision.basis,
        "rule": decision.rule,
    }
