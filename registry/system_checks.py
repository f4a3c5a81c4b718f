"""Mistakes of a deployment that would harm people: found before anybody depends on it."""

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Tags, register
from django.db import connections

from registry.log.models import Log
from registry.selectors.log import DECLARATIONS, log_origin

NOT_OURS = stat.S_IWGRP | stat.S_IRWXO  # a mounted secret may be readable by its group


@register(Tags.security)
def signing_keys(**_: Any) -> list[CheckMessage]:
    """Find keys that others can read, and a directory where none could be made."""
    directory: Path = settings.REGISTRY_SIGNING_KEYS
    keys = sorted(directory.glob("*.pem"))
    return [*_open_keys(keys), *([] if keys else _closed_directory(directory))]


@register(Tags.security, deploy=True)
def public_url(**_: Any) -> list[CheckMessage]:
    """Find a public address that anybody on the way can listen to."""
    if settings.PUBLIC_URL.startswith("https://"):
        return []
    hint = "Set REGISTRY_PUBLIC_URL to an address that starts with https://."
    return [
        checks.Warning(
            f"People would reach the registry at {settings.PUBLIC_URL}.", hint, id="registry.W003"
        )
    ]


@register(deploy=True)
def admin_email(**_: Any) -> list[CheckMessage]:
    """Find an admin account whose mails would reach nobody."""
    if not settings.ADMIN_EMAIL.endswith("@localhost"):
        return []
    hint = "Set REGISTRY_ADMIN_EMAIL to an address that somebody reads."
    said = f"The first admin account would be {settings.ADMIN_EMAIL}."
    return [checks.Warning(said, hint, id="registry.W004")]


@register(Tags.database)
def name_of_log(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Find a log that was begun under another name than the settings give it."""
    if "default" not in (databases or []):
        return []
    if Log._meta.db_table not in connections["default"].introspection.table_names():  # noqa: SLF001
        return []
    origin = log_origin()
    begun = Log.objects.filter(name=DECLARATIONS).exclude(origin=origin).first()
    if begun is None:
        return []
    hint = f"Set REGISTRY_LOG_ORIGIN to {begun.origin.partition('/')[0]}, whatever the new address."
    said = f"The log was begun as {begun.origin} and keeps that name; the settings say {origin}."
    return [checks.Warning(said, hint, id="registry.W005")]


def _open_keys(keys: list[Path]) -> Iterator[CheckMessage]:
    for key in keys:
        if key.stat().st_mode & NOT_OURS:
            said = (
                f"The signing key {key} is open to other accounts: they could sign as the registry."
            )
            yield checks.Error(said, f"chmod 600 {key}", id="registry.E001")


def _closed_directory(directory: Path) -> Iterator[CheckMessage]:
    nearest = next(path for path in (directory, *directory.parents) if path.exists())
    if not os.access(nearest, os.W_OK | os.X_OK):
        said = f"There are no signing keys in {directory}, and none can be made there."
        hint = "Put log.pem and receipts.pem there, or let this account write to it."
        yield checks.Error(said, hint, id="registry.E002")
