"""The Django app of the record."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """Registers the record with Django, with its system checks."""

    name = "registry"
    default_auto_field = "django.db.models.BigAutoField"
