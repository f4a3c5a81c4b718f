"""What Celery does for the answers."""

from typing import TYPE_CHECKING

from celery import shared_task
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from consent.selectors.firms import REMINDED_DAYS, key_keepers, keys_ending
from consent.services import firms, idempotency, members, quotas, snapshots
from registry.selectors.log import head

if TYPE_CHECKING:
    from consent.models import ApiKey


@shared_task
def remind_of_key_ends() -> None:
    """Tell those who make keys which one is about to end, twice for each key."""
    at = timezone.now()
    for days in sorted(REMINDED_DAYS):
        for key in keys_ending(days=days, at=at):
            keepers = [member.user for member in key_keepers(key.firm)]
            mails = [
                (keeper.email, *_ending_mail(key, days, keeper.language)) for keeper in keepers
            ]
            firms.remind_of_end(key=key, days=days, mails=mails, at=at)


@shared_task
def build_snapshot() -> None:
    """Build what batches are answered from, where the newest one is old."""
    published = head()
    if published:
        snapshots.build_if_due(head=published, at=timezone.now())


@shared_task
def forget_meters() -> None:
    """Forget who asked a day ago and not since."""
    quotas.forget_meters(at=timezone.now())


@shared_task
def forget_answers() -> None:
    """Forget the answers that were kept for a day."""
    idempotency.forget_answers(at=timezone.now())


@shared_task
def forget_invitations() -> None:
    """Forget the addresses of those who were invited a month ago."""
    members.forget_invitations(at=timezone.now())


@shared_task
def forget_usage() -> None:
    """Forget what was asked more than a year ago."""
    quotas.forget_usage(at=timezone.now())


def _ending_mail(key: "ApiKey", days: int, language: str) -> tuple[str, str]:
    """Give subject and text in the account's language."""
    with translation.override(language):
        context = {
            "firm": key.firm.organisation.name,
            "days": days,
            "key": key.public_id,
            "name": key.name,
            "ends_at": key.expires_at,
            "url": settings.PUBLIC_URL + reverse("consent:firm"),
            "registry_url": settings.PUBLIC_URL,
        }
        subject = render_to_string("emails/key_ending_subject.txt", context)
        return subject.strip(), render_to_string("emails/key_ending.txt", context)
