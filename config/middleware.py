"""Who asks, behind proxies; and a request id in every answer, log line and error page."""

import contextlib
import logging
import time
from collections.abc import Callable
from contextvars import ContextVar
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from registry.ids import new_id

logger = logging.getLogger(__name__)

current_request_id: ContextVar[str] = ContextVar("current_request_id", default="-")


class ProxyMiddleware:
    """Put the address that the outermost trusted proxy saw into REMOTE_ADDR."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Count from the right, where our proxies write; leave what is not an address alone."""
        proxies = settings.TRUSTED_PROXIES
        addresses = request.headers.get("X-Forwarded-For", "").split(",")
        if 0 < proxies <= len(addresses):
            with contextlib.suppress(ValueError):
                request.META["REMOTE_ADDR"] = str(ip_address(addresses[-proxies].strip()))
        return self.get_response(request)


class RequestIdMiddleware:
    """Give each request an id of our own making; what a client sends is never logged."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the id in the header `Request-Id`."""
        token = current_request_id.set(f"req_{new_id().hex}")
        started = time.perf_counter()
        try:
            response = self.get_response(request)
            response["Request-Id"] = current_request_id.get()
            if request.resolver_match or response.status_code >= 400:  # files are not worth a line
                log(request, response, time.perf_counter() - started)
            return response
        finally:
            current_request_id.reset(token)


def route_of(request: HttpRequest) -> str:
    """Give the pattern that the address matched, `-` where none did."""
    return request.resolver_match.route if request.resolver_match else "-"


def log(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    """Log one line about an answer: the route's pattern, never the address that was asked for."""
    about = {
        "method": request.method,
        "route": route_of(request),
        "status": response.status_code,
        "milliseconds": round(seconds * 1000, 1),
    }
    logger.info("answered", extra=about)
