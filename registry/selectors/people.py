"""Who somebody acts for, and how far a rightsholder is known."""

from collections.abc import Iterable
from uuid import UUID

from allauth.account.models import EmailAddress

from registry.models import Rightsholder, Standing, User
from registry.vocabulary import EvidenceLevel


def acting_rightsholder(user: User) -> Rightsholder | None:
    """Give the rightsholder for whom the account acts, the first one it joined, or None."""
    return Rightsholder.objects.filter(memberships__user=user).order_by("memberships__id").first()


def account(email: str) -> User | None:
    """Give the account with this address, or None."""
    return User.objects.filter(email=email.strip().lower()).first()


def confirmed_address(account: int) -> str | None:
    """Give the account's main address in lower case, if it was shown to be theirs, else None."""
    address = EmailAddress.objects.filter(user=account, primary=True, verified=True).first()
    return address.email.lower() if address else None


def has_admin() -> bool:
    """Say whether any account may do everything in the admin."""
    return User.objects.filter(is_superuser=True).exists()


def evidence_level(rightsholder: Rightsholder) -> EvidenceLevel:
    """Give the newest level, published or not: what a page shows, never what a decision reads."""
    return evidence_levels([rightsholder.id]).get(rightsholder.id, EvidenceLevel.NONE)


def evidence_levels(rightsholders: Iterable[UUID]) -> dict[UUID, EvidenceLevel]:
    """Give the newest level of each rightsholder that has one."""
    newest = (
        Standing.objects.filter(rightsholder__in=rightsholders)
        .order_by("rightsholder", "-entry_id")
        .distinct("rightsholder")
        .values_list("rightsholder", "level")
    )
    return {rightsholder: EvidenceLevel(level) for rightsholder, level in newest}
