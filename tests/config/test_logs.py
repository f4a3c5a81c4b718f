"""Logs: one JSON object a line, with the request's id and nothing that a person wrote."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import IntegrityError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from config.logs import JsonLines, scrubbed
from config.urls import urlpatterns as real_urls
from registry.log.services import LogDamagedError

pytestmark = pytest.mark.django_db

ADDRESS = "maya@example.org"

handler500 = "config.problems.server_error"


def fail(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::integer", [request.GET["email"]])
    raise AssertionError


urlpatterns = [path("fail/", fail), *real_urls]

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines() -> Iterator[Lines]:
    """Gives what was logged so far, as the deployment would write it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    logging.getLogger().addHandler(handler)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logging.getLogger().removeHandler(handler)


def test_a_request_is_one_line_with_its_id(client: Client, lines: Lines) -> None:
    answer = client.get("/healthz?email=maya@example.org")
    [line] = lines()
    assert line.pop("at").endswith("+00:00")
    assert line.pop("milliseconds") > 0
    assert line == {
        "level": "INFO",
        "logger": "config.middleware",
        "request_id": answer["Request-Id"],
        "message": "answered",
        "method": "GET",
        "route": "healthz",
        "status": 200,
    }


@pytest.mark.urls("tests.config.test_logs")
def test_no_log_line_repeats_what_a_person_typed(client: Client, lines: Lines) -> None:
    client.raise_request_exception = False
    strict = Client(enforce_csrf_checks=True)
    secret = "correct-horse-battery"
    client.get("/", {"email": ADDRESS})
    client.get(f"/nowhere/{ADDRESS}/", {"email": ADDRESS})
    client.get("/fail/", {"email": ADDRESS})
    client.get("/api/v1/consent", {"url": f"https://example.org/{ADDRESS}", "maya": ADDRESS})
    client.post("/api/v1/consent", {"usage": ADDRESS, "items": []}, "application/json")
    client.get("/", headers={"host": f"{ADDRESS}.example.org"})
    client.post("/accounts/login/", {"login": ADDRESS, "password": secret})
    client.post("/accounts/signup/", {"email": ADDRESS, "password1": secret, "name": "Maya"})
    client.post("/accounts/password/reset/", {"email": ADDRESS})
    client.get("/accounts/confirm-email/a-key-of-maya/")
    strict.post("/accounts/login/", {"login": ADDRESS}, headers={"referer": f"http://{ADDRESS}"})
    client.get("/", headers={"user-agent": ADDRESS, "authorization": f"Bearer {ADDRESS}"})
    written = json.dumps(lines())
    assert len(lines()) >= 12
    for said in ("maya", "Maya", "%40", secret, "a-key-of-maya", "nowhere"):
        assert said not in written


@pytest.mark.urls("tests.config.test_logs")
def test_an_unexpected_error_says_where_but_not_with_which_values(
    client: Client, lines: Lines
) -> None:
    client.raise_request_exception = False
    answer = client.get("/fail/", {"email": ADDRESS})
    error = next(line for line in lines() if line["level"] == "ERROR")
    assert error["message"] == "GET fail/ 500"
    assert error["request_id"] == answer["Request-Id"]
    assert error["exception"] == "DataError"
    assert any("test_logs.py" in frame and frame.endswith(" fail") for frame in error["frames"])


def test_errors_that_quote_no_row_keep_their_text() -> None:
    assert described_by(OperationalError("connection refused\nDETAIL")) == (
        "OperationalError: connection refused"
    )
    assert described_by(LogDamagedError("tile 0/1 differs")) == "LogDamagedError: tile 0/1 differs"
    assert described_by(IntegrityError(f"Key (email)=({ADDRESS}) exists")) == "IntegrityError"


def described_by(error: Exception) -> str:
    record = logging.LogRecord("test", logging.ERROR, "", 0, "it broke: %r", (error,), None)
    return json.loads(JsonLines().format(record))["message"].removeprefix("it broke: ").strip("'")


def test_a_failed_task_names_itself_and_none_of_its_arguments() -> None:
    said = {"name": "registry.tasks.verify_log", "id": "1", "args": ADDRESS, "exc": ADDRESS}
    record = logging.LogRecord(
        "celery.app.trace", logging.ERROR, "", 0, "Task %(name)s[%(id)s]: %(exc)s", (said,), None
    )
    assert json.loads(JsonLines().format(record))["message"] == "Task registry.tasks.verify_log[1]:"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("sent to maya@example.org", "sent to [address]"),
        ("sent to maya%40example.org", "sent to [address]"),
        ("read https://example.org/maya?x=1 now", "read [url] now"),
        ("GET /works/?search=maya", "GET /[url]"),
        ("does it end?", "does it end?"),
    ],
)
def test_addresses_and_urls_are_cut_out_of_any_text(said: str, kept: str) -> None:
    assert scrubbed(said) == kept


def test_every_logger_writes_through_the_one_formatter() -> None:
    assert django_settings.LOGGING["handlers"].keys() == {"console"}
    assert django_settings.LOGGING["formatters"] == {"json": {"()": "config.logs.JsonLines"}}
    assert logging.getLogger("django").handlers == []
    assert logging.getLogger("django.server").handlers == []
