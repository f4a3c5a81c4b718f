"""The supervisor keeps its processes alive, and ends them gently, then surely."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config import supervisor as supervision
from config.bootstrap import PROJECT
from config.supervisor import Process, Supervisor

PARENT = """
import os, signal, subprocess, sys, time
helper = subprocess.Popen([sys.executable, "-c", '''
import pathlib, signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: pathlib.Path("helper-was-signalled").touch())
while True:
    time.sleep(0.1)
'''])
with open("pids", "a") as pids:
    print(os.getpid(), helper.pid, file=pids, flush=True)
def leave(*_):
    open("left", "w").close()
    helper.kill()
    sys.exit(0)
signal.signal(signal.SIGTERM, leave)
print("started", flush=True)
while True:
    time.sleep(0.1)
"""
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"


@pytest.fixture(autouse=True)
def signals() -> Iterator[None]:
    """Give pytest its signal handlers back."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)


def python(code: str, directory: Path) -> Process:
    return Process("child", [sys.executable, "-c", code], directory / "child.log")


def supervise(
    process: Process, directory: Path, every_moment: Callable[[Supervisor], None]
) -> list[str]:
    """Supervise one process until `every_moment` stops it; what was said."""
    said: list[str] = []
    supervisor = Supervisor([process], os.environ, directory, said.append)
    deadline = time.monotonic() + 30

    def step() -> None:
        assert time.monotonic() < deadline, "took too long"
        every_moment(supervisor)

    supervisor.run(step)
    return said


def pids(directory: Path) -> list[list[int]]:
    """Parent and helper of each start so far."""
    path = directory / "pids"
    lines = path.read_text().splitlines() if path.exists() else []
    return [[int(pid) for pid in line.split()] for line in lines]


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "Z" not in Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]


def test_a_killed_process_starts_again_without_its_orphans(tmp_path: Path) -> None:
    process = python(PARENT, tmp_path)

    def every_moment(supervisor: Supervisor) -> None:
        starts = pids(tmp_path)
        if len(starts) == 1 and is_alive(starts[0][0]):
            os.kill(starts[0][0], signal.SIGKILL)
        if len(starts) == 2:
            assert not is_alive(starts[0][1])
            supervisor.is_stopping = True

    said = supervise(process, tmp_path, every_moment)
    assert said == ["child was killed by signal 9; it starts again in 0 s."]
    assert process.log.read_text().startswith("started\n")


def test_only_the_leader_is_asked_to_end(tmp_path: Path) -> None:
    def every_moment(supervisor: Supervisor) -> None:
        if pids(tmp_path) and "started" in (tmp_path / "child.log").read_text():
            os.kill(os.getpid(), signal.SIGTERM)

    assert supervise(python(PARENT, tmp_path), tmp_path, every_moment) == []
    assert (tmp_path / "left").exists()
    assert not (tmp_path / "helper-was-signalled").exists()
    assert not any(is_alive(pid) for pid in pids(tmp_path)[0])


def test_who_does_not_end_in_time_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervision, "GRACE_SECONDS", 0.5)
    process = python(DEAF, tmp_path)
    started: list[int] = []

    def every_moment(supervisor: Supervisor) -> None:
        assert process.running
        started.append(process.running.pid)
        supervisor.is_stopping = len(started) > 3

    supervise(process, tmp_path, every_moment)
    assert not is_alive(started[0])


def test_who_keeps_dying_starts_again_after_longer_pauses(tmp_path: Path) -> None:
    process = python("raise SystemExit(3)", tmp_path)

    def every_moment(supervisor: Supervisor) -> None:
        supervisor.is_stopping = process.deaths == 3

    said = supervise(process, tmp_path, every_moment)
    assert said == [
        f"child ended with code 3; it starts again in {pause} s." for pause in (0, 1, 3)
    ]


def test_a_failure_of_the_supervisor_itself_leaves_nobody_behind(tmp_path: Path) -> None:
    process = python(PARENT, tmp_path)

    def every_moment(supervisor: Supervisor) -> None:
        if pids(tmp_path):
            raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        supervise(process, tmp_path, every_moment)
    assert not any(is_alive(pid) for pid in pids(tmp_path)[0])


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of it")
def test_a_killed_supervisor_takes_its_processes_along(tmp_path: Path) -> None:
    code = f"""
import os, sys
from pathlib import Path
sys.path.insert(0, {str(PROJECT)!r})
from config.supervisor import Process, Supervisor
here = Path({str(tmp_path)!r})
child = Process("child", [sys.executable, "-c", {PARENT!r}], here / "child.log")
Supervisor([child], os.environ, here, print).run(lambda: None)
"""
    killed = subprocess.Popen([sys.executable, "-c", code], cwd=tmp_path)
    log = tmp_path / "child.log"
    wait_until(lambda: log.exists() and "started" in log.read_text())
    killed.kill()
    killed.wait()
    wait_until(lambda: not any(is_alive(pid) for pid in pids(tmp_path)[0]))


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < deadline, "took too long"
        time.sleep(0.1)
