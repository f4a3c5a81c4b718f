"""The API on one page, for engineers; its examples are files of their own, which the tests run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from consent.labels import BASIS_SENTENCES
from consent.selectors.quotas import anonymous_plan
from consent.selectors.trials import trial_hash
from registry.labels import IDENTIFIER_KINDS, USAGE_LABELS
from registry.vocabulary import Basis

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

EXAMPLES = (
    "single.sh",
    "single.py",
    "as_of.sh",
    "as_of.py",
    "batch.sh",
    "batch.py",
    "closed.py",
    "patient.sh",
    "once.sh",
    "once.py",
    "records.sh",
    "records.py",
    "trial.sh",
    "trial.py",
    "spawning.sh",
    "spawning.py",
    "receipt.sh",
    "opened.py",
    "proof.py",
    "checkpoint.sh",
)
EXAMPLE_HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

#: Method, address and what it is for: the operations of the OpenAPI description.
ENDPOINTS: tuple[tuple[str, str, StrPromise], ...] = (
    ("GET", "/api/v1/consent", _("Ask about one item")),
    ("POST", "/api/v1/consent", _("Ask about a batch, as JSON or as bare hashes")),
    ("POST", "/api/v2/query/urls/", _("Ask in Spawning's format")),
    ("GET", "/.well-known/jwks.json", _("The keys that verify receipts")),
    ("GET", "/api/v1/log/{name}", _("The log's keys and newest state")),
    ("GET", "/api/v1/log/{name}/inclusion", _("The proof that an entry is in the log")),
    ("GET", "/api/v1/log/{name}/consistency", _("The proof that the log only grew")),
    ("GET", "/log/{name}/checkpoint", _("The newest signed checkpoint")),
    ("GET", "/log/{name}/tile/{path}", _("Hashes and entries of the log, in tiles")),
)

# Swagger UI sets sizes on its elements; its icons are in its style sheet.
REFERENCE_POLICY = {"style-src": ["'self'", "'unsafe-inline'"]}


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Show how to ask, and how to check what was answered."""
    context = {
        "examples": {name.replace(".", "_"): example(name) for name in EXAMPLES},
        "endpoints": ENDPOINTS,
        "bases": BASIS_SENTENCES.items(),
        "usages": USAGE_LABELS.items(),
        "trials": [(basis, trial_hash(basis)) for basis in Basis],
        "kinds": ", ".join(kind for kind, _ in IDENTIFIER_KINDS),
        "anonymous": anonymous_plan(),
    }
    return render(request, "docs/api.html", context)


@require_safe
@csp_update(REFERENCE_POLICY)
def reference(request: HttpRequest) -> HttpResponse:
    """Show the OpenAPI description, drawn by Swagger UI from this server alone."""
    return render(request, "docs/reference.html")


def example(name: str) -> str:
    """Give one example as it can be copied."""
    context = {"public_url": settings.PUBLIC_URL, "sha256": EXAMPLE_HASH, "bases": list(Basis)}
    return render_to_string(f"docs/examples/{name}", context).strip()
