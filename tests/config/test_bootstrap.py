"""`manage.py` needs nothing but Python, and says in one line what it misses."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from config import bootstrap

LOCKS = ("requirements-bootstrap.txt", "requirements.txt", "requirements-dev.txt")


@pytest.mark.parametrize("path", ["manage.py", "config/__init__.py", "config/bootstrap.py"])
def test_an_old_python_can_read_the_code_that_refuses_it(path: str) -> None:
    ast.parse((bootstrap.PROJECT / path).read_text(), feature_version=(3, 8))


def test_an_old_python_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    monkeypatch.setattr(sys, "version", "3.9.2 (default)")
    with pytest.raises(SystemExit) as stopped:
        bootstrap.enter(with_dev=False)
    assert stopped.value.code == 2
    said = capsys.readouterr().err
    assert said == "The registry needs Python 3.11 or later, and this is 3.9.2.\n"


@pytest.mark.parametrize("missing", ["venv", "ensurepip"])
def test_a_missing_venv_module_is_said_in_one_line(
    missing: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        "importlib.util.find_spec", lambda name: None if name == missing else object()
    )
    with pytest.raises(SystemExit) as stopped:
        bootstrap.make_venv()
    assert stopped.value.code == 2
    said = capsys.readouterr().err
    assert "apt-get install python3-venv" in said
    assert said.count("\n") == 1


def test_an_image_can_switch_it_off(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(bootstrap, "VENV", tmp_path)
    monkeypatch.setenv("REGISTRY_BOOTSTRAP", "0")
    bootstrap.enter(with_dev=True)
    assert list(tmp_path.iterdir()) == []


def test_only_0_and_1_are_understood(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("REGISTRY_BOOTSTRAP", "maybe")
    with pytest.raises(SystemExit) as stopped:
        bootstrap.enter(with_dev=False)
    assert stopped.value.code == 2
    assert capsys.readouterr().err == "REGISTRY_BOOTSTRAP must be 0 or 1, not 'maybe'.\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with the real bootstrap, empty lock files and a command that shows its place."""
    config = tmp_path / "config"
    config.mkdir()
    for name in ("manage.py", "config/__init__.py", "config/bootstrap.py"):
        shutil.copy(bootstrap.PROJECT / name, tmp_path / name)
    (config / "commands.py").write_text(
        "import sys\ndef run(argv):\n    print(sys.prefix, *argv[1:])\n    return 0\n"
    )
    for lock in LOCKS:
        (tmp_path / lock).write_text("# nothing\n")
    return tmp_path


def start(project: Path, *arguments: str) -> subprocess.Popen[str]:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.Popen(
        [getattr(sys, "_base_executable", sys.executable), "manage.py", *arguments],
        cwd=project,
        env=environment | {"REGISTRY_BOOTSTRAP": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str]) -> tuple[str, str]:
    said, complained = process.communicate(timeout=120)
    assert process.returncode == 0, complained
    return said.strip(), complained


@pytest.mark.slow
def test_it_makes_and_fills_its_environment_once(project: Path) -> None:
    inside = str(project / ".venv")

    both = [start(project, "up"), start(project, "up")]
    said = [finish(process) for process in both]
    assert [place for place, _ in said] == [f"{inside} up"] * 2
    complaints = said[0][1] + said[1][1]
    assert complaints.count("Making .venv") == 1
    assert complaints.count("Installing") == 1

    assert finish(start(project, "check", "--deploy")) == (f"{inside} check --deploy", "")

    (project / "requirements.txt").write_text("# still nothing\n")
    place, complained = finish(start(project, "up"))
    assert (place, "Installing" in complained) == (f"{inside} up", True)

    assert "Installing" in finish(start(project, "verify"))[1]
    assert "Installing" not in finish(start(project, "up"))[1]

    (project / ".venv" / "bin" / "python").unlink()
    place, complained = finish(start(project, "up"))
    assert (place, "Making .venv" in complained) == (f"{inside} up", True)
