"""The header `Idempotency-Key`: a request that is sent again gets the same answer, charged once."""

from __future__ import annotations

import re
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec
from django.http import HttpResponse
from django.utils import timezone
from rest_framework.response import Response

from consent.api import metering
from consent.api.authentication import key_of
from consent.errors import IdempotencyNeedsKey, InvalidIdempotencyKey
from consent.services import idempotency
from consent.services.idempotency import Answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http.response import HttpResponseBase
    from rest_framework.request import Request

    from consent.api.content import Body
    from consent.models import ApiKey

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
KEY = re.compile(r"[\x21-\x7e]{1,255}")


def once(
    request: Request, body: Body, answer: Callable[[], Response | HttpResponse]
) -> HttpResponseBase:
    """Give the answer, the one given before where the header names a request answered already.

    Only good answers are kept: a refused request may be sent again with the same key. Raises
    InvalidIdempotencyKey, IdempotencyNeedsKey, IdempotencyKeyReused and IdempotencyInProgress.
    """
    name = request.headers.get(HEADER)
    if name is None:
        return answer()
    if not KEY.fullmatch(name):
        raise InvalidIdempotencyKey
    key = key_of(request)
    if key is None:
        raise IdempotencyNeedsKey
    claimed = idempotency.claim(
        firm=key.firm_id, key=name, request_sha256=_digest(request, body, key), at=timezone.now()
    )
    if isinstance(claimed, Answer):
        return _response(claimed, {REPLAYED: "true"})
    try:
        given = _answer(answer())
        idempotency.keep(claim=claimed, answer=_lasting(given))
    except BaseException:
        idempotency.release(claim=claimed)
        raise
    return _response(given, {})


def _digest(request: Request, body: Body, key: ApiKey) -> bytes:
    """Give the hash of all that makes this the same request; a test is never a real one."""
    parts = (request.method, request.get_full_path(), request.content_type, key.is_test)
    return sha256(msgspec.json.encode(parts) + body.octets).digest()


def _answer(response: Response | HttpResponse) -> Answer:
    """Give what is sent: an answer that waits for its renderer is written out now."""
    if isinstance(response, Response):
        headers = {**response.headers, "Content-Type": "application/json"}
        return Answer(response.status_code, headers, msgspec.json.encode(response.data))
    return Answer(response.status_code, dict(response.headers), response.content)


def _lasting(answer: Answer) -> Answer:
    """Give the answer without what was true of its moment alone: the quota goes on counting."""
    headers = {name: text for name, text in answer.headers.items() if name not in metering.HEADERS}
    return replace(answer, headers=headers)


def _response(answer: Answer, more: dict[str, str]) -> HttpResponse:
    return HttpResponse(answer.body, status=answer.status, headers={**answer.headers, **more})
