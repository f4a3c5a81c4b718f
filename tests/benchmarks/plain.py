"""The rivals of a lookup: hand-written views in the same process, behind the same middleware.

What the product asks the database about an item is written down once and then repeated with the
same parameters, but for the time. So the rivals can never do less than the product does.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils import timezone
from psycopg_pool import ConnectionPool

from config.env import CONNECTIONS
from config.urls import urlpatterns as product
from consent.api.v1.views import ConsentView
from consent.receipts import PURPOSE
from registry.signing import SigningKey, load_or_create_key

Statement = tuple[str, Any]


@dataclass(frozen=True)
class Recorded:
    """What one question made the product ask, and what it answered."""

    statements: list[Statement]
    answer: dict[str, Any]


_recorded: dict[str, Recorded] = {}


def with_django(request: HttpRequest) -> HttpResponse:
    """Ask the database the same through Django's connection, sign the answer once, give JSON."""
    recorded = recording(request)
    with connection.cursor() as cursor:
        repeat(cursor, recorded.statements)
    signature = signing_key().sign(json.dumps(recorded.answer).encode())
    return JsonResponse({**recorded.answer, "signature": signature.hex()})


def with_psycopg(request: HttpRequest) -> HttpResponse:
    """Ask the database the same through psycopg alone, sign nothing, give JSON."""
    recorded = recording(request)
    with pool().connection() as bare, bare.cursor() as cursor:
        repeat(cursor, recorded.statements)
    return JsonResponse(recorded.answer)


def repeat(cursor: Any, statements: Iterable[Statement]) -> None:
    """Run the statements as of now and fetch what they give."""
    now = timezone.now()
    for sql, parameters in statements:
        cursor.execute(sql, as_of(now, parameters))
        cursor.fetchall()


def as_of(now: datetime, parameters: Any) -> Any:
    """Give the parameters with every time in them set to now."""
    if isinstance(parameters, Mapping):
        return {
            name: now if isinstance(each, datetime) else each for name, each in parameters.items()
        }
    return tuple(now if isinstance(each, datetime) else each for each in parameters or ())


def recording(request: HttpRequest) -> Recorded:
    """Give what the product does for this question, found out when it is first asked."""
    question = request.META["QUERY_STRING"]
    if question not in _recorded:
        answer(request)  # once for what is done once a minute
        statements: list[Statement] = []

        def record(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
            statements.append((sql, parameters))
            return execute(sql, parameters, many, context)

        with connection.execute_wrapper(record):
            given = answer(request)
        _recorded[question] = Recorded(statements, given)
    return _recorded[question]


def answer(request: HttpRequest) -> dict[str, Any]:
    """Give what the product answers; it must be an answer."""
    response = ConsentView.as_view()(request).render()
    assert response.status_code == 200, response.content
    given: dict[str, Any] = json.loads(response.content)
    return given


@cache
def signing_key() -> SigningKey:
    """Give the key of the receipts."""
    return load_or_create_key(settings.REGISTRY_SIGNING_KEYS, PURPOSE)


@cache
def pool() -> ConnectionPool:
    """Give a pool as large as the product's."""
    database = settings.DATABASES["default"]
    names = {
        "host": "HOST",
        "port": "PORT",
        "dbname": "NAME",
        "user": "USER",
        "password": "PASSWORD",
    }
    where = {name: database[setting] for name, setting in names.items()}
    options = {"autocommit": True, **where}
    return ConnectionPool(kwargs=options, min_size=1, max_size=CONNECTIONS, open=True)


urlpatterns = [
    path("plain/django", with_django),
    path("plain/psycopg", with_psycopg),
    *product,
]
