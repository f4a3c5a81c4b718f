"""The log described in OpenAPI 3.1, for readers and their tools; nothing here runs when it answers.

The shared parts it refers to are in the description of the consent API.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from drf_spectacular.utils import extend_schema

Fields = dict[str, Any]
View = TypeVar("View", bound=Callable[..., Any])

REQUEST_ID = {"Request-Id": {"$ref": "#/components/headers/Request-Id"}}
LARGEST = 10**18 - 1
NAME: Fields = {
    "name": "name",
    "in": "path",
    "required": True,
    "description": "The name of the log.",
    "schema": {"type": "string", "pattern": "^[A-Za-z0-9_-]+$", "examples": ["declarations"]},
}
HASH = {"type": "string", "pattern": "^[A-Za-z0-9+/]{43}=$", "description": "A hash in base64."}
HASHES = {"type": "array", "items": HASH, "maxItems": 128}
SIZE = {"type": "integer", "minimum": 0}
COMMON_REFUSALS = {
    "406": {"$ref": "#/components/responses/not-acceptable"},
    "414": {"$ref": "#/components/responses/address-too-long"},
    "500": {"$ref": "#/components/responses/server-error"},
    "503": {"$ref": "#/components/responses/unavailable"},
}


def _answer(description: str, kind: str, schema: Fields, **headers: Fields) -> Fields:
    content = {kind: {"schema": schema}}
    return {"description": description, "headers": REQUEST_ID | headers, "content": content}


def _refusal(status: int, *codes: str) -> Fields:
    problem = {"$ref": "#/components/schemas/Problem"}
    narrowed = {"properties": {"code": {"enum": list(codes)}, "status": {"const": status}}}
    pages = ", ".join(f"[`{code}`](/problems/{code})" for code in codes)
    return {
        str(status): _answer(
            f"Refused: {pages}.", "application/problem+json", {"allOf": [problem, narrowed]}
        )
    }


def _object(properties: Fields) -> Fields:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _number(name: str, description: str) -> Fields:
    return {
        "name": name,
        "in": "query",
        "required": True,
        "description": description,
        "schema": {**SIZE, "maximum": LARGEST},
    }


def _operation(name: str, summary: str, answer: Fields, **more: Any) -> Fields:
    described = {"operationId": name, "summary": summary, "tags": ["log"], "security": [], **more}
    return described | {"responses": {"200": answer, **more.get("responses", {})}}


def _json_operation(
    name: str, summary: str, answer: Fields, missing: str, *parameters: Fields
) -> Callable[[View], View]:
    refusals = _refusal(404, missing, "not-found") | COMMON_REFUSALS
    operation = _operation(
        name,
        summary,
        _answer("What was asked for.", "application/json", answer),
        parameters=[NAME, *parameters],
        responses=refusals,
    )
    decorator: Callable[[View], View] = extend_schema(operation=operation)
    return decorator


def _file_operation(
    name: str, summary: str, answer: Fields, *parameters: Fields
) -> Callable[[View], View]:
    answered = {status: each for status, each in COMMON_REFUSALS.items() if status != "406"}
    responses = _refusal(404, "not-found") | answered
    operation = _operation(
        name, summary, answer, parameters=[NAME, *parameters], responses=responses
    )
    decorator: Callable[[View], View] = extend_schema(operation=operation)
    return decorator


log_state = _json_operation(
    "log_state",
    "Get the log's keys and newest state",
    _object(
        {
            "name": {"type": "string"},
            "verifier_keys": {
                "type": "array",
                "items": {"type": "string"},
                "minItems": 1,
                "description": "C2SP verifier keys, the one in use first.",
            },
            "tree_size": {**SIZE, "description": "How many entries are published."},
            "root": HASH,
            "published_at": {"type": "string", "format": "date-time"},
        }
    ),
    "unknown-log",
)

inclusion = _json_operation(
    "inclusion_proof",
    "Prove that an entry is in the log",
    _object({"index": SIZE, "tree_size": SIZE, "hashes": HASHES}),
    "unknown-entry",
    _number("index", "The entry, counted from 0."),
    _number("tree_size", "The size of a published state that holds it."),
)

consistency = _json_operation(
    "consistency_proof",
    "Prove that the log only grew",
    _object({"first": SIZE, "second": SIZE, "hashes": HASHES}),
    "unknown-entry",
    _number("first", "The size of a published state."),
    _number("second", "The size of the same or a later one."),
)

checkpoint = _file_operation(
    "checkpoint",
    "Get the newest signed checkpoint",
    _answer("A signed note (C2SP tlog-checkpoint).", "text/plain", {"type": "string"}),
)

tile = _file_operation(
    "tile",
    "Get a tile of hashes or a bundle of entries",
    _answer(
        "A tile or bundle (C2SP tlog-tiles), which never changes.",
        "application/octet-stream",
        {"type": "string", "format": "binary"},
    ),
    {
        "name": "path",
        "in": "path",
        "required": True,
        "description": "`<level>/<index>` or `entries/<index>`, with `.p/<width>` for the "
        "partial tile at the end; the index in groups of three digits, as in `x001/234`. Its "
        "slashes are not escaped.",
        "schema": {
            "type": "string",
            "pattern": r"^(entries|0|[1-9][0-9]?)/(x[0-9]{3}/){0,5}[0-9]{3}"
            r"(\.p/[1-9][0-9]{0,2})?$",
            "examples": ["0/000", "entries/000.p/5"],
        },
    },
)
