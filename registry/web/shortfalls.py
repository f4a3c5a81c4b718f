"""What a yes still needs before it counts, in plain words for whoever said it.

The rules are the decision rules R03 and R08; tests hold these sentences
against the decisions themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registry.vocabulary import STANDARD_KINDS, EvidenceLevel
from registry.web.moments import moment

if TYPE_CHECKING:
    from registry.models import Claim

#: "A grant below level 4 takes effect 72 hours after it was logged."
WAIT = timedelta(hours=72)


@dataclass(frozen=True, slots=True, kw_only=True)
class Granting:
    """What matters about the one who says yes: their evidence, and what they say it about.

    `strangers` are the names of joint holders without an account.
    """

    level: EvidenceLevel
    is_catalogue: bool = False
    has_standard_identifier: bool = False
    strangers: Sequence[str] = ()


def granting_of(level: EvidenceLevel, claim: Claim | None) -> Granting:
    """Give what matters about a rightsholder who says yes, to one work or to all of theirs."""
    if claim is None:
        return Granting(level=level)
    return Granting(
        level=level,
        has_standard_identifier=any(
            item.kind in STANDARD_KINDS for item in claim.identifiers.all()
        ),
        strangers=[each.name for each in claim.holders.all() if each.rightsholder_id is None],
    )


def shortfalls(
    granting: Granting, *, declared_at: datetime, ends_at: datetime | None, at: datetime
) -> Iterator[str]:
    """Give a sentence (HTML) for each thing that a yes lacks at a moment; none if it counts."""
    if granting.strangers:
        yield ngettext(
            "%(names)s shares this work and is known here by name only. Until they join, "
            "nobody can say yes for it.",
            "%(names)s share this work and are known here by name only. Until they join, "
            "nobody can say yes for it.",
            len(granting.strangers),
        ) % {"names": ", ".join(granting.strangers)}
    if granting.level < _level_needed(granting):
        yield _evidence_sentence(granting)
    elif granting.level < EvidenceLevel.VOUCHED:
        yield from _waiting(declared_at + WAIT, ends_at, at)


def _level_needed(granting: Granting) -> EvidenceLevel:
    if granting.is_catalogue or granting.has_standard_identifier:
        return EvidenceLevel.VOUCHED
    return EvidenceLevel.IDENTITY


def _evidence_sentence(granting: Granting) -> str:
    if granting.is_catalogue:
        return _(
            "A yes to all works at once counts only if a society, publisher, label or agency "
            "that works with this registry vouches for you. You can say yes to single works."
        )
    if granting.has_standard_identifier:
        return _(
            "A yes to a work with an ISBN, ISRC, ISWC or DOI counts only if a society, "
            "publisher, label or agency that works with this registry vouches for you."
        )
    return _("A yes counts only once a moderator has confirmed who you are.")


def _waiting(starts_at: datetime, ends_at: datetime | None, at: datetime) -> Iterator[str]:
    if ends_at is not None and ends_at <= starts_at:
        yield _("It ends before the 72 hours are over that every yes waits, so it never counts.")
    elif at < starts_at:
        yield format_html(
            _("Every yes waits 72 hours, so that nobody gives your work away. It counts from {}."),
            moment(starts_at),
        )
