"""Brings the database and the static files up to date, and makes the first admin account."""

import hashlib
import os
from pathlib import Path

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command


def main() -> None:
    """Do what every start needs; quick where there is nothing to do."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    collect_static_files()
    call_command("ensure_admin")


def collect_static_files() -> None:
    """Collect and compress them, which takes seconds, only if one of them changed."""
    collected = Path(settings.STATIC_ROOT) / "collected.txt"
    wanted = static_fingerprint()
    if not collected.exists() or collected.read_text() != wanted:
        call_command("collectstatic", interactive=False, verbosity=0)
        collected.write_text(wanted)


def static_fingerprint() -> str:
    """A hash over every static file's path, size and time, and how they are stored."""
    digest = hashlib.sha256(repr((settings.STATIC_URL, settings.STORAGES)).encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            about = Path(storage.path(path)).stat()
            digest.update(repr((path, about.st_size, about.st_mtime_ns)).encode())
    return digest.hexdigest()


if __name__ == "__main__":
    main()
