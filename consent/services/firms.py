"""Firms, and the API keys by which their programs are known."""

from __future__ import annotations

import re
import secrets
import string
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from typing import TYPE_CHECKING
from zlib import crc32

from django.db import IntegrityError, transaction
from django.db.models import Q

from consent.errors import (
    AddressUnconfirmed,
    AlreadyInFirm,
    FirmExists,
    InvalidKey,
    KeyEnded,
    PrivateAddress,
    TooManyKeys,
    UnknownPlan,
)
from consent.mailboxes import company_domain
from consent.models import ApiKey, Firm, FirmMember, Plan
from consent.selectors.firms import key_with_quota, keys_in_use
from consent.services.quotas import STANDARD
from consent.vocabulary import KeyScope, Role
from registry.selectors.people import confirmed_address
from registry.services.reports import mail_written, organisation_joined

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

ALPHABET = string.digits + string.ascii_letters
ID_LENGTH = 8
SECRET_LENGTH = 32
CHECK_LENGTH = 6  # base62 digits of a CRC-32
KEY = re.compile(
    rf"crk_(live|test)_([0-9A-Za-z]{{{ID_LENGTH}}})_([0-9A-Za-z]{{{SECRET_LENGTH + CHECK_LENGTH}}})"
)
KEY_NAME_LENGTH = 80
MOST_KEYS = 2  # in use at once: the one in the programs, and the one that follows it
LAST_USED_GRAIN = timedelta(minutes=1)


@transaction.atomic
def sign_up(*, name: str, user: AbstractBaseUser) -> Firm:
    """Give the new firm of the organisation in whose name the account's address is.

    Raises AddressUnconfirmed, PrivateAddress, FirmExists and AlreadyInFirm.
    """
    address = confirmed_address(user.pk)
    if address is None:
        raise AddressUnconfirmed
    host = address.rpartition("@")[2]
    domain = company_domain(host)
    if domain is None:
        raise PrivateAddress(domain=host)
    firm = found_firm(name=name, domain=domain)
    join(firm=firm, user=user, role=Role.OWNER)
    return firm


@transaction.atomic
def found_firm(*, name: str, domain: str = "", plan: str = STANDARD) -> Firm:
    """Give a new firm without members; raise FirmExists, UnknownPlan."""
    organisation = organisation_joined(name=name, domains=[domain] if domain else [])
    try:
        with transaction.atomic():
            return Firm.objects.create(
                organisation_id=organisation, domain=domain, plan=_plan(plan)
            )
    except IntegrityError as error:
        raise FirmExists(domain=domain) from error


def join(*, firm: Firm, user: AbstractBaseUser, role: Role) -> FirmMember:
    """Let the account act for the firm; raise AlreadyInFirm if it acts for one."""
    try:
        with transaction.atomic():
            return FirmMember.objects.create(firm=firm, user_id=user.pk, role=role)
    except IntegrityError as error:
        raise AlreadyInFirm from error


def lock(firm: Firm) -> None:
    """Let one transaction at a time change a firm's keys, or who acts for it."""
    Firm.objects.select_for_update(no_key=True).get(id=firm.id)


def change_plan(*, firm: Firm, plan: str) -> None:
    """Give the firm another quota; raise UnknownPlan."""
    firm.plan = _plan(plan)
    firm.save(update_fields=["plan"])


@transaction.atomic
def issue_key(
    *,
    firm: Firm,
    at: datetime,
    name: str = "",
    is_test: bool = False,
    is_strict: bool = True,
    scopes: Sequence[KeyScope] = (KeyScope.LOOKUPS,),
    days: int | None = None,
) -> tuple[ApiKey, str]:
    """Give a new key's row, and the key itself, which nobody can read again.

    It ends after so many `days`, if any. Raises TooManyKeys where two of its kind are in use.
    """
    lock(firm)
    if keys_in_use(firm, is_test=is_test, at=at).count() >= MOST_KEYS:
        raise TooManyKeys(limit=MOST_KEYS)
    public_id = _random(ID_LENGTH)
    secret = _random(SECRET_LENGTH)
    mode = "test" if is_test else "live"
    text = f"crk_{mode}_{public_id}_{secret}{_check_digits(public_id + secret)}"
    key = ApiKey.objects.create(
        firm=firm,
        public_id=public_id,
        secret_sha256=sha256(text.encode()).digest(),
        name=name[:KEY_NAME_LENGTH],
        is_test=is_test,
        is_strict=is_strict,
        scopes=list(scopes),
        created_at=at,
        expires_at=at + timedelta(days=days) if days else None,
    )
    return key, text


@transaction.atomic
def remind_of_end(
    *, key: ApiKey, days: int, mails: Sequence[tuple[str, str, str]], at: datetime
) -> None:
    """Queue the mails, as (recipient, subject, text), and never again so many days before the end.

    Does nothing where somebody else has just reminded of this key.
    """
    unreminded = ApiKey.objects.filter(id=key.id, reminded_days=key.reminded_days)
    if unreminded.update(reminded_days=days):
        for recipient, subject, body in mails:
            mail_written(recipient=recipient, subject=subject, body=body, at=at)


def set_strictness(*, key: ApiKey, is_strict: bool) -> None:
    """Make every no an opt-out to clients of Spawning's format, or refusals alone."""
    key.is_strict = is_strict
    key.save(update_fields=["is_strict"])


def revoke_key(*, key: ApiKey, at: datetime) -> None:
    """End the key at once."""
    ApiKey.objects.filter(id=key.id, revoked_at=None).update(revoked_at=at)


def key_in_use(*, text: str, at: datetime) -> ApiKey:
    """Give the key with its firm and quota, noting the use; raise InvalidKey or KeyEnded.

    A mistyped key fails on its check digits and never reaches the database.
    """
    parts = KEY.fullmatch(text)
    if not parts or not _is_whole(parts[2], parts[3]):
        raise InvalidKey
    key = key_with_quota(parts[2])
    if not key or not compare_digest(bytes(key.secret_sha256), sha256(text.encode()).digest()):
        raise InvalidKey
    if key.revoked_at or (key.expires_at and key.expires_at <= at):
        raise KeyEnded
    _note_use(key, at)
    return key


def _plan(name: str) -> Plan:
    plan = Plan.objects.filter(name=name).first()
    if not plan:
        raise UnknownPlan
    return plan


def _note_use(key: ApiKey, at: datetime) -> None:
    """Write the time down once a minute at most: a busy key must not be a busy row."""
    before = at - LAST_USED_GRAIN
    if key.last_used_at is None or key.last_used_at < before:
        unnoted = Q(last_used_at=None) | Q(last_used_at__lt=before)
        ApiKey.objects.filter(unnoted, id=key.id).update(last_used_at=at)


def _random(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def _is_whole(public_id: str, secret: str) -> bool:
    return secret[SECRET_LENGTH:] == _check_digits(public_id + secret[:SECRET_LENGTH])


def _check_digits(text: str) -> str:
    """Give the CRC-32 of the text as six base62 digits."""
    number, digits = crc32(text.encode()), ""
    for _ in range(CHECK_LENGTH):
        number, digit = divmod(number, len(ALPHABET))
        digits = ALPHABET[digit] + digits
    return digits
