"""The two commands: they start everything or say in one line why not, and leave nothing behind."""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from config.bootstrap import PROJECT
from config.commands import made_state
from config.embedded_postgres import EmbeddedPostgres
from config.env import DEFAULTS


@pytest.fixture
def state() -> Iterator[Path]:
    """A state directory that the database server's account can reach."""
    path = Path(tempfile.mkdtemp(prefix="registry-test-"))
    path.chmod(0o711)
    yield path
    shutil.rmtree(path)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def start(state: Path, *arguments: str, **settings: str) -> subprocess.Popen[str]:
    """Run `manage.py` as a person would, with no other settings than these."""
    environment = {name: value for name, value in os.environ.items() if name not in DEFAULTS}
    environment |= {"REGISTRY_BOOTSTRAP": "0", "REGISTRY_STATE": str(state)} | settings
    return subprocess.Popen(
        [sys.executable, "manage.py", *arguments],
        cwd=PROJECT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def refusal(process: subprocess.Popen[str]) -> str:
    """What a command said that must have refused to start."""
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 2, said
    assert said.count("\n") == 1, said
    return said


@pytest.mark.parametrize("command", ["up", "migrate"])
def test_a_bad_value_is_said_in_one_line(command: str, state: Path) -> None:
    said = refusal(start(state, command, REGISTRY_PORT="many"))
    assert said == "REGISTRY_PORT must be a whole number from 1 to 65535, not 'many'.\n"
    assert list(state.iterdir()) == []


def test_an_unusable_state_directory_is_said_in_one_line(state: Path) -> None:
    (state / "file").touch()
    assert "cannot write there" in refusal(start(state / "file" / "state", "up"))


def test_a_busy_port_is_said_in_one_line_before_anything_starts(state: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        said = refusal(start(state, "up", REGISTRY_PORT=port))
    assert said.startswith(f"Cannot listen on 127.0.0.1 port {port} (address already in use)")
    assert not (state / "postgres").exists()


def test_a_second_start_from_the_same_state_is_refused(state: Path) -> None:
    with (state / "up.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        said = refusal(start(state, "up", REGISTRY_PORT=str(free_port())))
    assert said.startswith(f"The registry already runs from {state}")


def test_no_other_account_reads_the_mails(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGISTRY_STATE", str(state))
    (state / "mails").mkdir(mode=0o755)
    assert made_state() == state
    assert (state / "mails").stat().st_mode & 0o777 == 0o700


def test_production_does_not_make_its_own_secrets(state: Path) -> None:
    assert "REGISTRY_SECRET_KEY" in refusal(start(state, "up", REGISTRY_PRODUCTION="yes"))


def test_a_command_alone_has_a_database_for_as_long_as_it_runs(state: Path) -> None:
    ask = "from django.db import connection as c; c.ensure_connection(); print(c.vendor)"
    process = start(state, "shell", "-v0", "-c", ask)
    assert process.communicate(timeout=120)[0].endswith("postgresql\n")
    assert process.returncode == 0
    assert not EmbeddedPostgres(state / "postgres", None).is_listening()


def test_a_terminated_command_stops_its_database(state: Path) -> None:
    process = start(state, "shell", "-v0", "-c", "import time; time.sleep(60)")
    wait_until(lambda: (state / "postgres" / "port").exists(), process)
    database = EmbeddedPostgres(state / "postgres", None)
    wait_until(database.is_ready, process)
    process.terminate()
    process.communicate(timeout=60)
    assert process.returncode == 128 + signal.SIGTERM
    assert not database.is_listening()


def wait_until(is_so: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Wait up to two minutes, while the process runs."""
    deadline = time.monotonic() + 120
    while not is_so():
        assert process.poll() is None, process.stdout and process.stdout.read()
        assert time.monotonic() < deadline, "took too long"
        time.sleep(0.1)


def answers(url: str) -> bool:
    try:
        return bool(urllib.request.urlopen(url, timeout=5).status == 200)  # noqa: S310  our own
    except (urllib.error.URLError, OSError):
        return False


def is_dead(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def announced(process: subprocess.Popen[str]) -> str:
    """What `up` says until it is ready."""
    said = ""
    assert process.stdout
    for line in process.stdout:
        said += line
        if "Ctrl-C stops it" in line:
            return said
    raise AssertionError(said)


def leaders(up: subprocess.Popen[str]) -> dict[str, int]:
    """The pids of the web server, the worker and beat."""
    found = {}
    for pid in Path(f"/proc/{up.pid}/task/{up.pid}/children").read_text().split():
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        for name, word in (("web", b"granian"), ("worker", b"worker"), ("beat", b"beat")):
            if word in command:
                found[name] = int(pid)
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
@pytest.mark.slow
def test_up_survives_every_kill_and_a_second_start_keeps_all(state: Path) -> None:
    port = str(free_port())
    url = f"http://127.0.0.1:{port}"
    up = start(state, "up", REGISTRY_PORT=port)
    said = announced(up)
    assert f"Address  {url}/" in said
    assert f"as admin@localhost, password in {state}/admin-password" in said
    assert f"{state}/mails" in said
    assert answers(f"{url}/healthz")
    assert answers(f"{url}/readyz")

    database = EmbeddedPostgres(state / "postgres", None)
    with psycopg.connect(database.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS one")

    beside = start(state, "showmigrations", "registry")
    assert "[X]" in beside.communicate(timeout=60)[0]
    assert database.is_ready()

    for name in ("web", "worker", "beat"):
        before = leaders(up)
        os.kill(before[name], signal.SIGKILL)
        wait_until(lambda name=name, old=before: leaders(up).get(name, old[name]) != old[name], up)  # type: ignore[misc]
    os.kill(int((database.data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    wait_until(lambda: not database.is_listening() or database.is_ready(), up)
    wait_until(lambda: answers(f"{url}/healthz") and answers(f"{url}/readyz"), up)

    pids = leaders(up).values()
    assert len(pids) == 3
    up.send_signal(signal.SIGINT)
    assert up.communicate(timeout=60)[0].endswith("Stopped.\n")
    assert up.returncode == 0
    assert all(is_dead(pid) for pid in pids)
    assert not database.is_listening()

    up = start(state, "up", REGISTRY_PORT=port)
    announced(up)
    with psycopg.connect(database.url) as connection:
        assert connection.execute("SELECT one FROM kept").fetchall() == [(1,)]
    up.terminate()
    up.communicate(timeout=60)
    assert up.returncode == 0
    assert not database.is_listening()
    assert "pgmq" not in database.log.read_text()  # the worker asks for nothing PGMQ lacks
    assert "[queues]" not in (state / "logs" / "worker.log").read_text()
