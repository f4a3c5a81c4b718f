"""The Statement on AI training: read it, sign it, take the signature back, see who signed."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from registry.errors import DomainError, InvalidName
from registry.labels import sentence
from registry.selectors.people import acting_rightsholder
from registry.selectors.signatures import (
    last_signature,
    listed_signatures,
    signatures_count,
)
from registry.services import signatures
from registry.vocabulary import Capacity, Discipline
from registry.web.acting import signed_in
from registry.web.forms import DisciplineForm, SignatureForm

NEWEST = 12
PAGE = 60
DRAFT = "statement-draft"


@require_safe
def statement(request: HttpRequest) -> HttpResponse:
    """Show the Statement with the form, or with one's own signature."""
    return _statement_page(request, SignatureForm(initial=_known_of(request)))


def sign_statement(request: HttpRequest) -> HttpResponse:
    """Sign; whoever has no account yet makes one first, and the form waits for them."""
    if request.method != "POST":
        return redirect("statement")
    form = SignatureForm(request.POST)
    if not form.is_valid():
        return _statement_page(request, form)
    if not request.user.is_authenticated:
        request.session[DRAFT] = form.cleaned_data
        messages.info(request, _("One step before you sign: an account, so that you sign once."))
        after = urlencode({"next": f"{reverse('statement')}#sign"})
        return redirect(f"{reverse('account_signup')}?{after}")
    try:
        _sign(request, form.cleaned_data)
    except InvalidName as refusal:
        form.add_error("name", sentence(refusal))
        return _statement_page(request, form)
    except DomainError as refusal:
        messages.error(request, sentence(refusal))
    else:
        request.session.pop(DRAFT, None)
        messages.success(request, _("You have signed the Statement. Thank you."))
    return redirect("statement")


@login_required
def withdraw_signature(request: HttpRequest) -> HttpResponse:
    """Take the signature back; the form then holds what stood there, to sign again."""
    if request.method != "POST":
        return redirect("statement")
    try:
        signatures.withdraw_signature(user=signed_in(request), at=timezone.now())
    except DomainError as refusal:
        messages.error(request, sentence(refusal))
    else:
        messages.success(
            request, _("Your signature is withdrawn. If that was a mistake, sign again below.")
        )
    return redirect(f"{reverse('statement')}#sign")


@require_safe
def signatories(request: HttpRequest) -> HttpResponse:
    """List the public signatures, of one field if asked."""
    form = DisciplineForm(request.GET)
    discipline = form.cleaned_data["discipline"] if form.is_valid() else ""
    listed = Paginator(listed_signatures(discipline=discipline), PAGE)
    page = listed.get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "signatures_count": signatures_count()}
    return render(request, "registry/signatories.html", context)


def _sign(request: HttpRequest, data: dict[str, Any]) -> None:
    signatures.sign_statement(
        user=signed_in(request),
        name=data["name"],
        capacity=Capacity(data["capacity"]),
        organisation_name=data["organisation_name"],
        discipline=Discipline(data["discipline"]),
        is_listed=data["is_listed"],
        at=timezone.now(),
    )


def _known_of(request: HttpRequest) -> dict[str, Any]:
    """Give what the form can start with: what was typed before signing up, else what is known."""
    if DRAFT in request.session:
        return dict(request.session[DRAFT])
    if not request.user.is_authenticated:
        return {}
    last = last_signature(signed_in(request))
    if last:
        return {name: getattr(last, name) for name in SignatureForm.base_fields}
    rightsholder = acting_rightsholder(signed_in(request))
    return {"name": rightsholder.name} if rightsholder else {}


def _statement_page(request: HttpRequest, form: SignatureForm) -> HttpResponse:
    own = last_signature(signed_in(request)) if request.user.is_authenticated else None
    context = {
        "form": form,
        "signature": own if own and own.withdrawn_at is None else None,
        "newest": listed_signatures()[:NEWEST],
        "signatures_count": signatures_count(),
        "has_draft": DRAFT in request.session,
        "was_withdrawn": own is not None,
    }
    return render(request, "registry/statement.html", context)
