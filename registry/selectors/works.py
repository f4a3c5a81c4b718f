"""Works as their owners and the public see them."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db.models import Q, QuerySet

from registry.models import Claim, Declaration, Identifier, Rightsholder, Work


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
    """Give a work for its public record page, removed or not, or None."""
    return Work.objects.select_related("rightsholder").filter(id=work_id).first()


def public_works(work_ids: Iterable[UUID]) -> list[Work]:
    """Give those of the works that are registered, oldest first, with their rightsholders."""
    works = Work.objects.select_related("rightsholder").filter(id__in=work_ids, removed_at=None)
    return list(works.order_by("registered_at", "id"))


def works_being_published(works: Iterable[Work], *, tree_size: int) -> set[UUID]:
    """Give the ids of the works of which an entry is not yet below `tree_size`."""
    ids = [work.id for work in works]
    waiting = Q(entry__index=None) | Q(entry__index__gte=tree_size)
    claims = Claim.objects.filter(waiting, work__in=ids).values_list("work_id")
    declarations = Declaration.objects.filter(waiting, work__in=ids).values_list("work_id")
    return {work for (work,) in claims.union(declarations)}


def claims_of(work: Work) -> QuerySet[Claim]:
    """Give the work's claims with identifiers, holders and log entries, oldest first."""
    return (
        Claim.objects.filter(work=work)
        .select_related("entry")
        .prefetch_related("identifiers", "holders")
        .order_by("entry_id")
    )


def first_claims(works: Iterable[Work]) -> dict[UUID, Claim]:
    """Give the claim that registered each work, with identifiers and holders."""
    claims = (
        Claim.objects.filter(work__in=[work.id for work in works], is_withdrawal=False)
        .prefetch_related("identifiers", "holders")
        .order_by("-entry_id")
    )
    return {claim.work_id: claim for claim in claims}


def keys_registered_by(rightsholder: Rightsholder, keys: Sequence[bytes]) -> dict[bytes, Work]:
    """Give which of the keys the rightsholder's registered works carry already, with the work."""
    found = Identifier.objects.filter(
        key__in=keys, work__rightsholder=rightsholder, work__removed_at=None
    ).select_related("work")
    return {bytes(identifier.key): identifier.work for identifier in found}


def works_count() -> int:
    """Give how many works are registered."""
    return Work.objects.filter(removed_at=None).count()
