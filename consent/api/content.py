"""JSON in and out: strict on what comes in, at C speed on what goes out."""

import json
from collections.abc import Mapping
from typing import IO, Any

import msgspec
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer

from consent.errors import BodyTooLarge, MalformedBody

BODY_LIMIT = 32 * 1024 * 1024  # bytes: 10,000 items of 3,200 each
ANONYMOUS_LIMIT = 1024 * 1024  # bytes: more than the largest anonymous batch needs
DEEPEST = 16

_encode = msgspec.json.Encoder().encode


class JSONRenderer(BaseRenderer):
    """Writes JSON."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        """Give UTF-8 JSON; times in RFC 3339, enumerations as their values."""
        return b"" if data is None else _encode(data)


class JSONParser(BaseParser):
    """Reads JSON, refusing what RFC 8259 leaves open to two readings."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """Give what the body says; raise BodyTooLarge or MalformedBody."""
        request = (parser_context or {}).get("request")
        body = read(stream, BODY_LIMIT if request and request.auth else ANONYMOUS_LIMIT)
        try:
            value = json.loads(body, object_pairs_hook=_unique, parse_constant=_refuse)
        except (ValueError, RecursionError) as error:
            raise MalformedBody from error
        if _depth(value) > DEEPEST:
            raise MalformedBody
        return Body(value, body)


class Body:
    """A parsed body beside its bytes, which the receipt names by their hash."""

    def __init__(self, value: Any, octets: bytes) -> None:
        """Keep both."""
        self.value = value
        self.octets = octets


def read(stream: IO[bytes], limit: int) -> bytes:
    """Give the whole body, read as a stream; raise BodyTooLarge past the limit in bytes."""
    body = stream.read(limit + 1)
    if len(body) > limit:
        raise BodyTooLarge(limit=limit)
    return body


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise MalformedBody
    return members


def _refuse(constant: str) -> None:
    raise MalformedBody


def _depth(value: Any) -> int:
    """Give how deep arrays and objects are nested, without recursion."""
    depth, level = 0, [value]
    while level := [each for each in level if isinstance(each, dict | list)]:
        depth += 1
        level = [
            inner for each in level for inner in (each.values() if isinstance(each, dict) else each)
        ]
    return depth
