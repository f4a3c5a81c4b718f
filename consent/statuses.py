"""Every refusal as HTTP: the one place where statuses are chosen."""

from http import HTTPStatus

from django.utils.translation import gettext as _

from consent.labels import ERROR_SENTENCES
from registry.labels import ERROR_SENTENCES as RECORD_SENTENCES

RETRY_SECONDS = 5

# Where a code is not named here, the request was understood and cannot be followed: 422.
STATUSES = {
    "bad-request": HTTPStatus.BAD_REQUEST,
    "length-required": HTTPStatus.LENGTH_REQUIRED,
    "malformed-body": HTTPStatus.BAD_REQUEST,
    "invalid-idempotency-key": HTTPStatus.BAD_REQUEST,
    "idempotency-needs-key": HTTPStatus.BAD_REQUEST,
    "idempotency-in-progress": HTTPStatus.CONFLICT,
    "unknown-parameter": HTTPStatus.BAD_REQUEST,
    "repeated-parameter": HTTPStatus.BAD_REQUEST,
    "invalid-key": HTTPStatus.UNAUTHORIZED,
    "key-ended": HTTPStatus.UNAUTHORIZED,
    "key-scope": HTTPStatus.FORBIDDEN,
    "not-allowed": HTTPStatus.FORBIDDEN,
    "unknown-log": HTTPStatus.NOT_FOUND,
    "unknown-entry": HTTPStatus.NOT_FOUND,
    "unknown-moment": HTTPStatus.NOT_FOUND,
    "not-found": HTTPStatus.NOT_FOUND,
    "method-not-allowed": HTTPStatus.METHOD_NOT_ALLOWED,
    "not-acceptable": HTTPStatus.NOT_ACCEPTABLE,
    "already-registered": HTTPStatus.CONFLICT,
    "too-many-keys": HTTPStatus.CONFLICT,
    "firm-exists": HTTPStatus.CONFLICT,
    "already-in-firm": HTTPStatus.CONFLICT,
    "already-member": HTTPStatus.CONFLICT,
    "already-invited": HTTPStatus.CONFLICT,
    "last-owner": HTTPStatus.CONFLICT,
    "invitation-ended": HTTPStatus.CONFLICT,
    "too-many-invitations": HTTPStatus.TOO_MANY_REQUESTS,
    "body-too-large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "url-too-long": HTTPStatus.UNPROCESSABLE_ENTITY,
    "unsupported-media-type": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "quota-exceeded": HTTPStatus.TOO_MANY_REQUESTS,
    "too-many-at-once": HTTPStatus.TOO_MANY_REQUESTS,
    "server-error": HTTPStatus.INTERNAL_SERVER_ERROR,
    "stale-state": HTTPStatus.SERVICE_UNAVAILABLE,
    "unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
}


def status_of(code: str) -> HTTPStatus:
    """Give the HTTP status of a refusal."""
    return STATUSES.get(code, HTTPStatus.UNPROCESSABLE_ENTITY)


def http_sentences() -> dict[str, str]:
    """Give the translated sentence of each refusal that only HTTP knows."""
    return {
        "bad-request": _("The request could not be read: too many parameters, or a wrong host."),
        "length-required": _("The request does not say how long its body is."),
        "not-found": _("There is nothing at this address."),
        "method-not-allowed": _("This address does not take this method."),
        "not-acceptable": _("The answer cannot be given in the format that was asked for."),
        "unsupported-media-type": _("This address does not take this kind of body."),
        "server-error": _("Something went wrong here. The request id helps us to find out what."),
        "unavailable": _("The registry cannot answer right now. Please ask again shortly."),
        "not-allowed": _("This is not open to you."),
    }


def catalogue() -> dict[str, tuple[HTTPStatus, str]]:
    """Give the status and the translated sentence of every refusal, by its code."""
    sentences = {**http_sentences(), **RECORD_SENTENCES, **ERROR_SENTENCES}
    return {code: (status_of(code), str(sentences[code])) for code in sorted(sentences)}
