"""A whole registry, started as a stranger would start it, and a browser to use it with."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import psutil
import pytest

from config.bootstrap import PROJECT
from config.env import DEFAULTS

KEPT = {"REGISTRY_PG_BIN", "REGISTRY_BOOTSTRAP"}
START_SECONDS = 120
STOP_SECONDS = 40


def eventually(question: Callable[[], Any], seconds: float = 15) -> Any:
    """Ask until the answer is true; give it, or fail with the last one."""
    deadline = time.monotonic() + seconds
    while not (answer := question()):
        assert time.monotonic() < deadline, f"still {answer!r} after {seconds} s"
        time.sleep(0.2)
    return answer


class Registry:
    """`manage.py up` with a state directory and a port of its own."""

    def __init__(self, state: Path) -> None:
        """Choose a port that is free now."""
        self.state = state
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = str(probe.getsockname()[1])
        self.url = f"http://127.0.0.1:{port}"
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if name not in DEFAULTS or name in KEPT
        } | {"REGISTRY_STATE": str(state), "REGISTRY_PORT": port}
        self.output = state / "up.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.key = ""

    def start(self) -> None:
        """Start and wait until it says that it is ready."""
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "up"],
                cwd=PROJECT,
                env=self.environment,
                stdout=output,
                stderr=output,
            )
        eventually(self._is_ready, START_SECONDS)

    def _is_ready(self) -> bool:
        assert self.process
        assert self.process.poll() is None, self.output.read_text()
        return "The registry is ready." in self.output.read_text()

    def stop(self) -> int:
        """Press Ctrl-C; give the exit code."""
        assert self.process
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(STOP_SECONDS)

    def kill(self, part: str) -> int:
        """End the web server or the worker with SIGKILL; give the id of the process."""
        assert self.process
        [leader] = [
            child
            for child in psutil.Process(self.process.pid).children()
            if part in " ".join(child.cmdline())
        ]
        leader.kill()
        return leader.pid

    def command(self, *words: str) -> str:
        """Run an operator's command beside it; give what it prints."""
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=PROJECT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def get(self, path: str, **query: object) -> bytes:
        """Ask by HTTP, with the key if there is one; give the body, of a problem too."""
        url = f"{self.url}{path}?{urlencode(query)}" if query else f"{self.url}{path}"
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        try:
            with urlopen(Request(url, headers=headers), timeout=10) as answer:  # noqa: S310
                return bytes(answer.read())
        except HTTPError as problem:
            return problem.read()

    def ask(self, **query: object) -> dict[str, Any]:
        """Ask the API about one item."""
        answer: dict[str, Any] = json.loads(self.get("/api/v1/consent", **query))
        return answer

    def mails_to(self, address: str) -> list[str]:
        """Give the mails that have gone out to an address, oldest first."""
        files = sorted((self.state / "mails").glob("*"), key=lambda file: file.stat().st_mtime)
        texts = [file.read_text() for file in files]
        return [text for text in texts if f"To: {address}" in text]


@pytest.fixture
def registry() -> Iterator[Registry]:
    """A running registry, stopped in the end whatever happened."""
    state = Path(tempfile.mkdtemp(prefix="registry-journey-"))
    state.chmod(0o711)  # PostgreSQL runs as another account where the test runs as root
    registry = Registry(state)
    try:
        registry.start()
        yield registry
    finally:
        if registry.process and registry.process.poll() is None:
            registry.process.terminate()
            registry.process.wait(STOP_SECONDS)
    shutil.rmtree(state)
