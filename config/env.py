"""Reads the environment: every setting, its default and its meaning; nothing else does."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from config.bootstrap import PROJECT

WEB_THREADS = 256  # of one web process; half may wait their turn when firms send many requests
CONNECTIONS = 16  # to the database, at most, of one process


class BadSetting(Exception):
    """A setting that cannot be used; its text is one plain sentence that names the variable."""


@dataclass(frozen=True)
class Setting:
    """One environment variable; `default` is None where `meaning` says what is used instead."""

    name: str
    default: str | None
    meaning: str


SETTINGS = (
    Setting(
        "REGISTRY_STATE",
        None,
        "Directory for everything the registry writes outside its database: embedded database, "
        "keys, mails, logs. Default: `.local` in the project.",
    ),
    Setting("REGISTRY_HOST", "127.0.0.1", "IP address the web server listens on."),
    Setting("REGISTRY_PORT", "8000", "Port the web server listens on."),
    Setting(
        "REGISTRY_PUBLIC_URL",
        None,
        "Where people reach the registry, without a path. "
        "Default: `http://127.0.0.1:` and the port.",
    ),
    Setting(
        "REGISTRY_PRODUCTION",
        "no",
        "`yes` turns on secure cookies, HSTS and the redirect to https, and asks for explicit "
        "values of all settings a public registry must choose.",
    ),
    Setting(
        "REGISTRY_SECRET_KEY",
        None,
        "Django's secret key. Default outside production: made at the first start and kept in "
        "the state directory.",
    ),
    Setting(
        "REGISTRY_ALLOWED_HOSTS",
        None,
        "Host names the registry answers to, separated by commas. Default: the host of the public "
        "URL; outside production also `localhost` and `127.0.0.1`.",
    ),
    Setting(
        "REGISTRY_TRUSTED_PROXIES",
        "0",
        "Number of proxies in front that each add to `X-Forwarded-For`; with 0 that header is "
        "never believed, and everybody behind a proxy shares one quota.",
    ),
    Setting(
        "REGISTRY_SIGNING_KEYS",
        None,
        "Directory of the Ed25519 keys for receipts and the log. "
        "Default: `keys` in the state directory.",
    ),
    Setting("REGISTRY_ADMIN_EMAIL", "admin@localhost", "E-mail of the first admin account."),
    Setting("REGISTRY_MAIL_FROM", "registry@localhost", "Sender of all mails."),
    Setting(
        "EMAIL_URL",
        None,
        "Mail server: `smtp://`, `smtp+tls://` (STARTTLS) or `smtps://`, then "
        "`user:password@host:port`. Default: mails are written to `mails` in the state directory.",
    ),
    Setting(
        "DATABASE_URL",
        None,
        "PostgreSQL 15 or later: `postgresql://user:password@host:port/name`. "
        "Default: an embedded PostgreSQL in the state directory.",
    ),
    Setting(
        "CELERY_BROKER_URL",
        None,
        "Message broker: `pgmq://`, `amqp://`, `amqps://`, `redis://` or `rediss://`. "
        "Default: PGMQ on the database.",
    ),
    Setting(
        "CACHE_URL",
        None,
        "Shared cache: `redis://` or `rediss://`. Default: a table in the database.",
    ),
    Setting(
        "REGISTRY_LOG_ORIGIN",
        None,
        "Name of the transparency log in its checkpoints; never change it once the log is public. "
        "Default: the host of the public URL.",
    ),
    Setting("REGISTRY_WEB_WORKERS", "2", "Number of web server processes."),
    Setting(
        "REGISTRY_PG_BIN",
        None,
        "Directory with PostgreSQL's programs for the embedded database. Default: those of the "
        "Python package, else the newest in `/usr/lib/postgresql`.",
    ),
    Setting(
        "REGISTRY_BOOTSTRAP",
        "1",
        "`0` keeps `manage.py` from making and filling `.venv`, for images that have done it.",
    ),
    Setting(
        "REGISTRY_SAMPLES",
        None,
        "Directory of published test vectors, for tests only. Default: tests that need them skip.",
    ),
)

DEFAULTS = {setting.name: setting.default for setting in SETTINGS}
MADE_AT_START = {
    "DATABASE_URL": "postgresql://127.0.0.1/registry",
    "REGISTRY_SECRET_KEY": "made at the first start",
}
REQUIRED_IN_PRODUCTION = (
    "REGISTRY_PUBLIC_URL",
    "REGISTRY_SECRET_KEY",
    "REGISTRY_SIGNING_KEYS",
    "REGISTRY_MAIL_FROM",
    "EMAIL_URL",
    "DATABASE_URL",
)


def text(variables: Mapping[str, str], name: str) -> str:
    """The variable's value without surrounding spaces, else its default, else ''."""
    return variables.get(name, "").strip() or DEFAULTS[name] or ""


def integer(variables: Mapping[str, str], name: str, low: int, high: int) -> int:
    """A whole number from `low` to `high`; BadSetting otherwise."""
    value = text(variables, name)
    if not (value.isascii() and value.isdigit() and low <= int(value) <= high):
        raise BadSetting(f"{name} must be a whole number from {low} to {high}, not '{value}'.")
    return int(value)


def boolean(variables: Mapping[str, str], name: str) -> bool:
    """True for 1, yes, true, on; False for 0, no, false, off; BadSetting otherwise."""
    value = text(variables, name).lower()
    if value in {"1", "yes", "true", "on"}:
        return True
    if value in {"0", "no", "false", "off"}:
        return False
    raise BadSetting(f"{name} must be yes or no, not '{value}'.")


def words(variables: Mapping[str, str], name: str) -> list[str]:
    """The comma-separated parts, without empty ones."""
    return [word for part in text(variables, name).split(",") if (word := part.strip())]


def directory(variables: Mapping[str, str], name: str, default: Path) -> Path:
    """An absolute path, counted from the working directory; it need not exist yet."""
    path = Path(text(variables, name) or default).expanduser().absolute()
    if path.exists() and not path.is_dir():
        raise BadSetting(f"{name} must be a directory, and {path} is not one.")
    return path


def url(variables: Mapping[str, str], name: str, schemes: tuple[str, ...]) -> SplitResult:
    """A URL with one of the schemes and a host; BadSetting otherwise, never showing the value."""
    problem = f"{name} must be a URL like {schemes[0]}://host:port."
    try:
        parts = urlsplit(text(variables, name))
        _ = parts.port
    except ValueError as error:
        raise BadSetting(problem) from error
    if parts.scheme not in schemes or not parts.hostname:
        raise BadSetting(f"{problem[:-1]}, with the scheme {' or '.join(schemes)}.")
    return parts


@dataclass(frozen=True)
class Email:
    """How mails leave; `folder` is where the file backend writes them."""

    backend: str
    folder: Path
    host: str = ""
    port: int = 0
    user: str = ""
    password: str = ""
    use_tls: bool = False
    use_ssl: bool = False


@dataclass(frozen=True)
class Environment:
    """Every setting, read and checked when it is asked for; raises BadSetting."""

    variables: Mapping[str, str]

    @property
    def state(self) -> Path:
        """Directory for all that is written outside the database."""
        return directory(self.variables, "REGISTRY_STATE", PROJECT / ".local")

    @property
    def host(self) -> str:
        """IP address the web server listens on."""
        host = text(self.variables, "REGISTRY_HOST")
        try:
            return str(ip_address(host))
        except ValueError as error:
            raise BadSetting(f"REGISTRY_HOST must be an IP address, not '{host}'.") from error

    @property
    def port(self) -> int:
        """Port the web server listens on."""
        return integer(self.variables, "REGISTRY_PORT", 1, 65535)

    @property
    def web_workers(self) -> int:
        """Number of web server processes."""
        return integer(self.variables, "REGISTRY_WEB_WORKERS", 1, 64)

    @property
    def is_production(self) -> bool:
        """Whether the public may depend on it; BadSetting when a needed value is not chosen."""
        if not boolean(self.variables, "REGISTRY_PRODUCTION"):
            return False
        chosen = {name for name, value in self.variables.items() if value.strip()}
        missing = [name for name in REQUIRED_IN_PRODUCTION if name not in chosen]
        if missing:
            raise BadSetting(f"With REGISTRY_PRODUCTION, set also {', '.join(missing)}.")
        return True

    @property
    def public_url(self) -> str:
        """Scheme, host and port where people reach the registry, without a final slash."""
        name = "REGISTRY_PUBLIC_URL"
        if not text(self.variables, name):
            return f"http://127.0.0.1:{self.port}"
        parts = url(self.variables, name, ("https",) if self.is_production else ("https", "http"))
        if parts.username or parts.path not in {"", "/"} or parts.query or parts.fragment:
            raise BadSetting(f"{name} must be scheme and host only, like https://registry.example.")
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def public_host(self) -> str:
        """Host name of the public URL, without port."""
        return urlsplit(self.public_url).hostname or ""

    @property
    def allowed_hosts(self) -> list[str]:
        """Host names the registry answers to."""
        chosen = words(self.variables, "REGISTRY_ALLOWED_HOSTS")
        local = [] if self.is_production else ["localhost", "127.0.0.1", "[::1]"]
        return chosen or [self.public_host, *local]

    @property
    def trusted_proxies(self) -> int:
        """Number of proxies in front whose `X-Forwarded-For` is believed."""
        return integer(self.variables, "REGISTRY_TRUSTED_PROXIES", 0, 9)

    @property
    def secret_key(self) -> str:
        """Django's secret key."""
        key = text(self.variables, "REGISTRY_SECRET_KEY")
        if not key:
            raise BadSetting("REGISTRY_SECRET_KEY is not set; `python3 manage.py` would make one.")
        return key

    @property
    def signing_keys(self) -> Path:
        """Directory of the Ed25519 keys."""
        return directory(self.variables, "REGISTRY_SIGNING_KEYS", self.state / "keys")

    @property
    def log_origin(self) -> str:
        """Name of the log in its checkpoints: a note key name (C2SP signed-note)."""
        origin = text(self.variables, "REGISTRY_LOG_ORIGIN") or self.public_host
        if "+" in origin or any(character.isspace() for character in origin):
            raise BadSetting("REGISTRY_LOG_ORIGIN must have no spaces and no plus sign.")
        return origin

    @property
    def admin_email(self) -> str:
        """E-mail of the first admin account."""
        return self._address("REGISTRY_ADMIN_EMAIL")

    @property
    def mail_from(self) -> str:
        """Sender of all mails."""
        return self._address("REGISTRY_MAIL_FROM")

    def _address(self, name: str) -> str:
        address = text(self.variables, name)
        if "@" not in address:
            raise BadSetting(f"{name} must be an e-mail address, not '{address}'.")
        return address

    @property
    def email(self) -> Email:
        """The mail server, or the folder `mails` in the state directory."""
        folder = self.state / "mails"
        if not text(self.variables, "EMAIL_URL"):
            return Email("django.core.mail.backends.filebased.EmailBackend", folder)
        parts = url(self.variables, "EMAIL_URL", ("smtp", "smtp+tls", "smtps"))
        return Email(
            "django.core.mail.backends.smtp.EmailBackend",
            folder,
            host=parts.hostname or "",
            port=parts.port or {"smtp": 25, "smtp+tls": 587, "smtps": 465}[parts.scheme],
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            use_tls=parts.scheme == "smtp+tls",
            use_ssl=parts.scheme == "smtps",
        )

    @property
    def has_embedded_database(self) -> bool:
        """Whether no database server was named."""
        return not text(self.variables, "DATABASE_URL")

    @property
    def database(self) -> dict[str, object]:
        """One entry of Django's DATABASES, with psycopg's connection pool."""
        parts = self._database_url()
        return {
            "ENGINE": "django.db.backends.postgresql",
            "HOST": parts.hostname,
            "PORT": parts.port or 5432,
            "NAME": unquote(parts.path[1:]),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": {
                "server_side_binding": True,  # a large parameter is sent as it is, not quoted
                "prepare_threshold": 5,  # statements asked again and again are planned once
                **dict(parse_qsl(parts.query)),
                "pool": {"min_size": 1, "max_size": CONNECTIONS, "timeout": 10, "max_idle": 30},
            },
        }

    @property
    def broker_url(self) -> str:
        """Celery's broker, by default PGMQ on the database."""
        if not text(self.variables, "CELERY_BROKER_URL"):
            parts = self._database_url()
            return f"pgmq://{parts.netloc}{parts.path}"
        schemes = ("amqp", "amqps", "pgmq", "redis", "rediss")
        return url(self.variables, "CELERY_BROKER_URL", schemes).geturl()

    @property
    def cache(self) -> dict[str, object]:
        """One entry of Django's CACHES."""
        if not text(self.variables, "CACHE_URL"):
            return {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}
        location = url(self.variables, "CACHE_URL", ("redis", "rediss")).geturl()
        return {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": location}

    @property
    def pg_bin(self) -> Path | None:
        """Directory of PostgreSQL's programs, where one was named."""
        if not text(self.variables, "REGISTRY_PG_BIN"):
            return None
        path = directory(self.variables, "REGISTRY_PG_BIN", PROJECT)
        if not (path / "pg_ctl").exists():
            raise BadSetting(f"REGISTRY_PG_BIN must hold pg_ctl, and {path} does not.")
        return path

    def check(self) -> None:
        """Read every setting once, so that a bad one stops the start; raises BadSetting."""
        missing = {} if self.is_production else MADE_AT_START
        given = {name: value for name, value in self.variables.items() if value.strip()}
        complete = Environment(missing | given)
        for name, member in vars(Environment).items():
            if isinstance(member, property):
                getattr(complete, name)

    def _database_url(self) -> SplitResult:
        if self.has_embedded_database:
            raise BadSetting("DATABASE_URL is not set; start with `python3 manage.py`.")
        parts = url(self.variables, "DATABASE_URL", ("postgresql", "postgres"))
        if not parts.path[1:]:
            raise BadSetting("DATABASE_URL must end with the database's name.")
        return parts


environment = Environment(os.environ)
