"""The operators' site: whose pages it has."""

from importlib import import_module

from django.contrib.admin.apps import SimpleAdminConfig


class AdminConfig(SimpleAdminConfig):
    """Serves our own pages alone, not those that packages bring."""

    default_site = "config.admin_site.RegistryAdminSite"

    def ready(self) -> None:
        """Register the pages of both apps."""
        super().ready()
        for app in ("registry", "consent"):
            import_module(f"{app}.admin")
