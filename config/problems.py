"""Every refusal as HTTP: the one place where statuses are chosen (RFC 9457)."""

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

import msgspec
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response

from config.middleware import current_request_id
from consent.api.metering import headers as rate_limit_headers
from consent.labels import ERROR_SENTENCES, sentence
from registry.errors import DomainError
from registry.labels import ERROR_SENTENCES as RECORD_SENTENCES

if TYPE_CHECKING:
    from consent.selectors.quotas import Allowance

logger = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"

# Where a code is not named here, the request was understood and cannot be followed: 422.
STATUSES = {
    "malformed-body": HTTPStatus.BAD_REQUEST,
    "unknown-parameter": HTTPStatus.BAD_REQUEST,
    "repeated-parameter": HTTPStatus.BAD_REQUEST,
    "invalid-key": HTTPStatus.UNAUTHORIZED,
    "key-ended": HTTPStatus.UNAUTHORIZED,
    "not-allowed": HTTPStatus.FORBIDDEN,
    "unknown-log": HTTPStatus.NOT_FOUND,
    "unknown-entry": HTTPStatus.NOT_FOUND,
    "unknown-moment": HTTPStatus.NOT_FOUND,
    "not-found": HTTPStatus.NOT_FOUND,
    "method-not-allowed": HTTPStatus.METHOD_NOT_ALLOWED,
    "not-acceptable": HTTPStatus.NOT_ACCEPTABLE,
    "already-registered": HTTPStatus.CONFLICT,
    "body-too-large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "url-too-long": HTTPStatus.UNPROCESSABLE_ENTITY,
    "unsupported-media-type": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "quota-exceeded": HTTPStatus.TOO_MANY_REQUESTS,
    "server-error": HTTPStatus.INTERNAL_SERVER_ERROR,
    "stale-state": HTTPStatus.SERVICE_UNAVAILABLE,
    "unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
}

RETRY_SECONDS = 5
HTTP_CODES = {
    exceptions.MethodNotAllowed: "method-not-allowed",
    exceptions.NotAcceptable: "not-acceptable",
    exceptions.NotFound: "not-found",
    exceptions.UnsupportedMediaType: "unsupported-media-type",
    exceptions.ParseError: "malformed-body",
    Http404: "not-found",
    PermissionDenied: "not-allowed",
}
UNAVAILABLE = (OperationalError, InterfaceError)


def status_of(code: str) -> HTTPStatus:
    """Give the HTTP status of a refusal."""
    return STATUSES.get(code, HTTPStatus.UNPROCESSABLE_ENTITY)


def http_sentences() -> dict[str, str]:
    """Give the translated sentence of each refusal that only HTTP knows."""
    return {
        "not-found": _("There is nothing at this address."),
        "method-not-allowed": _("This address does not take this method."),
        "not-acceptable": _("The answer cannot be given in the format that was asked for."),
        "unsupported-media-type": _("Send the body as application/json."),
        "server-error": _("Something went wrong here. The request id helps us to find out what."),
        "unavailable": _("The registry cannot answer right now. Please ask again shortly."),
        "malformed-body": _("The body could not be read."),
        "not-allowed": _("This is not open to you."),
    }


def catalogue() -> dict[str, tuple[HTTPStatus, str]]:
    """Give the status and the translated sentence of every refusal, by its code."""
    sentences = {**http_sentences(), **RECORD_SENTENCES, **ERROR_SENTENCES}
    return {code: (status_of(code), str(sentences[code])) for code in sorted(sentences)}


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


def problem_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Give the problem for a refusal in an API view; None lets the unexpected rise."""
    if isinstance(error, DomainError):
        return _response(error.code, sentence(error), _domain_headers(error))
    if isinstance(error, UNAVAILABLE):
        logger.error("the database does not answer", exc_info=error)
        return _response("unavailable", http_sentences()["unavailable"], _retry(RETRY_SECONDS))
    for kind, code in HTTP_CODES.items():
        if isinstance(error, kind):
            return _response(code, http_sentences()[code], {})
    return None


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
    status = status_of(code)
    if request.path.startswith("/api/"):
        body = msgspec.json.encode(problem(code, http_sentences()[code]))
        return HttpResponse(body, status=status, content_type=CONTENT_TYPE)
    context = {"request_id": current_request_id.get()}
    return render(request, template, context, status=status)


def _response(code: str, detail: str, headers: dict[str, str]) -> Response:
    headers = {"Cache-Control": "no-store", **headers}
    return Response(
        problem(code, detail), status=status_of(code), headers=headers, content_type=CONTENT_TYPE
    )


def _domain_headers(error: DomainError) -> dict[str, str]:
    if error.code == "quota-exceeded":
        return {
            **_retry(error.details["retry_after"]),
            **rate_limit_headers(cast("Allowance", error.details["allowance"])),
        }
    if error.code in {"invalid-key", "key-ended"}:
        return {"WWW-Authenticate": 'Bearer error="invalid_token"'}
    if error.code == "stale-state":
        return _retry(RETRY_SECONDS)
    return {}


def _retry(seconds: object) -> dict[str, str]:
    return {"Retry-After": str(seconds)}
