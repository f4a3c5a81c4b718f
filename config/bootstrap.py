"""Makes `.venv` with the locked packages and goes on inside it; standard library only.

The syntax stays readable for Python 3.8, so that an old Python gets a sentence, not a SyntaxError.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

PROJECT = Path(__file__).resolve().parent.parent
VENV = PROJECT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "locked"
RUNTIME = ["requirements.txt"]
WITH_DEV = ["requirements.txt", "requirements-dev.txt"]


def enter(with_dev: bool) -> None:
    """Return inside `.venv` with the locked packages, or exit with one plain sentence and code 2.

    REGISTRY_BOOTSTRAP=0 leaves the interpreter and its packages as they are.
    """
    if sys.version_info < (3, 11):  # noqa: UP036  an older one is what this is about
        refuse(f"The registry needs Python 3.11 or later, and this is {sys.version.split()[0]}.")
    wanted = os.environ.get("REGISTRY_BOOTSTRAP", "1") or "1"
    if wanted not in ("0", "1"):
        refuse(f"REGISTRY_BOOTSTRAP must be 0 or 1, not '{wanted}'.")
    if wanted == "0":
        return
    if Path(sys.prefix).resolve() != VENV.resolve():
        with locked():
            if not (PYTHON.exists() and (VENV / "pyvenv.cfg").exists()):
                make_venv()
        restart()
    if not is_fresh(with_dev):
        with locked():
            if not is_fresh(with_dev):
                install(WITH_DEV if with_dev else RUNTIME)
        restart()


def refuse(sentence: str) -> NoReturn:
    """Say why nothing was started, and exit with code 2."""
    say(sentence)
    raise SystemExit(2)


def say(sentence: str) -> None:
    """Write one line for the person at the terminal."""
    sys.stderr.write(sentence + "\n")
    sys.stderr.flush()


@contextmanager
def locked() -> Iterator[None]:
    """Let one process at a time change `.venv`."""
    descriptor = os.open(str(PROJECT), os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def restart() -> NoReturn:
    """Run the same command with the interpreter of `.venv`."""
    os.execv(str(PYTHON), [str(PYTHON), *sys.orig_argv[1:]])  # noqa: S606  no shell is wanted


def digest(locks: list[str]) -> str:
    """What `.venv` must hold: the lock files' SHA-256, with the Python version."""
    content = b"".join((PROJECT / name).read_bytes() for name in locks)
    major, minor = sys.version_info[:2]
    return f"{major}.{minor} {hashlib.sha256(content).hexdigest()}"


def is_fresh(with_dev: bool) -> bool:
    """Whether `.venv` holds what the lock files say; the test packages are no harm."""
    held = STAMP.read_text() if STAMP.exists() else ""
    return held == digest(WITH_DEV) or (not with_dev and held == digest(RUNTIME))


def make_venv() -> None:
    """Make an empty `.venv`."""
    if not all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")):
        refuse(
            "Python's venv module is missing: install it "
            "(Debian: apt-get install python3-venv) and start again."
        )
    say("Making .venv ...")
    run([sys.executable, "-m", "venv", "--clear", str(VENV)])


def install(locks: list[str]) -> None:
    """Bring the locked packages into `.venv`, by uv where it runs, else by pip.

    Others stay: a start must not take away what testing needs.
    """
    STAMP.unlink(missing_ok=True)
    if importlib.util.find_spec("pip") is None:
        make_venv()
    say("Installing the locked packages into .venv ...")
    options = ["--quiet", "--require-hashes"]
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", *options]
    uv = [str(VENV / "bin" / "uv"), "pip", "install", "--python", str(PYTHON), *options]
    files = [argument for name in locks for argument in ("-r", str(PROJECT / name))]
    has_uv = succeeds([*pip, "-r", str(PROJECT / "requirements-bootstrap.txt")])
    if not (has_uv and succeeds([*uv, *files])):
        say("uv could not install them; pip can, but takes minutes ...")
        run([*pip, *files])
    STAMP.write_text(digest(locks))


def succeeds(command: list[str]) -> bool:
    """Run a command and say whether it ended well."""
    try:
        return subprocess.run(command, check=False).returncode == 0
    except OSError:
        return False


def run(command: list[str]) -> None:
    """Run a command that must end well, else exit with code 1."""
    if not succeeds(command):
        say(f"Stopped: '{' '.join(command)}' failed.")
        raise SystemExit(1)
