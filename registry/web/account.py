"""The account: its public name, its language, and what it may say by the evidence it has given."""

from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods
from django.views.i18n import set_language as django_set_language

from registry.labels import EVIDENCE_LEVELS
from registry.selectors.people import acting_rightsholder, evidence_level
from registry.services import people
from registry.tasks import integrate_log
from registry.vocabulary import EvidenceLevel
from registry.web.acting import signed_in
from registry.web.forms import AccountForm

LEVELS = [
    (
        EvidenceLevel.EMAIL,
        _("You may say no and “ask me first” to every use of what you register."),
        _("Follow the link in the mail that we sent you."),
    ),
    (
        EvidenceLevel.IDENTITY,
        _("A yes to a single work counts 72 hours after you said it."),
        _("For this, the people who run this registry confirm who you are."),
    ),
    (
        EvidenceLevel.VOUCHED,
        _(
            "A yes counts at once, also to all works together and to works with an ISBN, ISRC, "
            "ISWC or DOI."
        ),
        _("For this, a society, publisher, label or agency that works with us vouches for you."),
    ),
]


@login_required
@require_http_methods(["GET", "POST"])
def account_settings(request: HttpRequest) -> HttpResponse:
    """Show and change the public name and the language; say what the account may say."""
    user = signed_in(request)
    rightsholder = acting_rightsholder(user)
    known = {"name": rightsholder.name if rightsholder else "", "language": user.language}
    form = AccountForm(request.POST or None, initial=known)
    if form.is_valid():
        _save(request, form)
        return _in_language(redirect("account_settings"), form.cleaned_data["language"])
    context = {
        "form": form,
        "steps": _steps(evidence_level(rightsholder) if rightsholder else EvidenceLevel.NONE),
    }
    return render(request, "registry/account_settings.html", context)


def set_language(request: HttpRequest) -> HttpResponse:
    """Change the language of the pages, and with it that of the account's mails."""
    response = django_set_language(request)
    language = request.POST.get("language", "")
    if request.user.is_authenticated and language in dict(settings.LANGUAGES):
        people.set_language(user=signed_in(request), language=language)
    return response


def _steps(level: EvidenceLevel) -> list[dict[str, Any]]:
    """Give what each evidence level lets somebody say, and how to reach it."""
    ahead = [step for step, *_ in LEVELS if step > level]
    return [
        {
            "label": dict(EVIDENCE_LEVELS)[step],
            "grants": grants,
            "way": way,
            "is_done": step <= level,
            "is_next": step in ahead[:1],
        }
        for step, grants, way in LEVELS
    ]


def _save(request: HttpRequest, form: AccountForm) -> None:
    user = signed_in(request)
    people.update_account(
        user=user,
        name=form.cleaned_data["name"],
        language=form.cleaned_data["language"],
        is_confirmed=EmailAddress.objects.get_verified(user) is not None,
        at=timezone.now(),
    )
    integrate_log.delay_on_commit()
    with translation.override(form.cleaned_data["language"]):
        messages.success(request, gettext("Saved."))


def _in_language(response: HttpResponse, language: str) -> HttpResponse:
    """Let the browser ask for this language from now on, as Django's own switch does."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        path=settings.LANGUAGE_COOKIE_PATH,
        domain=settings.LANGUAGE_COOKIE_DOMAIN,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite=settings.LANGUAGE_COOKIE_SAMESITE,
    )
    return response
