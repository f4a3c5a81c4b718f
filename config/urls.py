"""Every address of the site."""

from django.contrib import admin
from django.urls import include, path, re_path

from config.health import healthz, readyz
from consent.api.keys import KeysView
from consent.api.spawning import QueryUrlsView

handler400 = "config.problems.bad_request"
handler404 = "config.problems.not_found"
handler500 = "config.problems.server_error"

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.account.urls")),
    path("api/v1/", include("consent.api.v1.urls")),
    re_path(r"^api/v2/query/urls/?$", QueryUrlsView.as_view(), name="spawning"),
    path(".well-known/jwks.json", KeysView.as_view(), name="jwks"),
    path("", include("registry.api.urls")),
    path("", include("consent.web.urls")),
    path("", include("registry.web.urls")),
]
