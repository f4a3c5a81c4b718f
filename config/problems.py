"""Every refusal as a problem (RFC 9457), or as a page where people asked."""

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

import msgspec
from django.conf import settings
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import defaults
from rest_framework import exceptions
from rest_framework.response import Response

from config.middleware import current_request_id
from consent.api.metering import headers as rate_limit_headers
from consent.labels import sentence
from consent.statuses import RETRY_SECONDS, catalogue, http_sentences, status_of
from registry.errors import DomainError

if TYPE_CHECKING:
    from consent.selectors.quotas import Allowance

logger = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"
PROGRAMS = ("/api/", "/log/")  # who asks below these is a program

HTTP_CODES = {
    exceptions.MethodNotAllowed: "method-not-allowed",
    exceptions.NotAcceptable: "not-acceptable",
    exceptions.NotFound: "not-found",
    exceptions.UnsupportedMediaType: "unsupported-media-type",
    exceptions.ParseError: "malformed-body",
    Http404: "not-found",
    PermissionDenied: "not-allowed",
    SuspiciousOperation: "bad-request",
}
UNAVAILABLE = (OperationalError, InterfaceError)


def problem(code: str, detail: str) -> dict[str, Any]:
    """Give the members of a problem."""
    status = status_of(code)
    return {
        "type": f"{settings.PUBLIC_URL}/problems/{code}",
        "title": code.replace("-", " ").capitalize(),
        "status": status,
        "detail": detail,
        "code": code,
        "request_id": current_request_id.get(),
    }


def problem_response(code: str) -> HttpResponse:
    """Give the problem for a refusal that no view made."""
    body = msgspec.json.encode(problem(code, http_sentences()[code]))
    return HttpResponse(body, status=status_of(code), content_type=CONTENT_TYPE)


def problem_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Give the problem for a refusal in an API view; None lets the unexpected rise."""
    if isinstance(error, DomainError):
        return _response(error.code, sentence(error), _domain_headers(error, context))
    if isinstance(error, UNAVAILABLE):
        logger.error("the database does not answer", exc_info=error)
        return _response("unavailable", http_sentences()["unavailable"], _retry(RETRY_SECONDS))
    for kind, code in HTTP_CODES.items():
        if isinstance(error, kind):
            _status, detail = catalogue()[code]
            return _response(code, detail, {})
    return None


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400 for what Django itself refuses: a problem to programs, a page to people."""
    if request.path.startswith(PROGRAMS):
        return problem_response("bad-request")
    return defaults.bad_request(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404: a problem to programs, a page to people."""
    return _page_or_problem(request, "not-found", "404.html")


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500 with nothing but the request id."""
    return _page_or_problem(request, "server-error", "500.html")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Show why a form was not taken, and that nothing was lost."""
    return render(request, "403_csrf.html", status=HTTPStatus.FORBIDDEN)


def _page_or_problem(request: HttpRequest, code: str, template: str) -> HttpResponse:
    if request.path.startswith(PROGRAMS):
        return problem_response(code)
    context = {"request_id": current_request_id.get()}
    return render(request, template, context, status=status_of(code))


def _response(code: str, detail: str, headers: dict[str, str]) -> Response:
    headers = {"Cache-Control": "no-store", **headers}
    return Response(
        problem(code, detail), status=status_of(code), headers=headers, content_type=CONTENT_TYPE
    )


def _domain_headers(error: DomainError, context: dict[str, Any]) -> dict[str, str]:
    if error.code == "quota-exceeded":
        return {
            **_retry(error.details["retry_after"]),
            **rate_limit_headers(cast("Allowance", error.details["allowance"])),
        }
    if error.code in {"invalid-key", "key-ended"}:
        return {"WWW-Authenticate": context["view"].get_authenticate_header(context["request"])}
    if error.code == "too-many-at-once":
        return _retry(error.details["retry_after"])
    if error.code in {"stale-state", "idempotency-in-progress"}:
        return _retry(RETRY_SECONDS)
    return {}


def _retry(seconds: object) -> dict[str, str]:
    return {"Retry-After": str(seconds)}
