"""The Django app of the record."""

from importlib import import_module
from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class RegistryConfig(AppConfig):
    """Registers the record with Django, and opens its log once there are tables."""

    name = "registry"

    def ready(self) -> None:
        """Open the log after migrations: its origin is the deployment's, not a migration's."""
        import_module("registry.system_checks")
        post_migrate.connect(_open_log, sender=self)


def _open_log(**_: Any) -> None:
    from registry.log.services import open_log
    from registry.selectors.log import DECLARATIONS, log_origin

    open_log(name=DECLARATIONS, origin=log_origin())
