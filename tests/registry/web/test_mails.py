"""Without a mail server, mails are read on a local page."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from registry.services.mails import queue_mail
from registry.tasks import send_due_mails

pytestmark = pytest.mark.django_db

ADDRESS = "/mails/"


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.MAIL_FOLDER = settings.EMAIL_FILE_PATH = tmp_path / "mails"
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    return settings.MAIL_FOLDER


@pytest.fixture
def send(folder: Path, now: datetime) -> Callable[[str, str], None]:
    def send(subject: str, body: str) -> None:
        queue_mail(recipient="maya@example.org", subject=subject, body=body, at=now)
        send_due_mails()

    return send


def test_a_mail_can_be_read_and_its_link_opened(
    client: Client, send: Callable[[str, str], None]
) -> None:
    send("À confirmer", "Bonjour <Maya>,\n\nhttps://registry.example/confirm/a-b/\n\nÀ vous")
    page = client.get(ADDRESS).content.decode()
    assert "À confirmer" in page
    assert "maya@example.org" in page
    assert '<a href="https://registry.example/confirm/a-b/"' in page
    assert "Bonjour &lt;Maya&gt;," in page
    assert "À vous" in page


def test_the_newest_comes_first(
    client: Client, send: Callable[[str, str], None], now: datetime
) -> None:
    send("First", "1")
    queue_mail(recipient="rui@example.org", subject="Second", body="2", at=now)
    send("Third", "3")
    page = client.get(ADDRESS).content.decode()
    assert page.index("Third") < page.index("Second") < page.index("First")


def test_before_the_first_mail_the_page_says_so(client: Client, folder: Path) -> None:
    assert "No mails yet" in client.get(ADDRESS).content.decode()


def test_nobody_else_reads_them(
    client: Client, send: Callable[[str, str], None], settings: Settings
) -> None:
    send("Private", "A private link")
    assert client.get(ADDRESS, REMOTE_ADDR="192.0.2.7").status_code == 404
    for header in ("X-Forwarded-For", "Forwarded"):
        assert client.get(ADDRESS, headers={header: "for=127.0.0.1"}).status_code == 404
    settings.IS_PRODUCTION = True
    assert client.get(ADDRESS).status_code == 404
    settings.IS_PRODUCTION = False
    settings.MAIL_FOLDER = None
    assert client.get(ADDRESS).status_code == 404
