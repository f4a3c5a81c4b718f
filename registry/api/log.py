"""The transparency log as C2SP tlog-tiles serves it, and proofs as JSON."""

from base64 import b64encode
from collections.abc import Iterable

from django.http import Http404, HttpResponse
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from registry.api import schema
from registry.errors import UnknownEntry, UnknownLog
from registry.log.tiles import TILE_WIDTH, TilePath
from registry.selectors import log as logs

IMMUTABLE = "public, max-age=31536000, immutable"
BRIEF = "public, max-age=2"
LARGEST = 2**63 - 1


class FileNegotiation(DefaultContentNegotiation):
    """A file is what it is, whatever the client would rather have; only refusals are rendered."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """Give the first."""
        first = next(iter(renderers))
        return first, first.media_type


class CheckpointView(APIView):
    """The newest signed checkpoint."""

    authentication_classes = ()
    content_negotiation_class = FileNegotiation

    @schema.checkpoint
    def get(self, request: Request, name: str) -> HttpResponse:
        """Give it as a note; raise Http404."""
        note = logs.checkpoint_note(name)
        if note is None:
            raise Http404
        return _file(note.encode(), "text/plain; charset=utf-8", BRIEF)


class TileView(APIView):
    """A tile of hashes or a bundle of entries; what is published never changes."""

    authentication_classes = ()
    content_negotiation_class = FileNegotiation

    @schema.tile
    def get(self, request: Request, name: str, path: str) -> HttpResponse:
        """Give its octets; raise Http404."""
        try:
            place = TilePath.parse(f"tile/{path}")
        except ValueError as error:
            raise Http404 from error
        if place.width > TILE_WIDTH or place.number > LARGEST // TILE_WIDTH:
            raise Http404
        content = logs.resource(name, place)
        if content is None:
            raise Http404
        return _file(content, "application/octet-stream", IMMUTABLE)


class LogView(APIView):
    """The log's name, public keys and newest state."""

    authentication_classes = ()

    @schema.log_state
    def get(self, request: Request, name: str) -> Response:
        """Give what a verifier needs to start; raise UnknownLog."""
        head, keys = logs.head(name), logs.verifier_keys(name)
        if head is None or not keys:
            raise UnknownLog
        return Response(
            {
                "name": name,
                "verifier_keys": keys,
                "tree_size": head.size,
                "root": head.root,
                "published_at": head.published_at,
            }
        )


class InclusionView(APIView):
    """That an entry is in the log."""

    authentication_classes = ()

    @schema.inclusion
    def get(self, request: Request, name: str) -> Response:
        """Give the audit path (RFC 9162 section 2.1.3); raise UnknownEntry."""
        index, size = (_number(request, each) for each in ("index", "tree_size"))
        proof = logs.inclusion_proof(name, index, size)
        if proof is None:
            raise UnknownEntry
        return Response({"index": index, "tree_size": size, "hashes": _base64(proof)})


class ConsistencyView(APIView):
    """That a larger state of the log only added to a smaller one."""

    authentication_classes = ()

    @schema.consistency
    def get(self, request: Request, name: str) -> Response:
        """Give the consistency path (RFC 9162 section 2.1.4); raise UnknownEntry."""
        first, second = (_number(request, each) for each in ("first", "second"))
        proof = logs.consistency_proof(name, first, second)
        if proof is None:
            raise UnknownEntry
        return Response({"first": first, "second": second, "hashes": _base64(proof)})


def _number(request: Request, name: str) -> int:
    text = request.query_params.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise UnknownEntry
    return int(text)


def _base64(hashes: list[bytes]) -> list[str]:
    return [b64encode(each).decode() for each in hashes]


def _file(content: bytes, content_type: str, cache: str) -> HttpResponse:
    return HttpResponse(content, content_type=content_type, headers={"Cache-Control": cache})
