"""How the operators' site looks, and the order its pages are found in."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

HUE = 205  # of the public pages
SHADES = {  # lightness in per cent, chroma (CSS Color 4, oklch)
    50: (98, 0.01),
    100: (95, 0.02),
    200: (90, 0.04),
    300: (83, 0.06),
    400: (72, 0.08),
    500: (58, 0.08),
    600: (46, 0.075),
    700: (39, 0.065),
    800: (33, 0.055),
    900: (28, 0.045),
    950: (21, 0.035),
}
COLORS = {
    "primary": {
        str(weight): f"oklch({lightness}% {chroma} {HUE})"
        for weight, (lightness, chroma) in SHADES.items()
    }
}


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """Give the side bar: groups of pages that the account may see."""
    groups = [
        (
            _("People"),
            [
                (_("Accounts"), "person", "registry.user"),
                (_("Rightsholders"), "badge", "registry.rightsholder"),
                (_("Signatures"), "signature", "registry.signature"),
            ],
        ),
        (
            _("The record"),
            [
                (_("Works"), "palette", "registry.work"),
                (_("Claims"), "flag", "registry.claim"),
                (_("Declarations"), "record_voice_over", "registry.declaration"),
                (_("Locations"), "public", "registry.location"),
                (_("Standings"), "verified_user", "registry.standing"),
                (_("Checkpoints"), "account_tree", "registry.checkpoint"),
            ],
        ),
        (
            _("AI firms"),
            [
                (_("Firms"), "domain", "consent.firm"),
                (_("Members"), "group", "consent.firmmember"),
                (_("API keys"), "key", "consent.apikey"),
                (_("Quotas"), "speed", "consent.plan"),
            ],
        ),
        (_("Operation"), [(_("Mails waiting"), "mail", "registry.mail")]),
    ]
    shown = [{"title": title, "items": _visible(request, items)} for title, items in groups]
    return [group for group in shown if group["items"]]


def favicon(request: HttpRequest) -> str:
    """Give the address of the mark that the public pages show."""
    return static("registry/mark.svg")


def _visible(request: HttpRequest, items: list[tuple[Any, str, str]]) -> list[dict[str, Any]]:
    return [
        {"title": title, "icon": icon, "link": _address(model)}
        for title, icon, model in items
        if request.user.has_perm(model.replace(".", ".view_"))
    ]


def _address(model: str) -> Any:
    return reverse_lazy(f"admin:{model.replace('.', '_')}_changelist")
