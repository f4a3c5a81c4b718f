"""Keeps the registry's processes running, and ends them together; standard library only."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

GRACE_SECONDS = 20
LONGEST_PAUSE = 10  # seconds before a process that keeps dying is started again
STABLE_SECONDS = 30  # a process that lived this long is started again at once
PR_SET_PDEATHSIG = 1


@dataclass
class Process:
    """One supervised process, in a session of its own; its output goes to `log`."""

    name: str
    command: list[str]
    log: Path
    deaths: int = 0  # in a row, each soon after the start
    starts_at: float = 0.0  # on the monotonic clock
    running: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self, environment: Mapping[str, str], directory: Path) -> None:
        """Start it; it leads its session, so that a terminal's Ctrl-C reaches the supervisor."""
        with self.log.open("ab") as log:
            self.running = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment,
                cwd=directory,
                start_new_session=True,
                preexec_fn=end_with_parent,
            )
        self.starts_at = time.monotonic()

    def kill(self) -> None:
        """End its whole group at once, orphans included: they would still hold the port."""
        if self.running:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.running.pid, signal.SIGKILL)
            self.running.wait()
            self.running = None


def end_with_parent() -> None:
    """Ask Linux to end this process when the supervisor is killed."""
    if sys.platform == "linux":
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


LIBC = ctypes.CDLL(None)


class Supervisor:
    """Starts processes, starts dead ones again, and on SIGINT or SIGTERM ends them all."""

    def __init__(
        self,
        processes: list[Process],
        environment: Mapping[str, str],
        directory: Path,
        say: Callable[[str], None],
    ) -> None:
        self.processes = processes
        self.environment = environment
        self.directory = directory
        self.say = say
        self.is_stopping = False

    def run(self, every_moment: Callable[[], None]) -> None:
        """Supervise until a signal arrives, calling `every_moment` about five times a second."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._on_signal)
        try:
            while not self.is_stopping:
                for process in self.processes:
                    self._keep(process)
                every_moment()
                time.sleep(0.2)
        finally:
            self.stop()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.is_stopping = True

    def _keep(self, process: Process) -> None:
        """Start it if it does not run and its pause is over; notice its death."""
        now = time.monotonic()
        if process.running and (code := process.running.poll()) is not None:
            process.kill()
            process.deaths = process.deaths + 1 if now - process.starts_at < STABLE_SECONDS else 1
            pause = min(LONGEST_PAUSE, 2 ** (process.deaths - 1) - 1)
            process.starts_at = now + pause
            self.say(f"{process.name} {ending(code)}; it starts again in {pause} s.")
        if not process.running and now >= process.starts_at:
            process.start(self.environment, self.directory)

    def stop(self) -> None:
        """Ask the leaders to end, wait, then kill what is left."""
        running = [process.running for process in self.processes if process.running]
        for leader in running:
            leader.terminate()
        deadline = time.monotonic() + GRACE_SECONDS
        for leader in running:
            with contextlib.suppress(subprocess.TimeoutExpired):
                leader.wait(max(0.0, deadline - time.monotonic()))
        for process in self.processes:
            process.kill()


def ending(code: int) -> str:
    """How a process ended, in words."""
    return f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"
