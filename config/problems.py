"""Every refusal as HTTP: the one place where statuses are chosen (RFC 9457)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Show why a form was not taken, and that nothing was lost."""
    return render(request, "403_csrf.html", status=403)
