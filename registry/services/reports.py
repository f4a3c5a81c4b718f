"""The one door through which `consent` tells the record something."""

from datetime import datetime
from uuid import UUID

from registry.services.mails import queue_mail
from registry.services.people import add_organisation


def organisation_joined(*, name: str, domains: list[str]) -> UUID:
    """Record an organisation that will query, so that declarations can name it; give its id."""
    return add_organisation(name=name, domains=domains).id


def mail_written(*, recipient: str, subject: str, body: str, at: datetime) -> None:
    """Queue a mail; whoever looks next sends it."""
    queue_mail(recipient=recipient, subject=subject, body=body, at=at)
