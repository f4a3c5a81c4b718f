"""The addresses of version 1."""

from django.urls import path

from consent.api.v1.views import ConsentView

urlpatterns = [path("consent", ConsentView.as_view(), name="consent")]
