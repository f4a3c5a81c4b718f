"""Mails to send: written down with what they tell of, sent by whoever comes first."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from registry.models import Mail

LEASE = timedelta(minutes=5)  # longer than any conversation with a mail server
FIRST_RETRY = timedelta(minutes=1)
MOST_ATTEMPTS = 12  # the last one comes 34 hours after the first


def queue_mail(*, recipient: str, subject: str, body: str, at: datetime) -> Mail:
    """Give the mail, due at once."""
    line = " ".join(subject.split())[:300]
    return Mail.objects.create(recipient=recipient, subject=line, body=body, due_at=at)


@transaction.atomic
def lease_mail(*, at: datetime) -> Mail | None:
    """Give the mail that is due longest and that nobody else is sending, or None."""
    free = Q(leased_until=None) | Q(leased_until__lt=at)
    mail = (
        Mail.objects.select_for_update(skip_locked=True)
        .filter(free, due_at__lte=at)
        .order_by("due_at")
        .first()
    )
    if mail:
        mail.leased_until = at + LEASE
        mail.attempts += 1
        mail.save(update_fields=["leased_until", "attempts"])
    return mail


def mail_sent(*, mail: Mail) -> None:
    """Forget the mail."""
    Mail.objects.filter(id=mail.id).delete()


def mail_failed(*, mail: Mail, at: datetime) -> bool:
    """Try again later, each time after twice the wait; False where it was the last attempt."""
    if mail.attempts >= MOST_ATTEMPTS:
        mail_sent(mail=mail)
        return False
    later = at + FIRST_RETRY * 2 ** (mail.attempts - 1)
    Mail.objects.filter(id=mail.id).update(due_at=later, leased_until=None)
    return True
