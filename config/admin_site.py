"""The operators' site: entered through the accounts' own sign-in, opened on how things stand."""

from collections.abc import Callable
from typing import Any

from allauth.account.decorators import secure_admin_login
from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from unfold.sites import UnfoldAdminSite

from consent.selectors.snapshots import newest
from registry.selectors.operations import overview

# What the theme's Alpine.js asks for: it compiles attributes, and sets sizes and places.
THEME_POLICY = {
    "script-src": ["'self'", "'unsafe-eval'"],
    "style-src": ["'self'", "'unsafe-inline'"],
}


class RegistryAdminSite(UnfoldAdminSite):
    """Adds the sign-in, the theme's content policy and the state of things to the theme's site."""

    index_title = _("How things stand")

    @method_decorator(secure_admin_login)
    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Send strangers to the sign-in page, and refuse whoever is no operator."""
        return super().login(request, extra_context)

    def admin_view(
        self, view: Callable[..., HttpResponse], cacheable: bool = False
    ) -> Callable[..., HttpResponseBase]:
        """Wrap a view so that only operators reach it, under the theme's content policy."""
        return csp_update(THEME_POLICY)(super().admin_view(view, cacheable))

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """Show how the registry is doing, above what may be looked at."""
        state = {"state": overview(at=timezone.now()), "snapshot": newest()}
        return super().index(request, state | (extra_context or {}))
