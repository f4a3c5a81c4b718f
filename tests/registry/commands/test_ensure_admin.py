"""The first start makes an admin; later ones leave everything alone."""

import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError
from pytest_django import Settings

from registry.models import User
from registry.services.people import create_account
from tests.registry.commands.conftest import Ran

pytestmark = pytest.mark.django_db


@pytest.fixture
def password_file(settings: Settings, tmp_path: Path) -> Path:
    settings.ADMIN_EMAIL = "noor@example.org"
    settings.ADMIN_PASSWORD_FILE = tmp_path / "state" / "admin-password"
    return tmp_path / "state" / "admin-password"


def test_the_admin_signs_in_with_the_password_of_the_file(
    run: Callable[..., Ran], password_file: Path
) -> None:
    _, lines = run("ensure_admin")
    admin = User.objects.get(is_superuser=True)
    assert admin.is_staff
    assert admin.email == "noor@example.org"
    assert admin.check_password(password_file.read_text().strip())
    assert EmailAddress.objects.get(user=admin).verified
    assert lines == [f"noor@example.org is the admin, password in {password_file}"]


def test_only_its_owner_reads_the_file(run: Callable[..., Ran], password_file: Path) -> None:
    password_file.parent.mkdir()
    password_file.write_text("old")
    password_file.chmod(0o644)
    run("ensure_admin")
    assert stat.S_IMODE(password_file.stat().st_mode) == 0o600
    assert len(password_file.read_text().strip()) >= 24


def test_a_second_start_changes_and_says_nothing(
    run: Callable[..., Ran], password_file: Path
) -> None:
    run("ensure_admin")
    before = password_file.read_text()
    assert run("ensure_admin") == (0, [])
    assert password_file.read_text() == before
    assert User.objects.count() == 1


def test_an_account_with_the_address_never_becomes_admin_by_itself(
    run: Callable[..., Ran], password_file: Path
) -> None:
    create_account(email="noor@example.org", password="Noor's own password")
    with pytest.raises(CommandError, match=r"noor@example\.org: There is an account"):
        run("ensure_admin")
    assert not User.objects.filter(is_superuser=True).exists()
