"""Declaring what AI may do, and withdrawing it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from registry.errors import (
    ContactTooLong,
    EvidenceTooLow,
    InvalidWindow,
    NothingDeclared,
    NothingToWithdraw,
    NotTheNewest,
    NotUnderControl,
    UrlTooLong,
)
from registry.identifiers import canonical_url
from registry.ids import new_id
from registry.labels import WITHDRAWN
from registry.log import services as log
from registry.models import Declaration, Location, Organisation, Rightsholder, Work
from registry.selectors.declarations import (
    choices_in_force,
    choices_of,
    column,
    history,
    newest_choices,
    scope_of,
)
from registry.selectors.locations import is_under_control
from registry.selectors.log import DECLARATIONS
from registry.selectors.payloads import DECLARATION, kind_of, payload_of
from registry.selectors.people import evidence_level
from registry.services import texts
from registry.services.people import lock
from registry.vocabulary import Choice, EvidenceLevel, Usage

TERMS_URL_LENGTH = 2_000
CONTACT_LENGTH = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What goes with the choices: a window, the way to a licence, the one firm they are for."""

    starts_at: datetime | None = None
    ends_at: datetime | None = None
    terms_url: str = ""
    contact: str = ""
    organisation: Organisation | None = None
    ends_firm_grants: bool = False


def checked_terms(terms: Terms, choices: Mapping[Usage, Choice], at: datetime) -> Terms:
    """Give the terms as they will be stored; raise what is wrong with them.

    Raises NothingDeclared, InvalidWindow, InvalidUrl, UrlTooLong, ContactTooLong.
    """
    if not choices:
        raise NothingDeclared
    if terms.ends_at and terms.ends_at <= max(terms.starts_at or at, at):
        raise InvalidWindow
    terms_url = texts.one_line(terms.terms_url)
    if len(terms_url) > TERMS_URL_LENGTH:
        raise UrlTooLong(limit=TERMS_URL_LENGTH)
    if terms_url:
        canonical_url(terms_url)
    contact = texts.one_line(terms.contact)
    if len(contact) > CONTACT_LENGTH:
        raise ContactTooLong(limit=CONTACT_LENGTH)
    return replace(terms, terms_url=terms_url, contact=contact)


@transaction.atomic
def declare(
    *,
    rightsholder: Rightsholder,
    choices: Mapping[Usage, Choice],
    at: datetime,
    work: Work | None = None,
    location: Location | None = None,
    terms: Terms | None = None,
    is_complete: bool = False,
) -> Declaration:
    """Give the new declaration, on a work, at a location or, without, on the whole catalogue.

    A complete one withdraws what stands for the usages that it does not name.
    Raises EvidenceTooLow, NotUnderControl and what `checked_terms` raises.
    """
    terms = checked_terms(terms or Terms(), choices, at)
    lock(rightsholder)
    _refuse_unconfirmed(rightsholder)
    if location is not None:
        _refuse_without_control(rightsholder, location)
    about = _About(work, location)
    standing = _in_force(rightsholder, about) if is_complete else {}
    said: dict[Usage, str] = {**dict.fromkeys(standing, WITHDRAWN), **choices}
    declaration = _declaration(rightsholder, about, said, terms, at)
    return _log_and_save(declaration, at)


@transaction.atomic
def declare_each(
    *,
    rightsholder: Rightsholder,
    choices: Sequence[tuple[Work, Mapping[Usage, Choice], Terms]],
    at: datetime,
) -> list[Declaration]:
    """Give one new declaration per work, in order; all or none."""
    if not choices:
        return []
    _refuse_unconfirmed(rightsholder)
    declarations = [
        _declaration(rightsholder, _About(work), chosen, checked_terms(terms, chosen, at), at)
        for work, chosen, terms in choices
    ]
    said = [(DECLARATION, payload_of(declaration)) for declaration in declarations]
    entry_ids = log.append_many(log=DECLARATIONS, said=said, at=at)
    for declaration, entry_id in zip(declarations, entry_ids, strict=True):
        declaration.entry_id = entry_id
    return Declaration.objects.bulk_create(declarations)


@transaction.atomic
def withdraw(
    *,
    rightsholder: Rightsholder,
    at: datetime,
    work: Work | None = None,
    location: Location | None = None,
) -> Declaration:
    """Give the withdrawal of all that stands on a work, at a location or, without, the catalogue.

    Withdrawing is silence: the answer falls back to no consent (the decision rules, step 4). So
    it needs no control of the location any more.
    """
    lock(rightsholder)
    about = _About(work, location)
    standing = _in_force(rightsholder, about)
    if not standing:
        raise NothingToWithdraw
    withdrawn = dict.fromkeys(standing, WITHDRAWN)
    declaration = _declaration(rightsholder, about, withdrawn, Terms(), at)
    return _log_and_save(declaration, at)


@transaction.atomic
def undo(
    *,
    rightsholder: Rightsholder,
    newest: UUID,
    at: datetime,
    work: Work | None = None,
    location: Location | None = None,
) -> Declaration:
    """Give the declaration that says again what stood before the one with the id `newest`.

    Where nothing stood, it withdraws. Raises NotTheNewest where something was said since.
    """
    lock(rightsholder)
    past = history(rightsholder=rightsholder, work=work, location=location)
    general = past.filter(organisation=None)
    if [newest] != [declaration.id for declaration in general[:1]]:
        raise NotTheNewest
    before = newest_choices(general[1:])
    standing = {usage: said for usage, said in before.items() if said.stands(at)}
    if not standing:
        return withdraw(rightsholder=rightsholder, work=work, location=location, at=at)
    return declare(
        rightsholder=rightsholder,
        work=work,
        location=location,
        choices={usage: Choice(said.choice) for usage, said in standing.items()},
        terms=_terms_again(said.declaration for said in standing.values()),
        at=at,
        is_complete=True,
    )


def _terms_again(declarations: Iterable[Declaration]) -> Terms:
    """Give the window of the newest of the declarations, and the newest way to a licence."""
    newest_first = sorted(declarations, key=lambda said: said.entry_id, reverse=True)
    way = next((said for said in newest_first if said.terms_url or said.contact), newest_first[0])
    return Terms(
        starts_at=newest_first[0].starts_at,
        ends_at=newest_first[0].ends_at,
        terms_url=way.terms_url,
        contact=way.contact,
    )


@dataclass(frozen=True, slots=True)
class _About:
    """What a declaration is about: a work, a location or, without either, the catalogue."""

    work: Work | None = None
    location: Location | None = None


def _in_force(rightsholder: Rightsholder, about: _About) -> dict[Usage, Choice]:
    return choices_in_force(rightsholder=rightsholder, work=about.work, location=about.location)


def _refuse_without_control(rightsholder: Rightsholder, location: Location) -> None:
    if location.rightsholder_id != rightsholder.id or not is_under_control(location):
        raise NotUnderControl


def _refuse_unconfirmed(rightsholder: Rightsholder) -> None:
    if evidence_level(rightsholder) < EvidenceLevel.EMAIL:
        raise EvidenceTooLow


def _log_and_save(declaration: Declaration, at: datetime) -> Declaration:
    kind = kind_of(choices_of(declaration).values())
    payload = payload_of(declaration)
    declaration.entry = log.append(log=DECLARATIONS, kind=kind, payload=payload, at=at)
    declaration.save(force_insert=True)
    return declaration


def _declaration(
    rightsholder: Rightsholder,
    about: _About,
    choices: Mapping[Usage, str],
    terms: Terms,
    at: datetime,
) -> Declaration:
    columns = {column(usage): choice for usage, choice in choices.items()}
    return Declaration(
        id=new_id(),
        rightsholder_id=rightsholder.id,
        scope=scope_of(about.work, about.location),
        work_id=about.work.id if about.work else None,
        location_id=about.location.id if about.location else None,
        starts_at=terms.starts_at,
        ends_at=terms.ends_at,
        organisation=terms.organisation,
        ends_firm_grants=terms.ends_firm_grants,
        terms_url=terms.terms_url,
        contact=terms.contact,
        declared_at=at,
        **columns,
    )
