"""Who asks: an API key in the header `Authorization: Bearer crk_…`, or nobody in particular."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.request import Request

from consent.errors import InvalidKey, OutOfScope
from consent.services import firms

if TYPE_CHECKING:
    from consent.models import ApiKey
    from consent.vocabulary import KeyScope


def key_of(request: Request) -> ApiKey | None:
    """Give the key that was shown, or None for an anonymous question."""
    return cast("ApiKey | None", request.auth)


def require_scope(request: Request, scope: KeyScope) -> None:
    """Raise OutOfScope where a key was shown that may not be used for this."""
    key = key_of(request)
    if key and scope not in key.scopes:
        raise OutOfScope


class KeyAuthentication(BaseAuthentication):
    """Gives the API key as `request.auth`; without the header the question is anonymous."""

    schemes: tuple[str, ...] = ("bearer",)
    challenge = 'Bearer realm="consent"'

    def authenticate(self, request: Request) -> tuple[None, ApiKey] | None:
        """Raise InvalidKey for anything but a good key: a mistake is never anonymous.

        The web server hands a header that is no ASCII on as an empty one.
        """
        if "HTTP_AUTHORIZATION" not in request.META:
            return None
        scheme, text = _shown(request)
        if scheme not in self.schemes:
            raise InvalidKey
        return None, firms.key_in_use(text=text, at=timezone.now())

    def authenticate_header(self, request: Request) -> str:
        """Give the challenge; it names an error only where a key was shown (RFC 6750, 3.1)."""
        scheme, _ = _shown(request)
        return self.challenge + (', error="invalid_token"' if scheme in self.schemes else "")


def _shown(request: Request) -> tuple[str, str]:
    """Give the scheme and what stands behind it."""
    scheme, _, text = get_authorization_header(request).decode("latin-1").partition(" ")
    return scheme.lower(), text.strip()
