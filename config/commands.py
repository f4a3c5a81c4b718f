"""What `manage.py` runs: `up`, `verify`, `bench`, `fuzz`, Django's commands beside a database."""

import contextlib
import fcntl
import http.client
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path

from config.bootstrap import PROJECT, refuse
from config.embedded_postgres import DatabaseError, EmbeddedPostgres, kept, running
from config.env import WEB_THREADS, BadSetting, environment
from config.supervisor import Process, Supervisor

STRUGGLING = 3  # deaths in a row before the first readiness that end the start
DATABASE_SECONDS = 2  # between two looks at the embedded database
PROBE_SECONDS = 0.5  # between two questions whether the web server is ready
WARNING_SECONDS = 60  # between two remarks that it is not


class NotStartedError(Exception):
    """The registry cannot start; the text says why and what to do."""


def run(argv: list[str]) -> int:
    """Run the named command and give its exit code; 2 with one plain sentence for a bad setting."""
    try:
        environment.check()
        if argv[1:2] == ["up"]:
            return up()
        if argv[1:2] in (["verify"], ["bench"], ["fuzz"]):
            from config import verify

            checking = {"verify": verify.verify, "bench": verify.bench, "fuzz": verify.fuzz}
            return checking[argv[1]](argv[2:])
        with prepared():
            return django_command(argv)
    except (BadSetting, DatabaseError, NotStartedError) as error:
        refuse(str(error))
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


def django_command(argv: list[str]) -> int:
    """Run one of Django's commands in this process."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(argv)
    return 0


@contextlib.contextmanager
def prepared(is_durable: bool = True) -> Iterator[EmbeddedPostgres | None]:
    """Complete the environment for Django: state directory, secret key and running database.

    Gives the embedded database, None where another server is named. Raises BadSetting and
    DatabaseError.
    """
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    state = made_state()
    os.environ["REGISTRY_STATE"] = str(state)
    os.environ["REGISTRY_SIGNING_KEYS"] = str(environment.signing_keys)
    if not environment.is_production and not os.environ.get("REGISTRY_SECRET_KEY"):
        os.environ["REGISTRY_SECRET_KEY"] = kept(state / "secret-key", secrets.token_urlsafe(50))
    if not environment.has_embedded_database:
        yield None
        return
    with running(state, environment.pg_bin, is_durable) as database:
        os.environ["DATABASE_URL"] = database.url
        yield database


def made_state() -> Path:
    """The state directory, made if need be; others may pass through it, not list it or read mails.

    Raises BadSetting.
    """
    state = environment.state
    with contextlib.suppress(OSError):
        state.mkdir(mode=0o711, parents=True, exist_ok=True)
    if not os.access(state, os.W_OK | os.X_OK):
        raise BadSetting(f"REGISTRY_STATE is {state}, and this account cannot write there.")
    mails = environment.email.folder
    mails.mkdir(mode=0o700, exist_ok=True)
    mails.chmod(0o700)  # their links open accounts
    return state


def up() -> int:
    """Run the whole registry until a signal ends it; the exit code."""
    with contextlib.suppress(KeyboardInterrupt), contextlib.ExitStack() as stack:
        database = stack.enter_context(prepared_alone())
        say("Bringing the database and the static files up to date ...")
        if subprocess.run([sys.executable, "-m", "config.prepare"], cwd=PROJECT).returncode:
            raise NotStartedError(
                "Stopped: the database or the static files could not be prepared."
            )
        say("Starting web server, worker and beat ...")
        supervised = processes()
        Supervisor(supervised, os.environ, PROJECT, say).run(Watch(supervised, database))
        say("Stopped.")
    return 0


@contextlib.contextmanager
def prepared_alone() -> Iterator[EmbeddedPostgres | None]:
    """The prepared environment, for one `up` per state directory, with its port free."""
    with (made_state() / "up.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NotStartedError(
                f"The registry already runs from {environment.state}: stop it first, "
                "or set REGISTRY_STATE and REGISTRY_PORT for a second one."
            ) from None
        require_free_port(environment.host, environment.port)
        with prepared() as database:
            yield database


def require_free_port(host: str, port: int) -> None:
    """Raise NotStartedError where the web server could not listen."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            reason = os.strerror(error.errno or 0).lower()
            raise NotStartedError(
                f"Cannot listen on {host} port {port} ({reason}): set REGISTRY_PORT to a free port."
            ) from None


def processes() -> list[Process]:
    """Web server, Celery worker and Celery beat."""
    python = [sys.executable, "-m"]
    web = [*python, "granian", "--interface", "wsgi", "--no-ws", "--log-level", "warning"]
    web += ["--host", environment.host, "--port", str(environment.port)]
    web += ["--workers", str(environment.web_workers), "--respawn-failed-workers"]
    web += ["--blocking-threads", str(WEB_THREADS), "--workers-kill-timeout", "10"]
    celery = [*python, "celery", "-q", "-A", "config.celery"]
    worker = [*celery, "worker", "--loglevel", "WARNING", "--concurrency", "2"]
    worker += ["--without-mingle", "--without-gossip", "--without-heartbeat"]
    beat = [*celery, "beat", "--loglevel", "WARNING", "--pidfile="]
    beat += ["--schedule", str(environment.state / "beat-schedule")]
    return [
        Process("web", [*web, "config.wsgi:application"], logs() / "web.log"),
        Process("worker", worker, logs() / "worker.log"),
        Process("beat", beat, logs() / "beat.log"),
    ]


class Watch:
    """What `up` does every moment beside its processes; each thing has a next time."""

    def __init__(self, processes: list[Process], database: EmbeddedPostgres | None) -> None:
        self.processes = processes
        self.database = database
        self.is_ready = False
        self.probes_at = 0.0
        self.warns_at = time.monotonic() + WARNING_SECONDS
        self.looks_at = time.monotonic() + DATABASE_SECONDS

    def __call__(self) -> None:
        """Announce the registry once it answers; start a dead database again."""
        now = time.monotonic()
        if self.database and now >= self.looks_at:
            self.looks_at = now + DATABASE_SECONDS
            if not self.database.is_listening():
                say("The database is gone; it starts again.")
                self.database.start()
        if not self.is_ready and now >= self.probes_at:
            self.probes_at = now + PROBE_SECONDS
            self._probe(now)

    def _probe(self, now: float) -> None:
        give_up_on_struggling(self.processes)
        self.is_ready = answers("/healthz") and answers("/readyz")
        if self.is_ready:
            say(announcement())
        elif now >= self.warns_at:
            self.warns_at = now + WARNING_SECONDS
            readiness = f"{environment.public_url}/readyz"
            say(f"Not ready yet: see {readiness} and the logs in {shown(logs())}.")


def give_up_on_struggling(starting: list[Process]) -> None:
    """Raise NotStartedError with the end of its log for a process that cannot start."""
    for process in starting:
        if process.deaths >= STRUGGLING:
            tail = process.log.read_text(errors="replace").splitlines()[-15:]
            raise NotStartedError(
                "\n".join([*tail, f"Stopped: {process.name} cannot start; see {process.log}."])
            )


def answers(path: str) -> bool:
    """Whether the web server answers 200, asked as the proxy before it would ask."""
    listening = ip_address(environment.host)
    host = "127.0.0.1" if listening.is_unspecified else str(listening)
    connection = http.client.HTTPConnection(host, environment.port, timeout=5)
    try:
        headers = {"Host": environment.public_host, "X-Forwarded-Proto": "https"}
        connection.request("GET", path, headers=headers)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def announcement() -> str:
    """Address, admin sign-in and where mails go."""
    url = environment.public_url
    state = environment.state
    sent_to = environment.email.host
    mails = f"sent through {sent_to}" if sent_to else f"{shown(state / 'mails')} and {url}/mails/"
    return "\n".join(
        [
            "The registry is ready.",
            f"  Address  {url}/",
            f"  Admin    {url}/admin/ as {environment.admin_email}, "
            f"password in {shown(state / 'admin-password')}",
            f"  Mails    {mails}",
            f"  Logs     {shown(logs())}",
            "  Ctrl-C stops it.",
        ]
    )


def logs() -> Path:
    """Directory of what web server, worker and beat say, made if need be."""
    path = environment.state / "logs"
    path.mkdir(mode=0o700, exist_ok=True)
    return path


def shown(path: Path) -> str:
    """The path as the person would type it."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def say(sentence: str) -> None:
    """Write for the person at the terminal, at once."""
    sys.stdout.write(sentence + "\n")
    sys.stdout.flush()
