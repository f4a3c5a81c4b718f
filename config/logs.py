"""Logs as one JSON object a line, with nothing in it that a client or a creator wrote."""

import json
import logging
import re
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from django.db import OperationalError
from kombu.exceptions import OperationalError as BrokerError

from config.middleware import current_request_id, route_of

FIELDS = ("method", "route", "status", "milliseconds")
OUR_CODE = ("config", "consent", "registry")
ADDRESS = re.compile(r"[^\s@<>\"'(),:;]+(?:@|%40)[^\s@<>\"'(),:;]+", re.IGNORECASE)
URL = re.compile(r"\b[a-z][a-z0-9+.-]*://\S+|(?<=/)\S*\?\S*", re.IGNORECASE)


class JsonLines(logging.Formatter):
    """Gives a record as one line: when, how bad, from where, which request, what."""

    def format(self, record: logging.LogRecord) -> str:
        """Give the line; of a request only method, route and status, of an exception no text."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "request_id": current_request_id.get(),
            "message": message_of(record),
        }
        line |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        if record.exc_info and record.exc_info[1]:
            line["exception"] = described(record.exc_info[1])
            line["frames"] = frames(record.exc_info[2])
        return json.dumps(line, default=str)


def message_of(record: logging.LogRecord) -> str:
    """Give what the record says, without what a URL, an exception or a request said in it."""
    request = getattr(record, "request", None)
    if request is not None:
        status = getattr(record, "status_code", "")
        return f"{request.method} {route_of(request)} {status}".rstrip()
    return scrubbed(str(record.msg) % without_texts(record.args) if record.args else record.msg)


def without_texts(arguments: Any) -> Any:
    """Give a record's arguments with exceptions as their types; Celery's are one mapping."""
    if isinstance(arguments, dict):
        return arguments | dict.fromkeys(("exc", "traceback", "args", "kwargs"), "")
    return tuple(described(each) if isinstance(each, Exception) else each for each in arguments)


def scrubbed(text: object) -> str:
    """Give the text without addresses and URLs, whoever put them there."""
    return ADDRESS.sub("[address]", URL.sub("[url]", str(text))).strip()


def described(error: BaseException) -> str:
    """Give the type, and the text of those errors alone that never quote a row or a form."""
    kind = type(error).__qualname__
    is_down = isinstance(error, (OperationalError, BrokerError))
    is_safe = is_down or type(error).__module__.startswith(OUR_CODE)
    first_line = scrubbed(error).partition("\n")[0] if is_safe else ""
    return f"{kind}: {first_line}" if first_line else kind


def frames(trace: TracebackType | None) -> list[str]:
    """Give where it happened, innermost last."""
    return [f"{at.filename}:{at.lineno} {at.name}" for at in traceback.extract_tb(trace)]
