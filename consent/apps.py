"""The Django app of the answer."""

from django.apps import AppConfig


class ConsentConfig(AppConfig):
    """Registers the answer with Django."""

    name = "consent"
    default_auto_field = "django.db.models.BigAutoField"
