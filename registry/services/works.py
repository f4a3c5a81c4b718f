"""Registering works, correcting what is shown of them, and removing mistaken registrations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from registry.errors import (
    AlreadyRegistered,
    DomainError,
    EmptyFile,
    InvalidYear,
    NothingToRegister,
    NothingToWithdraw,
)
from registry.identifiers import SHA256_OF_NOTHING
from registry.identifiers import Identifier as CanonicalIdentifier
from registry.ids import new_id
from registry.log import services as log
from registry.models import Claim, Holder, Identifier, Rightsholder, Work
from registry.selectors.log import DECLARATIONS
from registry.selectors.payloads import CLAIM, CLAIM_WITHDRAWAL, claim_payload
from registry.selectors.works import keys_registered_by
from registry.services import texts
from registry.services.declarations import Terms, checked_terms, declare_each
from registry.services.people import lock
from registry.statements import WHOLE
from registry.vocabulary import Choice, Medium, Usage

EARLIEST_YEAR = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A work somebody wants to register; `holders` are the names of those who share it.

    `terms` go with its choices.
    """

    title: str
    medium: Medium
    identifiers: tuple[CanonicalIdentifier, ...]
    year: int | None = None
    holders: tuple[str, ...] = ()
    choices: Mapping[Usage, Choice] = field(default_factory=dict)
    terms: Terms = field(default_factory=Terms)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a draft: the work it now is, or the refusal."""

    work: Work | None
    refusal: DomainError | None = None


@transaction.atomic
def register_works(
    *,
    rightsholder: Rightsholder,
    drafts: Sequence[Draft],
    at: datetime,
) -> list[Outcome]:
    """Give one outcome per draft, in order; what is fine is registered, whatever its neighbours.

    Refusals: AlreadyRegistered, EmptyFile, NothingToRegister, and those of texts, years and terms.
    Raises EvidenceTooLow where there are choices that the rightsholder may not declare yet.
    """
    lock(rightsholder)
    seen = keys_registered_by(
        rightsholder, [item.key for draft in drafts for item in draft.identifiers]
    )
    outcomes = [_outcome(draft, rightsholder, seen, at) for draft in drafts]
    accepted = [
        (outcome.work, draft)
        for outcome, draft in zip(outcomes, drafts, strict=True)
        if outcome.work is not None
    ]
    _store(rightsholder, accepted, at)
    return outcomes


def correct_work(*, work: Work, title: str, medium: Medium, year: int | None, at: datetime) -> None:
    """Change what is shown of a work; no decision reads it, so nothing is logged."""
    work.title = texts.title(title)
    work.medium = medium
    work.year = _plausible_year(year, at)
    work.save(update_fields=["title", "medium", "year"])


@transaction.atomic
def remove_work(*, work: Work, at: datetime) -> Claim:
    """Withdraw the claim on a mistakenly registered work; its history stays in the log."""
    if not Work.objects.filter(id=work.id, removed_at=None).update(removed_at=at):
        raise NothingToWithdraw
    claim = Claim(
        id=new_id(),
        work=work,
        rightsholder_id=work.rightsholder_id,
        is_withdrawal=True,
        claimed_at=at,
    )
    payload = claim_payload(
        claim=claim.id,
        work=work.id,
        rightsholder=work.rightsholder_id,
        claimed_at=at,
        identifiers=(),
        holders=(),
    )
    claim.entry = log.append(log=DECLARATIONS, kind=CLAIM_WITHDRAWAL, payload=payload, at=at)
    claim.save(force_insert=True)
    return claim


def _outcome(
    draft: Draft, rightsholder: Rightsholder, seen: dict[bytes, Work], at: datetime
) -> Outcome:
    try:
        work = _new_work(draft, rightsholder, seen, at)
    except DomainError as refusal:
        return Outcome(None, refusal)
    seen.update((item.key, work) for item in draft.identifiers)
    return Outcome(work)


def _new_work(
    draft: Draft, rightsholder: Rightsholder, seen: Mapping[bytes, Work], at: datetime
) -> Work:
    if not draft.identifiers:
        raise NothingToRegister
    for item in draft.identifiers:
        if item.value == SHA256_OF_NOTHING:
            raise EmptyFile
        if item.key in seen:
            raise AlreadyRegistered(work=seen[item.key].id)
    for name in draft.holders:
        texts.name(name)
    if draft.choices:
        checked_terms(draft.terms, draft.choices, at)
    return Work(
        id=new_id(),
        rightsholder=rightsholder,
        title=texts.title(draft.title),
        medium=draft.medium,
        year=_plausible_year(draft.year, at),
        registered_at=at,
    )


def _plausible_year(year: int | None, at: datetime) -> int | None:
    if year is not None and not EARLIEST_YEAR <= year <= at.year + 1:
        raise InvalidYear
    return year


def _store(
    rightsholder: Rightsholder,
    accepted: Sequence[tuple[Work, Draft]],
    at: datetime,
) -> None:
    works = Work.objects.bulk_create([work for work, _ in accepted])
    claims = [
        Claim(id=new_id(), work_id=work.id, rightsholder_id=rightsholder.id, claimed_at=at)
        for work in works
    ]
    holders = [_holders(rightsholder, draft) for _, draft in accepted]
    payloads = [
        claim_payload(
            claim=claim.id,
            work=claim.work_id,
            rightsholder=rightsholder.id,
            claimed_at=at,
            identifiers=[(item.kind, item.value) for item in draft.identifiers],
            holders=[(holder.name, holder.layer, holder.rightsholder_id) for holder in named],
        )
        for claim, (_, draft), named in zip(claims, accepted, holders, strict=True)
    ]
    said = [(CLAIM, payload) for payload in payloads]
    entry_ids = log.append_many(log=DECLARATIONS, said=said, at=at)
    for claim, entry_id, named in zip(claims, entry_ids, holders, strict=True):
        claim.entry_id = entry_id
        for holder in named:
            holder.claim_id = claim.id
    Claim.objects.bulk_create(claims)
    Holder.objects.bulk_create([holder for named in holders for holder in named])
    Identifier.objects.bulk_create(
        Identifier(
            claim_id=claim.id,
            work_id=claim.work_id,
            kind=item.kind,
            key=item.key,
            value=item.value,
        )
        for claim, (_, draft) in zip(claims, accepted, strict=True)
        for item in draft.identifiers
    )
    declare_each(
        rightsholder=rightsholder,
        choices=[(work, draft.choices, draft.terms) for work, draft in accepted if draft.choices],
        at=at,
    )


def _holders(rightsholder: Rightsholder, draft: Draft) -> list[Holder]:
    """Give the registrant and those it names; alone, the registrant needs no row."""
    names = [texts.name(name) for name in draft.holders]
    if not names:
        return []
    others = [Holder(name=name, layer=WHOLE) for name in names]
    return [Holder(name=rightsholder.name, rightsholder=rightsholder, layer=WHOLE), *others]
