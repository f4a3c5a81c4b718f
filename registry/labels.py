"""The translated words for every vocabulary value, and the sentence for every refusal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from registry.errors import DomainError
from registry.vocabulary import (
    LOCATION_SCOPES,
    Capacity,
    Choice,
    ControlEvent,
    Discipline,
    EvidenceLevel,
    IdentifierKind,
    Medium,
    Scope,
    Usage,
)

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

WITHDRAWN = "withdrawn"

USAGE_LABELS: dict[Usage, StrPromise] = {
    Usage.GENERATIVE_TRAINING: _("Training generative AI"),
    Usage.OTHER_TRAINING: _("Training other AI"),
    Usage.INFERENCE: _("Use as AI input"),
    Usage.SEARCH: _("AI search"),
    Usage.MINING: _("Text and data mining"),
}

USAGE_HELP: dict[Usage, StrPromise] = {
    Usage.GENERATIVE_TRAINING: _("Models that make text, images, music or film."),
    Usage.OTHER_TRAINING: _("Models that sort, recognise or translate, but create nothing."),
    Usage.INFERENCE: _("Handing your work to a finished model, for a summary or as a template."),
    Usage.SEARCH: _("Finding your work and sending people to it."),
    Usage.MINING: _("Analysing many works at once for patterns and facts."),
}

CHOICE_LABELS: dict[Choice, StrPromise] = {
    Choice.ALLOW: _("Yes"),
    Choice.LICENSE: _("Ask me first"),
    Choice.REFUSE: _("No"),
}

DISCIPLINES = [
    (Discipline.MUSIC, _("Music")),
    (Discipline.LITERATURE, _("Literature")),
    (Discipline.VISUAL_ARTS, _("Visual arts")),
    (Discipline.PHOTOGRAPHY, _("Photography")),
    (Discipline.FILM_AND_TELEVISION, _("Film and television")),
    (Discipline.THEATRE_AND_DANCE, _("Theatre and dance")),
    (Discipline.GAMES, _("Games")),
    (Discipline.JOURNALISM, _("Journalism")),
    (Discipline.SOFTWARE, _("Software")),
    (Discipline.OTHER, _("Another field")),
]

MEDIA = [
    (Medium.IMAGE, _("Image")),
    (Medium.TEXT, _("Text")),
    (Medium.AUDIO, _("Music or sound")),
    (Medium.VIDEO, _("Film or video")),
    (Medium.SOFTWARE, _("Software or game")),
    (Medium.OTHER, _("Something else")),
]

CAPACITIES = [
    (Capacity.PERSON, _("A person")),
    (Capacity.ORGANISATION, _("An organisation")),
]

SCOPES = [
    (Scope.COPY, _("One file")),
    (Scope.WORK, _("One work")),
    (Scope.URL, _("An address")),
    (Scope.HOST, _("A site")),
    (Scope.DOMAIN, _("A domain")),
    (Scope.CATALOGUE, _("All my works")),
]

PLACES = [(scope, label) for scope, label in SCOPES if scope in LOCATION_SCOPES]

CONTROL_EVENTS = [
    (ControlEvent.SHOWN, _("Control shown")),
    (ControlEvent.RENEWED, _("Control shown again")),
    (ControlEvent.SUSPENDED, _("Suspended: control no longer found")),
    (ControlEvent.RESUMED, _("Resumed: control found again")),
    (ControlEvent.ENDED, _("Control ended")),
]

IDENTIFIER_KINDS = [
    (IdentifierKind.SHA256, _("File fingerprint (SHA-256)")),
    (IdentifierKind.URL, _("Web address")),
    (IdentifierKind.ISBN, "ISBN"),
    (IdentifierKind.ISRC, "ISRC"),
    (IdentifierKind.ISWC, "ISWC"),
    (IdentifierKind.DOI, "DOI"),
    (IdentifierKind.ISCC, "ISCC"),
]

EVIDENCE_LEVELS = [
    (EvidenceLevel.NONE, _("Nothing shown yet")),
    (EvidenceLevel.EMAIL, _("E-mail address confirmed")),
    (EvidenceLevel.PLACE, _("Control of a website shown")),
    (EvidenceLevel.IDENTITY, _("Identity confirmed")),
    (EvidenceLevel.VOUCHED, _("Vouched for by a society, publisher, label or agency")),
    (EvidenceLevel.DECIDED, _("Decided by moderators or a court")),
]

DECLARED_CHOICES = [
    (Choice.ALLOW, CHOICE_LABELS[Choice.ALLOW]),
    (Choice.LICENSE, CHOICE_LABELS[Choice.LICENSE]),
    (Choice.REFUSE, CHOICE_LABELS[Choice.REFUSE]),
    (WITHDRAWN, _("Withdrawn")),
]

ERROR_SENTENCES: dict[str, StrPromise] = {
    "invalid-identifier": _("This is not a valid identifier of its kind."),
    "invalid-hash": _("A SHA-256 has exactly 64 characters, 0 to 9 and a to f."),
    "invalid-url": _("This is not a web address. It starts with https:// or http://."),
    "url-too-long": _("This web address is too long."),
    "invalid-location": _(
        "This is not a place: a site or domain is a name like example.org, an address has a path "
        "and no question mark."
    ),
    "location-too-deep": _("A place has at most %(limit)s parts between slashes."),
    "public-suffix": _("Many people have their sites under %(host)s; nobody speaks for all."),
    "not-a-domain": _("A domain is what somebody registered, like example.org."),
    "already-controlled": _("The control of this place has been shown already."),
    "not-under-control": _("The control of this place is not shown at present."),
    "not-suspended": _("The control of this place is not suspended."),
    "invalid-check-digit": _("The check digit does not fit. Is there a typing mistake?"),
    "already-registered": _("You have registered this already."),
    "too-many-works": _("At most %(limit)s works fit into one go. Send the rest afterwards."),
    "nothing-to-register": _(
        "There is nothing to register yet. Add a file, an address or a number."
    ),
    "empty-file": _("This file is empty, so there is nothing to recognise it by."),
    "invalid-title": _("A work needs a title of at most 300 characters."),
    "invalid-name": _("A name has between 1 and 200 characters, on one line."),
    "invalid-year": _("This year is not possible."),
    "nothing-declared": _("Choose an answer for at least one use."),
    "nothing-to-withdraw": _("There is nothing to withdraw."),
    "not-the-newest": _("You have said something newer since, so nothing was undone."),
    "invalid-window": _("The end must come after the start, and lie in the future."),
    "terms-missing": _("“Ask me first” needs a web address with your terms or a way to reach you."),
    "contact-too-long": _("The way to reach you has at most %(limit)s characters."),
    "too-many-grants": _("A yes for more than %(limit)s works at once needs somebody to vouch."),
    "evidence-too-low": _("Please confirm your e-mail address first."),
    "already-signed": _("You have signed the Statement already."),
    "not-signed": _("There is no signature to withdraw."),
    "invalid-evidence-level": _("An evidence level is a number from 0 to 4."),
    "unknown-account": _("There is no account with this e-mail address."),
    "account-exists": _("There is an account with this e-mail address already."),
    "invalid-address": _("This is not an e-mail address."),
    "unknown-log": _("There is no log of this name."),
    "unknown-entry": _("The log has no such entry or size."),
    "invalid-characters": _("This text contains characters that cannot be stored."),
    "unknown-column": _("There is no column “%(name)s”. Known are: %(known)s."),
    "missing-column": _("The first row must name the column “%(name)s”."),
    "repeated-column": _("The first row names the column “%(name)s” twice."),
    "uneven-row": _("This row has %(cells)s cells, the first row has %(columns)s."),
    "unreadable-row": _("This row cannot be read. Does a quotation mark lack its partner?"),
    "unknown-kind": _("This kind of identifier is not known. Known are: %(kinds)s."),
    "unknown-medium": _("This medium is not known. Known are: %(media)s."),
    "unknown-choice": _("“%(column)s” takes allow, license, refuse, or nothing."),
    "already-seeded": _("The works of seed %(seed)s are registered already."),
}


def sentence(refusal: DomainError) -> str:
    """Give the translated sentence for a refusal of the record."""
    return str(ERROR_SENTENCES[refusal.code]) % refusal.details
