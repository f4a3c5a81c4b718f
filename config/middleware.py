"""A request id for every request: in its answer, its log lines and its error page."""

import logging
from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse

from registry.ids import new_id

current_request_id: ContextVar[str] = ContextVar("current_request_id", default="-")


class RequestIdMiddleware:
    """Give each request an id of our own making; what a client sends is never logged."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the id in the header `Request-Id`."""
        token = current_request_id.set(f"req_{new_id().hex}")
        try:
            response = self.get_response(request)
            response["Request-Id"] = current_request_id.get()
            return response
        finally:
            current_request_id.reset(token)


class RequestIdFilter(logging.Filter):
    """Adds the current request id to log records."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass, with `request_id`."""
        record.request_id = current_request_id.get()
        return True
