"""Works as their owners and the public see them."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet

from registry.models import Claim, Identifier, Rightsholder, Work


def works_of(rightsholder: Rightsholder, *, search: str = "") -> QuerySet[Work]:
    """Give the rightsholder's registered works, newest first; `search` narrows by title."""
    works = Work.objects.filter(rightsholder=rightsholder, removed_at=None)
    if search:
        works = works.filter(title__icontains=search)
    return works.order_by("-registered_at", "-id")


def work_of(rightsholder: Rightsholder, work_id: UUID) -> Work | None:
    """Give one of the rightsholder's registered works, or None."""
    return works_of(rightsholder).filter(id=work_id).first()


def public_work(work_id: UUID) -> Work | None:
    """Give a registered work for its public record page, or None; removed works are gone."""
    return (
        Work.objects.select_related("rightsholder").filter(id=work_id, removed_at=None).first()
    )


def claims_of(work: Work) -> QuerySet[Claim]:
    """Give the work's claims with identifiers, holders and log entries, oldest first."""
    return (
        Claim.objects.filter(work=work)
        .select_related("entry")
        .prefetch_related("identifiers", "holders")
        .order_by("entry_id")
    )


def keys_registered_by(rightsholder: Rightsholder, keys: Sequence[bytes]) -> dict[bytes, Work]:
    """Give which of the keys the rightsholder's registered works carry already, with the work."""
    found = Identifier.objects.filter(
        key__in=keys, work__rightsholder=rightsholder, work__removed_at=None
    ).select_related("work")
    return {bytes(identifier.key): identifier.work for identifier in found}


def works_count() -> int:
    """Give how many works are registered."""
    return Work.objects.filter(removed_at=None).count()
