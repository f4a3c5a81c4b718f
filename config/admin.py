"""The operators' site: which app's pages it has, and the order they are found in."""

from importlib import import_module
from typing import Any

from django.contrib.admin.apps import SimpleAdminConfig
from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _


class AdminConfig(SimpleAdminConfig):
    """Serves our own pages alone, not those that packages bring."""

    default_site = "config.admin_site.RegistryAdminSite"

    def ready(self) -> None:
        """Register the pages of both apps."""
        super().ready()
        for app in ("registry", "consent"):
            import_module(f"{app}.admin")


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
                (_("Standings"), "verified_user", "registry.standing"),
                (_("Checkpoints"), "account_tree", "registry.checkpoint"),
            ],
        ),
        (
            _("AI firms"),
            [
                (_("Firms"), "domain", "consent.firm"),
                (_("API keys"), "key", "consent.apikey"),
                (_("Quotas"), "speed", "consent.plan"),
            ],
        ),
        (_("Operation"), [(_("Mails waiting"), "mail", "registry.mail")]),
    ]
    return [{"title": title, "items": _visible(request, items)} for title, items in groups]


def _visible(request: HttpRequest, items: list[tuple[Any, str, str]]) -> list[dict[str, Any]]:
    return [
        {"title": title, "icon": icon, "link": _address(model)}
        for title, icon, model in items
        if request.user.has_perm(model.replace(".", ".view_"))
    ]


def _address(model: str) -> Any:
    return reverse_lazy(f"admin:{model.replace('.', '_')}_changelist")
