"""Mails to send: written down with what they tell of, sent by whoever comes first."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from registry.models import Mail

LEASE = timedelta(minutes=2)
FIRST_RETRY = timedelta(minutes=1)
MOST_ATTEMPTS = 12


def queue_mail(*, recipient: str, subject: str, body: str, at: datetime) -> Mail:
    """Give the mail, due at once."""
    line = " ".join(subject.split())[:300]
    return Mail.objects.create(recipient=recipient, subject=line, body=body, due_at=at)


@transaction.atomic
def lease_mails(*, at: datetime, limit: int = 50) -> list[Mail]:
    """Give mails that are due and that nobody else is sending, for the length of a lease."""
    free = Q(leased_until=None) | Q(leased_until__lt=at)
    mails = list(
        Mail.objects.select_for_update(skip_locked=True)
        .filter(free, due_at__lte=at)
        .order_by("due_at")[:limit]
    )
    Mail.objects.filter(id__in=[mail.id for mail in mails]).update(
        leased_until=at + LEASE, attempts=F("attempts") + 1
    )
    return mails


def mail_sent(*, mail: Mail) -> None:
    """Forget the mail."""
    Mail.objects.filter(id=mail.id).delete()


def mail_failed(*, mail: Mail, at: datetime) -> None:
    """Try again later, each time after twice the wait; give up after twelve attempts."""
    if mail.attempts + 1 >= MOST_ATTEMPTS:
        return mail_sent(mail=mail)
    later = at + FIRST_RETRY * 2**mail.attempts
    Mail.objects.filter(id=mail.id).update(due_at=later, leased_until=None)
    return None
