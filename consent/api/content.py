"""Bodies in and out: strict on what comes in, and both ways at C speed where it matters."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import IO, Any

import msgspec
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer

from consent.errors import BodyTooLarge, InvalidRecords, MalformedBody
from registry.errors import InvalidHash
from registry.identifiers import KEY_SIZE, Hashes, parse_hashes

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


class _Members(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What a batch may say beside its items, as nearly all do: in texts."""

    usage: str | msgspec.UnsetType = msgspec.UNSET
    detail: str | msgspec.UnsetType = msgspec.UNSET
    consistency: str | msgspec.UnsetType = msgspec.UNSET


class _Hash(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """An item that is a hash."""

    sha256: str


class _HashBatch(_Members):
    """A batch of nothing but hashes."""

    items: list[_Hash]


class _Batch(_Members):
    """A batch of which every item names one or more texts."""

    items: list[dict[str, str]]


_decode_hashes = msgspec.json.Decoder(_HashBatch).decode
_decode_batch = msgspec.json.Decoder(_Batch).decode


def _plain_batch(body: bytes) -> dict[str, Any] | None:
    """Give the members of a batch at C speed, or None where only the strict reading will do."""
    return _members(body, _decode_hashes, _hashes) or _members(body, _decode_batch, _texts)


def _members(
    body: bytes,
    decode: Callable[[bytes], Any],
    read_items: Callable[[list[Any]], tuple[Sequence[Any], int]],
) -> dict[str, Any] | None:
    """Give the members of a batch of the decoder's form.

    Each name and each text brings two quotation marks: where there are more, a name is repeated
    or a mark escaped.
    """
    try:
        batch = decode(body)
        items, texts = read_items(batch.items)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, InvalidHash):
        return None
    named = {name: getattr(batch, name) for name in _Members.__struct_fields__}
    members = {name: value for name, value in named.items() if value is not msgspec.UNSET}
    texts += 1 + 2 * len(members)
    return {**members, "items": items} if body.count(b'"') == 2 * texts else None


def _hashes(items: list[_Hash]) -> tuple[Hashes, int]:
    return parse_hashes([item.sha256 for item in items]), 2 * len(items)


def _texts(items: list[dict[str, str]]) -> tuple[list[dict[str, str]], int]:
    return items, 2 * sum(map(len, items))


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
