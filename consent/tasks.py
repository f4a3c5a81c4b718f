"""What Celery does for the answers."""

from celery import shared_task
from django.utils import timezone

from consent.services import idempotency, quotas


@shared_task
def forget_meters() -> None:
    """Forget who asked a day ago and not since."""
    quotas.forget_meters(at=timezone.now())


@shared_task
def forget_answers() -> None:
    """Forget the answers that were kept for a day."""
    idempotency.forget_answers(at=timezone.now())
