"""Accounts, the rightsholders they act for, and how far each is known."""

from datetime import datetime

from django.db import transaction

from registry.errors import AccountExists, InvalidEvidenceLevel
from registry.ids import new_id
from registry.log import services as log
from registry.models import Membership, Organisation, Rightsholder, Standing, User
from registry.selectors.log import DECLARATIONS
from registry.selectors.payloads import STANDING, standing_payload
from registry.selectors.people import acting_rightsholder
from registry.services import texts
from registry.vocabulary import Capacity, EvidenceLevel

ADDRESS_CONFIRMED = "e-mail address confirmed"


@transaction.atomic
def create_account(
    *, email: str, password: str | None = None, language: str = "en", is_superuser: bool = False
) -> User:
    """Give a new account; raise AccountExists if the address has one."""
    email = email.strip().lower()
    if User.objects.filter(email=email).exists():
        raise AccountExists
    return User.objects.create_user(
        email, password, language=language, is_staff=is_superuser, is_superuser=is_superuser
    )


@transaction.atomic
def add_rightsholder(
    *, user: User, name: str, capacity: Capacity = Capacity.PERSON
) -> Rightsholder:
    """Give a new rightsholder for whom the account acts, with no evidence yet."""
    rightsholder = Rightsholder.objects.create(name=texts.name(name), capacity=capacity)
    Membership.objects.create(user=user, rightsholder=rightsholder)
    return rightsholder


def rename_rightsholder(*, rightsholder: Rightsholder, name: str) -> None:
    """Change the public name; it is shown, and no decision reads it."""
    rightsholder.name = texts.name(name)
    rightsholder.save(update_fields=["name"])


def lock(rightsholder: Rightsholder) -> None:
    """Let one transaction at a time speak for a rightsholder.

    So what they say gets its log index in the order in which the pages show it.
    """
    Rightsholder.objects.select_for_update(no_key=True).get(id=rightsholder.id)


@transaction.atomic
def set_evidence_level(
    *, rightsholder: Rightsholder, level: int, reason: str, at: datetime
) -> Standing:
    """Log a rightsholder's new evidence level; raise InvalidEvidenceLevel outside 0 to 4."""
    if not EvidenceLevel.NONE <= level <= EvidenceLevel.VOUCHED:
        raise InvalidEvidenceLevel
    lock(rightsholder)
    standing = Standing(
        id=new_id(),
        rightsholder=rightsholder,
        level=level,
        reason=texts.one_line(reason)[:300],
        set_at=at,
    )
    payload = standing_payload(
        standing=standing.id,
        rightsholder=rightsholder.id,
        level=standing.level,
        reason=standing.reason,
        set_at=at,
    )
    standing.entry = log.append(log=DECLARATIONS, kind=STANDING, payload=payload, at=at)
    standing.save(force_insert=True)
    return standing


@transaction.atomic
def confirm_address(*, user: User, at: datetime) -> None:
    """Give evidence level 1 to each rightsholder of the account that never had a level.

    One that operators set back to 0 stays there.
    """
    for rightsholder in user.rightsholders.select_for_update(no_key=True):
        if not rightsholder.standings.exists():
            set_evidence_level(
                rightsholder=rightsholder,
                level=EvidenceLevel.EMAIL,
                reason=ADDRESS_CONFIRMED,
                at=at,
            )


@transaction.atomic
def update_account(
    *, user: User, name: str, language: str, is_confirmed: bool, at: datetime
) -> None:
    """Set the public name and the language of an account; raise InvalidName.

    An account that acts for nobody yet gets its rightsholder, with the evidence of its address if
    that `is_confirmed`.
    """
    rightsholder = acting_rightsholder(user)
    if rightsholder:
        rename_rightsholder(rightsholder=rightsholder, name=name)
    else:
        add_rightsholder(user=user, name=name)
        if is_confirmed:
            confirm_address(user=user, at=at)
    set_language(user=user, language=language)


def set_language(*, user: User, language: str) -> None:
    """Remember the language for this account's mails and pages."""
    user.language = language
    user.save(update_fields=["language"])


def add_organisation(*, name: str, domains: list[str]) -> Organisation:
    """Give a new organisation that declarations can name."""
    return Organisation.objects.create(name=texts.name(name), domains=domains)


def set_access(*, user: User, is_active: bool, is_administrator: bool) -> None:
    """Say whether the account may sign in, and whether it may enter the admin."""
    user.is_active = is_active
    user.is_staff = user.is_superuser = is_administrator
    user.save(update_fields=["is_active", "is_staff", "is_superuser"])
