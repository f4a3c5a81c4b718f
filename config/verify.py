"""Tests everything, or measures, beside a database and a state directory of its own."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from config.bootstrap import PROJECT, VENV
from config.commands import prepared, say
from config.env import DEFAULTS

KEPT = {"REGISTRY_SAMPLES", "REGISTRY_PG_BIN", "REGISTRY_BOOTSTRAP"}
PRODUCTION = {
    "REGISTRY_PRODUCTION": "yes",
    "REGISTRY_PUBLIC_URL": "https://registry.example",
    "REGISTRY_ADMIN_EMAIL": "admin@registry.example",
    "REGISTRY_MAIL_FROM": "registry@registry.example",
    "EMAIL_URL": "smtp+tls://mail.registry.example",
}


def verify(arguments: list[str]) -> int:
    """Run every check, then the tests; `--all` adds the slow ones.

    Other arguments go to pytest, which then runs alone. It comes last, so that its closing line
    ends the output. The exit code is 1 if anything failed.
    """
    is_all = "--all" in arguments
    chosen = [argument for argument in arguments if argument != "--all"]
    with own_state(), prepared(is_durable=False):
        wanted = () if chosen else checks()
        failed = [name for name, command, more in wanted if not passes(name, command, more)]
        selection = ["-m", "not long" if is_all else "not slow and not long"]
        pytest = [sys.executable, "-m", "pytest", "-n", "2", *selection, *chosen]
        if subprocess.run(pytest, cwd=PROJECT).returncode:
            failed.append("pytest")
    if failed:
        say(f"Failed: {', '.join(failed)}")
    return 1 if failed else 0


def bench(names: list[str]) -> int:
    """Run the named benchmarks, or all; their exit code."""
    with own_state(), prepared():
        command = [sys.executable, "-m", "tests.benchmarks", *names]
        return subprocess.run(command, cwd=PROJECT).returncode


def fuzz(calls: list[str]) -> int:
    """Ask a registry of its own so many questions made from its description; the exit code."""
    return subprocess.run([sys.executable, "-m", "tests.fuzz", *calls], cwd=PROJECT).returncode


def checks() -> Iterator[tuple[str, list[str], Mapping[str, str]]]:
    """Each check: its name, its command, and what it adds to the environment."""
    python = [sys.executable, "-m"]
    manage = [sys.executable, "manage.py"]
    imports = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    yield "ruff check", [*python, "ruff", "check", "."], {}
    yield "ruff format", [*python, "ruff", "format", "--check", "."], {}
    yield "mypy", [*python, "mypy"], {}
    yield "lint-imports", [sys.executable, "-c", imports], {}
    yield "migrations", [*manage, "makemigrations", "--check", "--dry-run"], {}
    deploy = [*manage, "check", "--deploy", "--fail-level", "WARNING"]
    yield "check --deploy", deploy, PRODUCTION
    yield "packages", package_check(), {}


def package_check() -> list[str]:
    """The command that finds packages whose requirements are not met."""
    uv = VENV / "bin" / "uv"
    if uv.exists():
        return [str(uv), "pip", "check", "--python", sys.executable]
    return [sys.executable, "-m", "pip", "check"]


def passes(name: str, command: list[str], more: Mapping[str, str]) -> bool:
    """Run one check, say how it ended, and show what it said if it failed."""
    started_at = time.monotonic()
    result = subprocess.run(
        command,
        env=os.environ | more,
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    seconds = time.monotonic() - started_at
    say(f"{name:<16} {'FAILED' if result.returncode else 'ok':<6} {seconds:6.1f} s")
    if result.returncode:
        say(result.stdout)
    return result.returncode == 0


@contextlib.contextmanager
def own_state() -> Iterator[None]:
    """Forget the settings given, and use a state directory that is removed at the end.

    Compiled modules go there, for tests start many processes that would compile them all again.
    """
    for name in DEFAULTS.keys() - KEPT:
        os.environ.pop(name, None)
    state = Path(tempfile.mkdtemp(prefix="registry-verify-"))
    state.chmod(0o711)
    os.environ["REGISTRY_STATE"] = str(state)
    os.environ["PYTHONPYCACHEPREFIX"] = str(state / "compiled")
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    try:
        yield
    finally:
        shutil.rmtree(state, ignore_errors=True)
