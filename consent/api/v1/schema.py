"""The API described in OpenAPI 3.1, for readers and their tools; nothing here runs when it answers.

`openapi.yaml` beside this module is generated from it: see `CONTRIBUTING.md`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from drf_spectacular.utils import extend_schema

from consent.api import metering
from consent.api.v1.questions import LARGEST_TREE, MOST_ITEMS
from consent.selectors.trials import trial_hash
from consent.statuses import status_of
from registry.identifiers import KEY_SIZE, MAX_DOI_LENGTH, MAX_NUMBER_LENGTH, MAX_URL_LENGTH
from registry.vocabulary import Basis, IdentifierKind, MatchKind, Preference, Usage, Verdict

Fields = dict[str, Any]

JSON = "application/json"
OCTETS = "application/octet-stream"
PROBLEM = "application/problem+json"
BEARER: Fields = {"key": []}
ANYBODY: Fields = {}
TAGS = [
    {"name": "consent", "description": "May this be done with this item, or with these?"},
    {"name": "compatibility", "description": "The wire format of Spawning's API, version 2."},
    {"name": "log", "description": "The public log of what was declared, and its keys."},
]
HASH_EXAMPLE = trial_hash(Basis.REFUSED)
URL_EXAMPLE = "https://example.org/harbour.jpg"
JWS = r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$"
HEX = "^[0-9a-f]{64}$"


def schema(name: str) -> Fields:
    """Give a reference to a schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def answer(description: str, content: Fields, headers: Iterable[str] = ()) -> Fields:
    """Give the description of an answer; `content` maps media types to schemas."""
    named = ("Request-Id", *headers)
    return {
        "description": description,
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in named},
        "content": {kind: {"schema": each} for kind, each in content.items()},
    }


def refusals(*codes: str) -> Fields:
    """Give the description of each refusal, by the status that its code is answered with."""
    by_status: dict[str, list[str]] = defaultdict(list)
    for code in (*codes, "not-acceptable", "server-error", "unavailable"):
        by_status[str(int(status_of(code)))].append(code)
    described = {
        status: {"$ref": f"#/components/responses/{each[0]}"}
        if len(each) == 1 and each[0] in SHARED
        else _refusal(status, each)
        for status, each in by_status.items()
    }
    too_long = {"$ref": "#/components/responses/address-too-long"}
    return dict(sorted({**described, "414": too_long}.items()))


def _refusal(status: str, codes: list[str]) -> Fields:
    narrowed = {"properties": {"code": {"enum": codes}, "status": {"const": int(status)}}}
    pages = ", ".join(f"[`{code}`](/problems/{code})" for code in codes)
    return answer(
        f"Refused: {pages}.",
        {PROBLEM: {"allOf": [schema("Problem"), narrowed]}},
        headers=REFUSAL_HEADERS.get(status, ()),
    )


def add_components(result: Fields, **_: Any) -> Fields:
    """Add what the operations refer to; drf-spectacular calls it at the end of a generation."""
    result["tags"] = TAGS
    result["components"] = {
        "schemas": SCHEMAS,
        "responses": {
            **{code: _refusal(str(int(status_of(code))), [code]) for code in SHARED},
            "address-too-long": {
                "description": "The web server itself refuses the length of the address."
            },
        },
        "headers": HEADERS,
        "securitySchemes": SECURITY_SCHEMES,
    }
    return result


def _words(words: type[StrEnum], description: str) -> Fields:
    return {"type": "string", "enum": [word.value for word in words], "description": description}


def _object(properties: Fields, *, optional: Iterable[str] = (), description: str = "") -> Fields:
    left_out = set(optional)
    return {
        "type": "object",
        **({"description": description} if description else {}),
        "properties": properties,
        "required": [name for name in properties if name not in left_out],
    }


def _text(description: str, **more: Any) -> Fields:
    return {"type": "string", "description": description, **more}


def _number(description: str, **more: Any) -> Fields:
    return {"type": "integer", "description": description, "minimum": 0, **more}


def _moment(description: str, **more: Any) -> Fields:
    return {"type": "string", "format": "date-time", "description": description, **more}


def _or_null(reference: Fields) -> Fields:
    return {"anyOf": [reference, {"type": "null"}]}


#: Refusals that stand alone in their status for several operations.
SHARED = (
    "unknown-moment",
    "not-acceptable",
    "body-too-large",
    "unsupported-media-type",
    "server-error",
    "unavailable",
)
REFUSAL_HEADERS = {
    "401": ["WWW-Authenticate"],
    "409": ["Retry-After"],
    "429": ["Retry-After", "RateLimit-Policy", "RateLimit"],
    "503": ["Retry-After"],
}

SECURITY_SCHEMES: Fields = {
    "key": {
        "type": "http",
        "scheme": "bearer",
        "description": "A firm's API key, `crk_live_…` or `crk_test_…`. A key that is not good is "
        "refused and never taken for an anonymous question.",
    },
    "spawning": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "The same key as clients of Spawning's API send it: `API crk_live_…`.",
    },
}

HEADERS: Fields = {
    "Request-Id": {
        "required": True,
        "description": "Names this request to the operator.",
        "schema": _text("An id.", pattern="^req_[0-9a-f]{32}$"),
    },
    "RateLimit-Policy": {
        "description": "The quota in items `q` per `w` seconds "
        "(draft-ietf-httpapi-ratelimit-headers-11); absent where there is none, and where "
        "an answer is given again.",
        "schema": _text("One policy.", pattern='^"(firm|address)";q=[0-9]+;w=[0-9]+$'),
    },
    "RateLimit": {
        "description": "Items left `r`; the whole quota is there again after `t` seconds.",
        "schema": _text("One limit.", pattern='^"(firm|address)";r=[0-9]+;t=[0-9]+$'),
    },
    "Retry-After": {
        "required": True,
        "description": "Seconds to wait before asking again.",
        "schema": {"type": "string", "pattern": "^[0-9]+$"},
    },
    "WWW-Authenticate": {
        "required": True,
        "description": "How a key is shown.",
        "schema": {"type": "string"},
    },
    "Cache-Control": {
        "required": True,
        "description": "Whether the answer may be kept; anonymous ones about one item for five "
        "seconds.",
        "schema": {"type": "string"},
    },
    "ETag": {
        "description": "Of anonymous answers without a receipt, for `If-None-Match`.",
        "schema": _text("A weak tag.", pattern='^W/"[0-9a-f]{32}"$'),
    },
    "Consent-Receipt": {
        "description": "The receipt for the whole batch.",
        "schema": _text("A compact JWS.", pattern=JWS),
    },
    "Consent-Receipt-Seed": {
        "description": "Opens single items of the receipt to somebody else.",
        "schema": _text("32 octets in hexadecimal digits.", pattern=HEX),
    },
    "Idempotent-Replayed": {
        "description": "This answer was given before, to the first request with this "
        "Idempotency-Key, and is not charged again.",
        "schema": {"type": "string", "const": "true"},
    },
}

IDENTIFIERS: dict[IdentifierKind, Fields] = {
    IdentifierKind.SHA256: _text(
        "The SHA-256 of the file.", pattern="^[0-9A-Fa-f]{64}$", examples=[HASH_EXAMPLE]
    ),
    IdentifierKind.URL: _text(
        "An http or https address. Scheme, default port and fragment make no difference.",
        maxLength=MAX_URL_LENGTH,
        examples=[URL_EXAMPLE],
    ),
    IdentifierKind.ISBN: _text(
        "An ISBN-10 or ISBN-13, with or without hyphens.",
        maxLength=MAX_NUMBER_LENGTH,
        examples=["978-0-306-40615-7"],
    ),
    IdentifierKind.ISRC: _text(
        "An ISRC (ISO 3901).", maxLength=MAX_NUMBER_LENGTH, examples=["USRC17607839"]
    ),
    IdentifierKind.ISWC: _text(
        "An ISWC (ISO 15707).", maxLength=MAX_NUMBER_LENGTH, examples=["T-034.524.680-1"]
    ),
    IdentifierKind.DOI: _text(
        "A DOI, bare or as an address of doi.org.",
        maxLength=MAX_DOI_LENGTH,
        examples=["10.1000/182"],
    ),
    IdentifierKind.ISCC: _text(
        "An ISCC (ISO 24138), compared exactly.", examples=["ISCC:KACYPXW445FTYNJ3CYSXHAFJMA2HU"]
    ),
    IdentifierKind.PDQ: _text(
        "A PDQ hash of an image, compared exactly.", pattern="^[0-9A-Fa-f]{64}$"
    ),
}

AS_OF: Fields = {
    "at": _moment("Answer as of this moment. Not together with `tree_size`."),
    "tree_size": _number(
        "Answer as of the state of the log of exactly this size, which some answer named. "
        "Not together with `at`.",
        maximum=LARGEST_TREE,
    ),
}

CONSISTENCY: Fields = {
    "type": "string",
    "enum": ["default", "strong"],
    "default": "default",
    "description": "`strong` asks the database, past every snapshot.",
}

DECISION: Fields = {
    "verdict": schema("Verdict"),
    "preference": schema("Preference"),
    "basis": schema("Basis"),
    "rule": schema("Rule"),
    "match": _or_null(schema("Match")),
}
IN_FULL: Fields = {
    "conditions": _or_null(schema("Conditions")),
    "license": _or_null(schema("License")),
    "entries": {
        "type": "array",
        "items": _number("The index of an entry."),
        "description": "The entries of the log that the answer rests on.",
    },
    "stale": {
        "type": "boolean",
        "description": "Whether this is a refusal that rests on a location whose control is no "
        "longer confirmed: it stands for 180 days.",
    },
}
RECEIPT: Fields = {
    "valid_until": _moment("Ask again by then. It is no leave to ignore a withdrawal."),
    "receipt": _text("The receipt, a compact JWS signed with Ed25519.", pattern=JWS),
    "receipt_seed": _text("Opens single items of the receipt to somebody else.", pattern=HEX),
}

SCHEMAS: Fields = {
    "Usage": _words(Usage, "What is to be done with the item."),
    "Verdict": _words(Verdict, "What the registry answers. No statement means no consent."),
    "Preference": _words(Preference, "What was said, in the words of IETF AIPREF."),
    "Basis": _words(Basis, "Why the registry answers so."),
    "Kind": _words(IdentifierKind, "What an item is recognised by."),
    "Rule": _text("The row of the decision rules that applied.", pattern="^[RS][0-9]{1,2}$"),
    "Item": _object(
        {"kind": schema("Kind"), "value": {"type": "string"}},
        description="The item in its canonical form.",
    ),
    "Question": {
        "type": "object",
        "description": "An item, named by exactly one identifier.",
        "properties": {kind.value: each for kind, each in IDENTIFIERS.items()},
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": False,
    },
    "Match": _object(
        {
            "kind": _words(MatchKind, "How the item was recognised."),
            "work": {
                "type": ["string", "null"],
                "pattern": "^wrk_[0-9a-f]{32}$",
                "description": "The work, with a page at `/record/<work>/`; null for a location.",
            },
            "distance": {
                "type": ["integer", "null"],
                "minimum": 0,
                "description": "Differing bits, for an altered copy.",
            },
        },
        description="What the item was recognised as; null where nothing is known of it.",
    ),
    "Conditions": _object(
        {
            "starts_at": {"type": ["string", "null"], "format": "date-time"},
            "ends_at": {"type": ["string", "null"], "format": "date-time"},
            "organisation": {
                "type": ["string", "null"],
                "pattern": "^org_[0-9a-f]{32}$",
                "description": "The one organisation the use is granted to: the one that asks.",
            },
        },
        description="What binds the allowed use; null where nothing does.",
    ),
    "License": _object(
        {
            "terms_url": _text("A page with terms, or empty."),
            "contact": _text("An e-mail or web address to ask at, or empty."),
        },
        description="Where to ask for a licence; null where no way was published.",
    ),
    "State": _object(
        {
            "log": _text("The address of the log.", format="uri"),
            "tree_size": _number("How many entries it had."),
            "root": _text("Its root (RFC 9162) in base64.", pattern="^[A-Za-z0-9+/]{43}=$"),
            "decided_at": _moment("The moment the answer is about."),
            "rules": _text("The version of the decision rules.", pattern="^[0-9]{4}-[0-9]{2}$"),
        },
        description="What the answer rests on.",
    ),
    "Answer": _object(
        {
            "item": schema("Item"),
            "usage": schema("Usage"),
            **DECISION,
            **IN_FULL,
            "state": schema("State"),
            **RECEIPT,
        },
        optional=["receipt", "receipt_seed"],
    ),
    "Batch": {
        **_object(
            {
                "usage": {
                    "type": ["string", "null"],
                    "enum": [*(usage.value for usage in Usage), None],
                    "default": Usage.GENERATIVE_TRAINING.value,
                    "description": "What is to be done with the items.",
                },
                "items": {
                    "type": "array",
                    "items": schema("Question"),
                    "minItems": 1,
                    "maxItems": MOST_ITEMS,
                    "description": "Mixed kinds are welcome. A bad item gets an error in its "
                    "place and does not fail the batch.",
                },
                **{name: {**each, "type": [each["type"], "null"]} for name, each in AS_OF.items()},
                "detail": {
                    "type": "string",
                    "enum": ["brief", "full"],
                    "default": "brief",
                    "description": "`full` adds `conditions`, `license`, `entries` and `stale`.",
                },
                "consistency": CONSISTENCY,
            },
            optional=["usage", "at", "tree_size", "detail", "consistency"],
        ),
        "additionalProperties": False,
    },
    "Result": _object({**DECISION, **IN_FULL}, optional=IN_FULL),
    "ItemError": _object(
        {
            "error": _object(
                {"code": _text("A stable code."), "detail": _text("A sentence for people.")}
            )
        },
        description="An item that could not be read: never an allow.",
    ),
    "Summary": _object(
        {
            **{verdict.value: _number(f"Items answered “{verdict}”.") for verdict in Verdict},
            "error": _number("Items that could not be read."),
            "basis": {
                "type": "object",
                "description": "Items for each basis.",
                "propertyNames": schema("Basis"),
                "additionalProperties": {"type": "integer", "minimum": 1},
            },
        }
    ),
    "BatchAnswer": _object(
        {
            "usage": schema("Usage"),
            "results": {
                "type": "array",
                "items": {"anyOf": [schema("Result"), schema("ItemError")]},
                "minItems": 1,
                "maxItems": MOST_ITEMS,
                "description": "In the order and number of the items.",
            },
            "summary": schema("Summary"),
            "state": schema("State"),
            **RECEIPT,
        }
    ),
    "UrlsAnswer": _object(
        {
            "urls": {
                "type": "array",
                "items": schema("UrlAnswer"),
                "maxItems": MOST_ITEMS,
                "description": "One for each line, blank ones included, in order.",
            },
            "state": schema("State"),
            **RECEIPT,
        }
    ),
    "UrlAnswer": _object(
        {
            "url": _text("The line as it was sent."),
            "optOut": {
                "type": "boolean",
                "description": "Refused; with a strict key, which is the rule, any deny.",
            },
            "optIn": {"type": "boolean", "description": "The verdict is “allow”."},
            "verdict": schema("Verdict"),
            "preference": schema("Preference"),
            "basis": schema("Basis"),
            "rule": schema("Rule"),
            "error": _text("The code of what is wrong with the line."),
        },
        optional=["verdict", "preference", "basis", "rule", "error"],
    ),
    "KeySet": _object(
        {
            "keys": {
                "type": "array",
                "items": _object(
                    {
                        "kty": {"const": "OKP"},
                        "crv": {"const": "Ed25519"},
                        "x": _text("The public key.", pattern="^[A-Za-z0-9_-]{43}$"),
                        "kid": _text("Its thumbprint (RFC 7638).", pattern="^[A-Za-z0-9_-]{43}$"),
                        "alg": {"const": "Ed25519"},
                        "use": {"const": "sig"},
                    }
                ),
                "description": "The key in use first, then earlier ones, since receipts last.",
            }
        },
        description="A JWK set (RFC 7517).",
    ),
    "Problem": _object(
        {
            "type": _text("A page about this refusal.", format="uri"),
            "title": _text("The code in words."),
            "status": {"type": "integer", "description": "The HTTP status."},
            "detail": _text("A sentence for people, in the language they asked for."),
            "code": _text("A stable code for programs."),
            "request_id": _text("Names this request to the operator."),
        },
        description="A refusal (RFC 9457).",
    ),
}

IDENTITY_CODES = ("invalid-key", "key-ended", "key-scope")
MOMENT_CODES = ("unknown-usage", "invalid-moment", "unknown-moment", "stale-state")
METER_HEADERS = metering.HEADERS


def _query(name: str, described: Fields, **more: Any) -> Fields:
    return {"name": name, "in": "query", "schema": described, **more}


USAGE_PARAMETER = _query("usage", {**schema("Usage"), "default": Usage.GENERATIVE_TRAINING.value})
AS_OF_PARAMETERS = [_query(name, each) for name, each in AS_OF.items()]
IDEMPOTENCY_KEY: Fields = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "With an API key: for a day, the same request with the same value gets the "
    "same answer and is charged once.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
}

ask_one = extend_schema(
    operation={
        "operationId": "ask",
        "summary": "Ask about one item",
        "description": "Name the item by exactly one of the identifiers. An item that nobody "
        "registered is answered “deny”, “unknown”, “unstated”: 200, never 404.",
        "tags": ["consent"],
        "security": [ANYBODY, BEARER],
        "parameters": [
            *(_query(kind.value, each) for kind, each in IDENTIFIERS.items()),
            USAGE_PARAMETER,
            *AS_OF_PARAMETERS,
            _query(
                "receipt",
                {"type": "string", "enum": ["0", "1"]},
                description="`1` asks for a receipt; with a key every answer has one.",
            ),
            {
                "name": "If-None-Match",
                "in": "header",
                "description": "The ETag of an earlier anonymous answer; `*` stands for any.",
                "schema": {"type": "string"},
            },
        ],
        "responses": {
            "200": answer(
                "The answer.",
                {JSON: schema("Answer")},
                headers=[*METER_HEADERS, "Cache-Control", "ETag"],
            ),
            "304": answer("As before.", {}, headers=[*METER_HEADERS, "Cache-Control", "ETag"]),
            **refusals(
                "unknown-parameter",
                "repeated-parameter",
                *IDENTITY_CODES,
                *MOMENT_CODES,
                "one-identifier",
                "invalid-identifier",
                "invalid-hash",
                "invalid-url",
                "url-too-long",
                "invalid-check-digit",
                "quota-exceeded",
            ),
        },
    }
)

ask_many = extend_schema(
    operation={
        "operationId": "ask_many",
        "summary": "Ask about a batch",
        "description": f"Up to {MOST_ITEMS:,} items, answered in order, with one receipt. As "
        "`application/octet-stream` the body is SHA-256 records of 32 octets each, answered by "
        "one octet each (1 deny, 2 allow); what else is asked then stands in the address, and "
        "the receipt in a header.",
        "tags": ["consent"],
        "security": [ANYBODY, BEARER],
        "parameters": [
            {**each, "description": "Of a batch of records only."}
            for each in (USAGE_PARAMETER, *AS_OF_PARAMETERS, _query("consistency", CONSISTENCY))
        ]
        + [IDEMPOTENCY_KEY],
        "requestBody": {
            "required": True,
            "content": {
                JSON: {
                    "schema": schema("Batch"),
                    "example": {
                        "usage": Usage.GENERATIVE_TRAINING.value,
                        "items": [{"sha256": HASH_EXAMPLE}, {"url": URL_EXAMPLE}],
                    },
                },
                OCTETS: {
                    "schema": {
                        "type": "string",
                        "format": "binary",
                        "description": f"{KEY_SIZE} octets for each item.",
                        "minLength": KEY_SIZE,
                        "maxLength": KEY_SIZE * MOST_ITEMS,
                    }
                },
            },
        },
        "responses": {
            "200": answer(
                "The answers, in order.",
                {
                    JSON: schema("BatchAnswer"),
                    OCTETS: {"type": "string", "format": "binary"},
                },
                headers=[
                    *METER_HEADERS,
                    "Cache-Control",
                    "Idempotent-Replayed",
                    "Consent-Receipt",
                    "Consent-Receipt-Seed",
                ],
            ),
            **refusals(
                "malformed-body",
                "unknown-parameter",
                "repeated-parameter",
                "invalid-idempotency-key",
                "idempotency-needs-key",
                *IDENTITY_CODES,
                *MOMENT_CODES,
                "idempotency-in-progress",
                "body-too-large",
                "unsupported-media-type",
                "invalid-items",
                "too-many-items",
                "invalid-records",
                "idempotency-key-reused",
                "quota-exceeded",
                "too-many-at-once",
            ),
        },
    }
)

query_urls = extend_schema(
    operation={
        "operationId": "query_urls",
        "summary": "Ask in Spawning's format",
        "description": "For clients of Spawning's API: one URL a line. With or without the "
        "closing slash; each line that is not blank counts as one item.",
        "tags": ["compatibility"],
        "security": [{"spawning": []}, BEARER],
        "parameters": [USAGE_PARAMETER],
        "requestBody": {
            "content": {
                "text/plain": {
                    "schema": _text(f"URLs joined by `\\n`, {MOST_ITEMS:,} at most."),
                    "example": URL_EXAMPLE,
                }
            }
        },
        "responses": {
            "200": answer(
                "The answers, in the order of the lines.",
                {JSON: schema("UrlsAnswer")},
                headers=[*METER_HEADERS, "Cache-Control"],
            ),
            **refusals(
                "unknown-parameter",
                "repeated-parameter",
                *IDENTITY_CODES,
                "unknown-usage",
                "stale-state",
                "body-too-large",
                "unsupported-media-type",
                "too-many-items",
                "invalid-lines",
                "quota-exceeded",
                "too-many-at-once",
            ),
        },
    }
)

receipt_keys = extend_schema(
    operation={
        "operationId": "receipt_keys",
        "summary": "Get the keys that verify receipts",
        "tags": ["log"],
        "security": [],
        "responses": {
            "200": answer("The keys.", {JSON: schema("KeySet")}, ["Cache-Control"]),
            **refusals(),
        },
    }
)
