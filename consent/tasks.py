"""What Celery does for the answers."""

from celery import shared_task
from django.utils import timezone

from consent.services import quotas


@shared_task
def forget_meters() -> None:
    """Forget who asked a day ago and not since."""
    quotas.forget_meters(at=timezone.now())
