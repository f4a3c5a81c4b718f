"""System checks: a deployment that would harm people is refused, with what to do about it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.checks import CheckMessage, run_checks
from pytest_django import Settings

from config.bootstrap import PROJECT
from registry import system_checks
from registry.signing import load_or_create_key

PRODUCTION = {
    "REGISTRY_PRODUCTION": "yes",
    "REGISTRY_PUBLIC_URL": "https://registry.example",
    "REGISTRY_SECRET_KEY": "k9-" + "aZ3" * 20,
    "REGISTRY_MAIL_FROM": "registry@registry.example",
    "REGISTRY_ADMIN_EMAIL": "noor@registry.example",
    "EMAIL_URL": "smtps://registry:secret@mail.registry.example",
    "DATABASE_URL": "postgresql://registry:secret@127.0.0.1:1/registry",
}


@pytest.fixture
def keys(settings: Settings, tmp_path: Path) -> Iterator[Path]:
    directory = settings.REGISTRY_SIGNING_KEYS = tmp_path / "keys"
    yield directory
    directory.chmod(0o700) if directory.exists() else None


def ids(messages: list[CheckMessage]) -> list[str | None]:
    return [message.id for message in messages]


def deploy_check(keys: Path, **more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "WARNING"]
    own = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("REGISTRY_", "DJANGO_"))
    }
    environment = own | PRODUCTION | {"REGISTRY_SIGNING_KEYS": str(keys)} | more
    environment |= {"DJANGO_SETTINGS_MODULE": "config.settings", "PYTHONWARNINGS": "error"}
    return subprocess.run(
        command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False
    )


def test_a_production_registry_has_nothing_to_warn_of(tmp_path: Path) -> None:
    checked = deploy_check(tmp_path / "keys")
    assert (checked.returncode, checked.stdout.strip()) == (
        0,
        "System check identified no issues (0 silenced).",
    ), checked.stderr


def test_a_production_registry_is_refused_with_every_mistake_named(tmp_path: Path) -> None:
    load_or_create_key(tmp_path, "log")
    (tmp_path / "log.pem").chmod(0o644)
    checked = deploy_check(tmp_path, REGISTRY_ADMIN_EMAIL="admin@localhost")
    assert checked.returncode == 1
    assert "registry.E001" in checked.stderr
    assert f"chmod 600 {tmp_path / 'log.pem'}" in checked.stderr
    assert "registry.W004" in checked.stderr
    assert "PRIVATE KEY" not in checked.stderr


def test_a_key_is_for_its_owner_and_perhaps_its_group(keys: Path) -> None:
    load_or_create_key(keys, "log")
    assert system_checks.signing_keys() == []
    (keys / "log.pem").chmod(0o440)
    assert system_checks.signing_keys() == []
    for mode in (0o604, 0o620, 0o602):
        (keys / "log.pem").chmod(mode)
        assert ids(system_checks.signing_keys()) == ["registry.E001"]


def test_without_write_access_the_keys_must_be_there(
    keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system_checks.os, "access", lambda *_: False)
    assert ids(system_checks.signing_keys()) == ["registry.E002"]
    load_or_create_key(keys, "log")
    assert system_checks.signing_keys() == []


def test_a_public_registry_speaks_https(settings: Settings) -> None:
    settings.PUBLIC_URL = "https://registry.example"
    assert system_checks.public_url() == []
    settings.PUBLIC_URL = "http://registry.example"
    assert ids(system_checks.public_url()) == ["registry.W003"]


@pytest.mark.django_db
def test_a_log_keeps_its_name(settings: Settings) -> None:
    begun = settings.REGISTRY_LOG_ORIGIN
    assert system_checks.name_of_log(databases=["default"]) == []
    settings.REGISTRY_LOG_ORIGIN = "moved.example"
    assert system_checks.name_of_log(databases=None) == []
    [said] = system_checks.name_of_log(databases=["default"])
    assert said.id == "registry.W005"
    assert f"Set REGISTRY_LOG_ORIGIN to {begun}," in str(said.hint)


@pytest.mark.django_db
def test_the_checks_are_found_by_django(settings: Settings, keys: Path) -> None:
    load_or_create_key(keys, "log")
    (keys / "log.pem").chmod(0o666)
    settings.REGISTRY_LOG_ORIGIN = "moved.example"
    settings.PUBLIC_URL = "http://registry.example"
    settings.ADMIN_EMAIL = "admin@localhost"
    found = {
        message.id
        for message in run_checks(include_deployment_checks=True, databases=["default"])
        if str(message.id).startswith("registry.")
    }
    assert found == {"registry.E001", "registry.W003", "registry.W004", "registry.W005"}
