"""The Django app of the answer."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ConsentConfig(AppConfig):
    """Registers the answer with Django, and sees to it that there are quotas."""

    name = "consent"

    def ready(self) -> None:
        """Add the quotas that every registry starts with after migrations."""
        post_migrate.connect(_add_plans, sender=self)


def _add_plans(**_: Any) -> None:
    from consent.services.quotas import add_missing_plans

    add_missing_plans()
