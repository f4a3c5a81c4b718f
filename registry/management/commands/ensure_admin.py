"""`ensure_admin`: the first account that may enter the admin, its password kept in a file."""

import os
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from registry.errors import DomainError
from registry.labels import sentence
from registry.selectors.people import has_admin
from registry.services.operators import create_admin


class Command(BaseCommand):
    help = "Makes the first admin account, REGISTRY_ADMIN_EMAIL, if there is none."

    def handle(self, *args: Any, **options: Any) -> None:
        if has_admin():
            return
        password = secrets.token_urlsafe(18)
        # Written first: an account whose password nobody knows would be worse than a stray file.
        write_secret(settings.ADMIN_PASSWORD_FILE, password)
        try:
            admin = create_admin(email=settings.ADMIN_EMAIL, password=password)
        except DomainError as refusal:
            raise CommandError(f"{settings.ADMIN_EMAIL}: {sentence(refusal)}") from refusal
        self.stdout.write(f"{admin.email} is the admin, password in {settings.ADMIN_PASSWORD_FILE}")


def write_secret(path: Path, secret: str) -> None:
    """Write a file that only its owner can read, whatever stood there before."""
    path.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secret + "\n")
