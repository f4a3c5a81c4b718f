"""The public keys by which receipts are verified."""

from django.conf import settings
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from consent.api.v1 import schema
from consent.receipts import PURPOSE
from registry.signing import public_jwks


class KeysView(APIView):
    """A JWK set (RFC 7517), with keys that are no longer in use, since receipts last."""

    authentication_classes = ()

    @schema.receipt_keys
    def get(self, request: Request) -> Response:
        """Give the set."""
        jwks = public_jwks(settings.REGISTRY_SIGNING_KEYS, PURPOSE)
        return Response(jwks, headers={"Cache-Control": "public, max-age=300"})
