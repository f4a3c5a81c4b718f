"""A command's lines and exit code, and ways to damage rows as nobody may."""

from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

Ran = tuple[int, list[str]]


@pytest.fixture
def run() -> Callable[..., Ran]:
    """Run a command; give its exit code and the lines it printed."""

    def run(name: str, *arguments: object, **options: object) -> Ran:
        out = StringIO()
        code = 0
        try:
            call_command(name, *map(str, arguments), stdout=out, **options)
        except SystemExit as ending:
            code = int(ending.code or 0)
        return code, out.getvalue().splitlines()

    return run


@pytest.fixture
def damage(db: None) -> Callable[..., None]:
    """Change a table behind the back of its triggers, as its owner could."""

    def damage(table: str, statement: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"ALTER TABLE registry_{table} DISABLE TRIGGER USER")
            cursor.execute(statement)
            assert cursor.rowcount > 0, "the damage must hit something"
            cursor.execute(f"ALTER TABLE registry_{table} ENABLE TRIGGER USER")

    return damage
