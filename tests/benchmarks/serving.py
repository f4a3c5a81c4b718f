"""Real web servers on the benchmarks' database, and the loads sent to them."""

import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.db import connection
from django.utils import timezone

from config.bootstrap import PROJECT
from config.commands import processes
from config.env import WEB_THREADS, environment
from config.supervisor import GRACE_SECONDS, Process
from consent.services import firms, quotas
from registry.identifiers import Identifier

GRANIAN, GUNICORN = "granian", "gunicorn gthread"
LOOKUP, PLAIN_DJANGO, PLAIN_PSYCOPG = "/api/v1/consent", "/plain/django", "/plain/psycopg"
START_SECONDS = 60
PLENTY = 360_000_000  # as much as a quota can be


@dataclass(frozen=True)
class Load:
    """What a load generator measured: milliseconds, and answers by status."""

    per_second: float
    median: float
    p99: float
    statuses: Mapping[str, int]

    def answered(self) -> "Load":
        """Give itself, sure that everything was answered."""
        assert set(self.statuses) == {"200"}, self.statuses
        return self


@contextlib.contextmanager
def serving(server: str = GRANIAN) -> Iterator[int]:
    """Give the port of a web server set up as `up` does, with the rivals beside the product."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder, patch.dict(os.environ, REGISTRY_PORT=str(port)):
        log = Path(folder) / "web.log"
        process = Process(server, command(server, port), log)
        process.start(child_environment(), PROJECT)
        try:
            wait_until_it_answers(process, port)
            yield port
        finally:
            stop(process)


def command(server: str, port: int) -> list[str]:
    """Give what starts the server: granian as `up` does, gunicorn with as many threads."""
    if server == GRANIAN:
        [web] = [process for process in processes() if process.name == "web"]
        return web.command
    workers = ["--workers", str(environment.web_workers), "--threads", str(WEB_THREADS)]
    listening = ["--bind", f"{environment.host}:{port}", "--keep-alive", "75"]
    gunicorn = [sys.executable, "-m", "gunicorn", "--worker-class", "gthread", *workers, *listening]
    return [*gunicorn, "--log-level", "warning", "config.wsgi:application"]


def child_environment() -> dict[str, str]:
    """Give the environment in which a server finds this process's database and keys."""
    database = urlsplit(os.environ["DATABASE_URL"])
    return os.environ | {
        "DATABASE_URL": database._replace(path=f"/{connection.settings_dict['NAME']}").geturl(),
        "REGISTRY_SIGNING_KEYS": str(settings.REGISTRY_SIGNING_KEYS),
        "DJANGO_SETTINGS_MODULE": "tests.benchmarks.settings",
    }


def free_port() -> int:
    """Give a port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_it_answers(process: Process, port: int) -> None:
    """Return once the server is up; raise RuntimeError with the end of its log if it never is."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.running and process.running.poll() is None:
        asking = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(asking):
            asking.request("GET", "/healthz")
            if asking.getresponse().status == 200:
                return
        time.sleep(0.1)
    raise RuntimeError(f"{process.name} did not start:\n{process.log.read_text()[-2000:]}")


def stop(process: Process) -> None:
    """Ask the server to end, wait, and kill what is left."""
    if process.running:
        process.running.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.running.wait(GRACE_SECONDS)
    process.kill()


def new_key(name: str, *, items: int = PLENTY, burst: int = PLENTY) -> str:
    """Give a key of a new firm that may ask for so many items an hour."""
    quotas.set_plan(name=name, items=items, period_seconds=3600, burst=burst)
    firm = firms.found_firm(name=name, plan=name)
    return firms.issue_key(firm=firm, at=timezone.now())[1]


def paths(address: str, items: Sequence[Identifier]) -> list[str]:
    """Give the questions about the items at an address."""
    return [f"{address}?{urlencode({item.kind.value: item.value})}" for item in items]


@contextlib.contextmanager
def sending(
    port: int,
    asked: Sequence[str],
    *,
    key: str,
    connections: int,
    seconds: float,
    rate: float | None = None,
) -> Iterator[list[Load]]:
    """Send a load from another process while the block runs; the list holds it afterwards."""
    order = {
        "port": port,
        "paths": asked,
        "headers": {"Authorization": f"Bearer {key}"},
        "connections": connections,
        "seconds": seconds,
        "rate": rate,
    }
    generator = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.load"],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    sent: list[Load] = []
    try:
        assert generator.stdin
        generator.stdin.write(json.dumps(order))
        generator.stdin.close()
        generator.stdin = None
        yield sent
        output, _ = generator.communicate(timeout=seconds + START_SECONDS)
        sent.append(Load(**json.loads(output)))
    finally:
        generator.kill()
        generator.wait()


def load(port: int, asked: Sequence[str], *, key: str, connections: int, seconds: float) -> Load:
    """Ask as fast as the answers come, for so many seconds; everything must be answered."""
    with sending(port, asked, key=key, connections=connections, seconds=seconds) as sent:
        pass
    return sent[0].answered()
