"""Who has signed the Statement on AI Training."""

from django.db.models import QuerySet

from registry.models import Signature, User


def last_signature(user: User) -> Signature | None:
    """Give the account's newest signature, standing or withdrawn."""
    return Signature.objects.filter(user=user).order_by("-id").first()


def signatures_count() -> int:
    """Give how many signatures stand, listed or not."""
    return Signature.objects.filter(withdrawn_at=None).count()


def listed_signatures(*, discipline: str = "") -> QuerySet[Signature]:
    """Give the signatures that their owners want listed, newest first."""
    listed = Signature.objects.filter(withdrawn_at=None, is_listed=True)
    if discipline:
        listed = listed.filter(discipline=discipline)
    return listed.order_by("-signed_at", "-id")
