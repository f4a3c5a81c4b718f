"""Brings the database and the static files up to date, and makes the first admin account."""

import os

import django
from django.core.management import call_command


def main() -> None:
    """Do what every start needs; quick where there is nothing to do."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("ensure_admin")


if __name__ == "__main__":
    main()
