"""Settings are read once, with defaults, and refused in one sentence when they are wrong."""

from pathlib import Path

import pytest
from django.db import connection

from config.env import (
    PROJECT,
    REQUIRED_IN_PRODUCTION,
    SETTINGS,
    BadSetting,
    Environment,
)

PRODUCTION = {
    "REGISTRY_PRODUCTION": "yes",
    "REGISTRY_PUBLIC_URL": "https://registry.example",
    "REGISTRY_SECRET_KEY": "secret",
    "REGISTRY_SIGNING_KEYS": "/etc/registry/keys",
    "REGISTRY_MAIL_FROM": "registry@registry.example",
    "EMAIL_URL": "smtp+tls://maya:p%40ss@mail.registry.example",
    "DATABASE_URL": "postgresql://registry:p%40ss@db.registry.example/registry?sslmode=require",
}


def test_defaults_need_no_variable_at_all() -> None:
    environment = Environment({})
    environment.check()
    assert environment.state == PROJECT / ".local"
    assert environment.signing_keys == PROJECT / ".local" / "keys"
    assert (environment.host, environment.port) == ("127.0.0.1", 8000)
    assert environment.public_url == "http://127.0.0.1:8000"
    assert environment.log_origin == "127.0.0.1"
    assert environment.has_embedded_database
    assert not environment.is_production
    assert environment.email.folder == PROJECT / ".local" / "mails"
    assert environment.cache["LOCATION"] == "cache"


def test_an_empty_variable_counts_as_unset() -> None:
    assert Environment({"REGISTRY_PORT": " "}).port == 8000


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REGISTRY_PORT", "http"),
        ("REGISTRY_PORT", "0"),
        ("REGISTRY_PORT", "65536"),
        ("REGISTRY_PORT", "-1"),
        ("REGISTRY_PORT", "٨"),
        ("REGISTRY_HOST", "localhost"),
        ("REGISTRY_WEB_WORKERS", "many"),
        ("REGISTRY_TRUSTED_PROXIES", "-1"),
        ("REGISTRY_STATE", __file__),
        ("REGISTRY_PRODUCTION", "perhaps"),
        ("REGISTRY_PUBLIC_URL", "registry.example"),
        ("REGISTRY_PUBLIC_URL", "https://registry.example/path"),
        ("REGISTRY_PUBLIC_URL", "https://maya@registry.example"),
        ("REGISTRY_LOG_ORIGIN", "two words"),
        ("REGISTRY_LOG_ORIGIN", "a+b"),
        ("REGISTRY_ADMIN_EMAIL", "admin"),
        ("REGISTRY_MAIL_FROM", "registry"),
        ("REGISTRY_PG_BIN", "/"),
        ("EMAIL_URL", "mail.example"),
        ("EMAIL_URL", "smtp://mail.example:port"),
        ("DATABASE_URL", "mysql://db/registry"),
        ("DATABASE_URL", "postgresql://db:99999/registry"),
        ("DATABASE_URL", "postgresql://db/"),
        ("DATABASE_URL", "postgresql://[db/registry"),
        ("CELERY_BROKER_URL", "kafka://broker"),
        ("CACHE_URL", "memcached://cache"),
    ],
)
def test_a_bad_value_is_refused_in_one_sentence_naming_the_variable(name: str, value: str) -> None:
    with pytest.raises(BadSetting) as refusal:
        Environment({name: value}).check()
    sentence = str(refusal.value)
    assert name in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence


@pytest.mark.parametrize("name", ["DATABASE_URL", "CELERY_BROKER_URL", "CACHE_URL", "EMAIL_URL"])
def test_a_refusal_never_shows_a_password(name: str) -> None:
    with pytest.raises(BadSetting) as refusal:
        Environment({name: "wrong://maya:hunter2@host/name"}).check()
    assert "hunter2" not in str(refusal.value)


def test_every_reader_is_checked_and_reads_a_declared_setting() -> None:
    declared = {setting.name for setting in SETTINGS}
    asked: set[str] = set()

    class Recorder(dict[str, str]):
        def get(self, name: str, default: str = "") -> str:  # type: ignore[override]  # one use
            asked.add(name)
            return super().get(name, default)

    environment = Environment(Recorder(PRODUCTION))
    for name, member in vars(Environment).items():
        if isinstance(member, property):
            getattr(environment, name)
    assert asked <= declared
    assert declared - asked == {"REGISTRY_BOOTSTRAP", "REGISTRY_SAMPLES"}  # read before, in tests


def test_production_wants_its_values_chosen() -> None:
    Environment(PRODUCTION).check()
    for name in REQUIRED_IN_PRODUCTION:
        chosen = {key: value for key, value in PRODUCTION.items() if key != name}
        with pytest.raises(BadSetting, match=name):
            Environment(chosen).check()


def test_production_wants_https() -> None:
    with pytest.raises(BadSetting, match="REGISTRY_PUBLIC_URL"):
        Environment(PRODUCTION | {"REGISTRY_PUBLIC_URL": "http://registry.example"}).check()


def test_production_answers_to_its_public_host_only() -> None:
    assert Environment(PRODUCTION).allowed_hosts == ["registry.example"]
    assert "localhost" in Environment({}).allowed_hosts
    several = Environment(PRODUCTION | {"REGISTRY_ALLOWED_HOSTS": "a.example, b.example,"})
    assert several.allowed_hosts == ["a.example", "b.example"]


def test_the_broker_is_the_database_unless_another_is_named() -> None:
    environment = Environment(PRODUCTION)
    assert environment.broker_url == "pgmq://registry:p%40ss@db.registry.example/registry"
    named = Environment(PRODUCTION | {"CELERY_BROKER_URL": "amqp://broker//"})
    assert named.broker_url == "amqp://broker//"


def test_urls_are_taken_apart() -> None:
    environment = Environment(PRODUCTION)
    database = environment.database
    assert database["PASSWORD"] == "p@ss"
    assert database["HOST"] == "db.registry.example"
    assert database["PORT"] == 5432
    assert isinstance(database["OPTIONS"], dict)
    assert database["OPTIONS"]["sslmode"] == "require"
    email = environment.email
    assert (email.host, email.port, email.user, email.password) == (
        "mail.registry.example",
        587,
        "maya",
        "p@ss",
    )
    assert email.use_tls
    assert not email.use_ssl


def test_relative_directories_count_from_where_the_command_was_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert Environment({"REGISTRY_STATE": "here"}).state == tmp_path / "here"


@pytest.mark.django_db
def test_a_statement_that_is_asked_again_and_again_is_planned_once() -> None:
    with connection.cursor() as cursor:
        for number in range(7):
            cursor.execute("SELECT %s::int AS planned_once", [number])
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        statements = {statement for (statement,) in cursor.fetchall()}
    assert "SELECT $1::int AS planned_once" in statements
