"""Bodies in and out: strict on what comes in, and both ways at C speed where it matters."""

import json
from collections.abc import Mapping
from typing import IO, Any

import msgspec
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer

from consent.errors import BodyTooLarge, InvalidRecords, MalformedBody
from registry.identifiers import KEY_SIZE, Hashes

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
        body = read(stream, limit_of(parser_context))
        return Body(_plain_batch(body) or _strict(body), body)


class RecordsParser(BaseParser):
    """Reads SHA-256 records of 32 octets each."""

    media_type = "application/octet-stream"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """Give the hashes; raise BodyTooLarge or InvalidRecords."""
        body = read(stream, limit_of(parser_context))
        if not body or len(body) % KEY_SIZE:
            raise InvalidRecords
        return Body(Hashes(body), body)


class RecordsRenderer(JSONRenderer):
    """Agreed on where octets are wanted; the view writes those, and only refusals come here."""

    media_type = RecordsParser.media_type


class Body:
    """A parsed body beside its bytes, which the receipt names by their hash."""

    def __init__(self, value: Any, octets: bytes) -> None:
        """Keep both."""
        self.value = value
        self.octets = octets


def limit_of(parser_context: Mapping[str, Any] | None) -> int:
    """Give how many bytes whoever asks may send."""
    request = (parser_context or {}).get("request")
    return BODY_LIMIT if request and request.auth else ANONYMOUS_LIMIT


def read(stream: IO[bytes], limit: int) -> bytes:
    """Give the whole body, read as a stream; raise BodyTooLarge past the limit in bytes.

    Raises MalformedBody where less came than was announced: the sender broke off.
    """
    body = stream.read(limit + 1)
    if len(body) > limit:
        raise BodyTooLarge(limit=limit)
    if len(body) < int(getattr(stream, "META", {}).get("CONTENT_LENGTH") or 0):
        raise MalformedBody
    return body


class _Batch(msgspec.Struct, forbid_unknown_fields=True):
    """A batch as nearly all are: every item names one or more texts."""

    items: list[dict[str, str]]
    usage: str | msgspec.UnsetType = msgspec.UNSET
    detail: str | msgspec.UnsetType = msgspec.UNSET
    consistency: str | msgspec.UnsetType = msgspec.UNSET


_decode_batch = msgspec.json.Decoder(_Batch).decode


def _plain_batch(body: bytes) -> dict[str, Any] | None:
    """Give the members of a batch at C speed, or None where only the strict reading will do.

    Each name and each text brings two quotation marks: where there are more, a name is repeated
    or a mark escaped.
    """
    try:
        batch = _decode_batch(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    members = {
        name: value
        for name in batch.__struct_fields__
        if (value := getattr(batch, name)) is not msgspec.UNSET
    }
    texts = 2 * len(members) - 1 + 2 * sum(map(len, batch.items))
    return members if body.count(b'"') == 2 * texts else None


def _strict(body: bytes) -> Any:
    """Give what a JSON text says; raise MalformedBody where it could be read in two ways."""
    try:
        value = json.loads(body.decode(), object_pairs_hook=_unique, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise MalformedBody from error
    if _depth(value) > DEEPEST:
        raise MalformedBody
    return value


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
