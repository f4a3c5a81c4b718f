"""What background work writes down about itself: signs of life, reminders sent."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from registry.models import Declaration, Heartbeat, Reminder
from registry.services.mails import queue_mail


def beat_heart(*, name: str, at: datetime) -> None:
    """Write down that this worker lives."""
    Heartbeat.objects.update_or_create(name=name, defaults={"seen_at": at})


def remind(
    *, declarations: Sequence[Declaration], mails: Sequence[tuple[str, str, str]], at: datetime
) -> None:
    """Queue the mails, as (recipient, subject, text), and never again for these declarations.

    Does nothing where somebody else has just reminded of one of them.
    """
    reminders = [Reminder(declaration=declaration, reminded_at=at) for declaration in declarations]
    try:
        with transaction.atomic():
            Reminder.objects.bulk_create(reminders)
            for recipient, subject, body in mails:
                queue_mail(recipient=recipient, subject=subject, body=body, at=at)
    except IntegrityError:
        return
