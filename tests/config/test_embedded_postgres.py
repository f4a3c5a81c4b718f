"""The embedded database keeps what was committed, whoever starts, shares, kills or stops it."""

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from config import embedded_postgres
from config.bootstrap import PROJECT
from config.embedded_postgres import DatabaseError, EmbeddedPostgres, kept, running

IS_ROOT = os.getuid() == 0
DEBIAN = embedded_postgres.installed()
ANOTHER_USER = f"""
import sys
from pathlib import Path
sys.path.insert(0, {str(PROJECT)!r})
from config.embedded_postgres import running
with running(Path(sys.argv[1]), is_durable=False) as database:
    print(database.port, flush=True)
    sys.stdin.readline()
"""


@pytest.fixture(scope="module")
def state() -> Iterator[Path]:
    """A state directory that the server's account can reach."""
    path = Path(tempfile.mkdtemp(prefix="registry-test-"))
    path.chmod(0o711)
    yield path
    shutil.rmtree(path)


def ask(database: EmbeddedPostgres, sql: str) -> list[tuple[object, ...]]:
    with psycopg.connect(database.url) as connection:
        cursor = connection.execute(sql)  # type: ignore[call-overload]  # literals of this file
        return cursor.fetchall() if cursor.description else []


def another_user(state: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", ANOTHER_USER, str(state)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def postmaster(database: EmbeddedPostgres) -> int:
    return int((database.data / "postmaster.pid").read_text().split()[0])


def test_data_survive_a_stop(state: Path) -> None:
    with running(state, is_durable=False) as database:
        ask(database, "CREATE TABLE kept (word text)")
        ask(database, "INSERT INTO kept VALUES ('harbour')")
        first = database.url
    assert not database.is_listening()
    with running(state, is_durable=False) as database:
        assert ask(database, "SELECT word FROM kept") == [("harbour",)]
        assert database.url == first


def test_the_account_is_an_ordinary_owner_and_text_is_unicode(state: Path) -> None:
    with running(state, is_durable=False) as database:
        rights = "SELECT rolsuper, rolcreatedb FROM pg_roles WHERE rolname = current_user"
        assert ask(database, rights) == [(False, True)]
        assert ask(database, "SELECT lower('ÉÀ'), upper('é')") == [("éà", "É")]
        assert ask(database, "SHOW fsync") == [("off",)]
        ask(database, "CREATE EXTENSION IF NOT EXISTS btree_gist")


def test_only_its_owner_can_read_the_password(state: Path) -> None:
    with running(state, is_durable=False) as database:
        mode = stat.S_IMODE((database.place / "password").stat().st_mode)
        assert mode == 0o600
        wrong = database.url.replace(database.password, "guess")
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(wrong)


def test_its_log_never_holds_what_people_typed(state: Path) -> None:
    with running(state, is_durable=False) as database:
        ask(database, "CREATE TABLE typed (address text PRIMARY KEY)")
        with pytest.raises(psycopg.errors.UniqueViolation):
            ask(database, "INSERT INTO typed VALUES ('maya@example.org'), ('maya@example.org')")
        said = database.log.read_text()
        assert "duplicate key" in said
        assert "maya@" not in said


def test_a_killed_server_starts_again_with_what_was_committed(state: Path) -> None:
    with running(state) as database:
        ask(database, "CREATE TABLE before_the_kill AS SELECT 1 AS one")
        with psycopg.connect(database.url):  # its process outlives the server for a moment
            os.kill(postmaster(database), signal.SIGKILL)
            database.start()
        assert ask(database, "SELECT one FROM before_the_kill") == [(1,)]


def test_users_at_once_share_one_server_and_the_last_one_stops_it(state: Path) -> None:
    users = [another_user(state) for _ in range(3)]
    ports = {user.stdout.readline() for user in users if user.stdout}
    assert len(ports) == 1
    database = EmbeddedPostgres(state / "postgres", None)
    for user in users:
        assert database.is_ready()
        user.communicate("\n", timeout=60)
        assert user.returncode == 0
    assert not database.is_listening()


def test_a_killed_user_leaves_it_running_for_the_next_who_stops_it(state: Path) -> None:
    user = another_user(state)
    assert user.stdout
    user.stdout.readline()
    user.kill()
    user.communicate()
    with running(state, is_durable=False) as database:
        pass
    assert not database.is_listening()


def test_a_taken_port_is_left_to_its_owner(state: Path) -> None:
    with running(state, is_durable=False) as database:
        port = database.port
    with socket.create_server(("127.0.0.1", port)):
        assert not database.is_ready()
        with running(state, is_durable=False) as database:
            assert database.port != port
            assert ask(database, "SELECT 1") == [(1,)]


def test_it_waits_for_a_server_that_is_still_starting(state: Path) -> None:
    with running(state, is_durable=False) as database:
        port, programs = database.port, embedded_postgres.packaged()[0]
        database.stop()
        with database.log.open("ab") as log:
            subprocess.run(
                [programs / "pg_ctl", "start", "-W", "-D", database.data, "-o", f"-p {port}"],
                stdout=log,
                stderr=log,
                cwd="/",
                check=True,
                **embedded_postgres.identity(database.account),
            )
        deadline = time.monotonic() + 20
        while not database.is_listening():
            assert time.monotonic() < deadline
        database.start()
        assert ask(database, "SELECT 1") == [(1,)]


def test_data_of_another_version_are_refused_in_one_sentence(tmp_path: Path) -> None:
    data = tmp_path / "postgres" / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("9\n")
    (tmp_path / "postgres" / "elsewhere").write_text(str(tmp_path / "postgres"))
    with pytest.raises(DatabaseError, match="PostgreSQL 9, which wrote the data"):
        EmbeddedPostgres(tmp_path / "postgres", None).start()


@pytest.mark.skipif(not DEBIAN, reason="Debian's PostgreSQL is not installed")
def test_debians_server_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded_postgres, "packaged", list)
    state = Path(tempfile.mkdtemp(prefix="registry-test-"))
    state.chmod(0o711)
    with running(state, is_durable=False) as database:
        assert ask(database, "SELECT lower('É')") == [("é",)]
    shutil.rmtree(state)


@pytest.mark.skipif(not IS_ROOT, reason="only root hands the server to another account")
def test_root_keeps_data_and_programs_where_the_account_can_reach_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = Path(tempfile.mkdtemp(prefix="registry-test-"))
    hidden = tmp_path / "hidden"
    (hidden / "embedded_postgres" / "pginstall").mkdir(parents=True)
    hidden.chmod(0o700)
    package = embedded_postgres.packaged()[0].parent.parent
    copy = hidden / "embedded_postgres"
    shutil.copytree(package, copy, dirs_exist_ok=True, symlinks=True)
    libraries = package.with_name("embedded_postgres.libs")
    if libraries.exists():
        shutil.copytree(libraries, hidden / libraries.name)
    monkeypatch.setattr(embedded_postgres, "ROOTS_OWN", elsewhere)
    monkeypatch.setattr(embedded_postgres, "packaged", lambda: [copy / "pginstall" / "bin"])
    for _ in range(2):
        with running(hidden / "state", is_durable=False) as database:
            assert database.place.parent == elsewhere
            assert database.place.stat().st_uid == 0
            assert stat.S_IMODE(database.data.stat().st_mode) == 0o700
            ask(database, "CREATE TABLE IF NOT EXISTS kept (word text)")
    shutil.rmtree(elsewhere)


def test_a_kept_file_is_made_once_and_private(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    assert kept(path, "first") == "first"
    assert kept(path, "second") == "first"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]
