"""The committed OpenAPI description, served as it is."""

from functools import cache
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

FILE = Path(__file__).with_name("openapi.yaml")


@require_safe
def description(request: HttpRequest) -> HttpResponse:
    """Give the file, which changes with the software alone."""
    headers = {"Cache-Control": "public, max-age=3600"}
    return HttpResponse(_content(), content_type="application/yaml", headers=headers)


@cache
def _content() -> bytes:
    return FILE.read_bytes()
