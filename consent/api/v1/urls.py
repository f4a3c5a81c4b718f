"""The addresses of version 1."""

from django.urls import path

from consent.api.v1.description import description
from consent.api.v1.views import ConsentView

urlpatterns = [
    path("consent", ConsentView.as_view(), name="consent"),
    path("openapi.yaml", description, name="openapi"),
]
