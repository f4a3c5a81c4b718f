"""The API on one page, for engineers; its examples are files of their own, which the tests run."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from consent.selectors.trials import trial_hash
from registry.labels import IDENTIFIER_KINDS, USAGE_LABELS
from registry.vocabulary import Basis

EXAMPLES = (
    "single.sh",
    "batch.sh",
    "closed.py",
    "once.sh",
    "records.sh",
    "receipt.sh",
    "proof.py",
    "checkpoint.sh",
)
EXAMPLE_HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Show how to ask, and how to check what was answered."""
    context = {
        "examples": {name.partition(".")[0]: example(name) for name in EXAMPLES},
        "usages": USAGE_LABELS.items(),
        "trials": [(basis, trial_hash(basis)) for basis in Basis],
        "kinds": ", ".join(kind for kind, _ in IDENTIFIER_KINDS),
    }
    return render(request, "docs/api.html", context)


def example(name: str) -> str:
    """Give one example as it can be copied."""
    context = {"public_url": settings.PUBLIC_URL, "sha256": EXAMPLE_HASH}
    return render_to_string(f"docs/examples/{name}", context).strip()
