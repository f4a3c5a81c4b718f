"""The mails that this registry would have sent, while it has no mail server."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.parser import BytesParser
from ipaddress import ip_address
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

MOST_SHOWN = 100
SEPARATOR = b"-" * 79 + b"\n"  # django.core.mail.backends.filebased


@dataclass(frozen=True, slots=True)
class WrittenMail:
    """A mail as its reader would see it."""

    recipient: str
    subject: str
    sent_at: datetime | None
    body: str


@never_cache
@require_safe
def mails(request: HttpRequest) -> HttpResponse:
    """Show the newest mails; to this machine alone, since their links open accounts."""
    folder: Path | None = settings.MAIL_FOLDER
    is_forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    is_local = ip_address(request.META["REMOTE_ADDR"]).is_loopback and not is_forwarded
    if folder is None or settings.IS_PRODUCTION or not is_local:
        raise Http404
    return render(request, "registry/mails.html", {"mails": _newest(folder)})


def _newest(folder: Path) -> list[WrittenMail]:
    files = sorted(folder.glob("*.log"), key=lambda file: file.stat().st_mtime, reverse=True)
    written: list[WrittenMail] = []
    for file in files:
        written += reversed(list(_mails_in(file)))
        if len(written) >= MOST_SHOWN:
            break
    return written[:MOST_SHOWN]


def _mails_in(file: Path) -> Iterator[WrittenMail]:
    for text in file.read_bytes().split(SEPARATOR):
        if text.strip():
            message = BytesParser(policy=policy.default).parsebytes(text)
            body = message.get_body(("plain",))
            yield WrittenMail(
                recipient=str(message["To"]),
                subject=str(message["Subject"]),
                sent_at=message["Date"].datetime if message["Date"] else None,
                body=body.get_content() if body else "",
            )
