"""What was said, in words for pages: one line per usage, one event per entry of the log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.html import format_html
from django.utils.translation import gettext as _

from registry.labels import DECLARED_CHOICES, USAGE_HELP, USAGE_LABELS, WITHDRAWN
from registry.selectors.declarations import Said, choices_of
from registry.vocabulary import Choice, Usage
from registry.web.moments import moment
from registry.web.presets import UNSTATED, preset_of
from registry.web.shortfalls import Granting, shortfalls

if TYPE_CHECKING:
    from registry.models import Claim, Declaration, Entry

LABELS = {str(choice): label for choice, label in DECLARED_CHOICES}


@dataclass(frozen=True, slots=True)
class Line:
    """What stands for one usage; `choice` is a choice or `unstated`, `notes` are HTML."""

    usage: Usage
    choice: str
    said: Said | None = None
    notes: Sequence[str] = ()
    is_effective: bool = True

    @property
    def label(self) -> str:
        """The usage in words."""
        return str(USAGE_LABELS[self.usage])

    @property
    def help(self) -> str:
        """What the usage is."""
        return str(USAGE_HELP[self.usage])

    @property
    def is_stated(self) -> bool:
        """Say whether a choice stands."""
        return self.choice != UNSTATED

    @property
    def terms_url(self) -> str:
        """Where the terms are, if they are to be asked for."""
        return self.said.declaration.terms_url if self.said and self._is_on_terms else ""

    @property
    def contact(self) -> str:
        """How to reach the rightsholder, if they are to be asked."""
        return self.said.declaration.contact if self.said and self._is_on_terms else ""

    @property
    def _is_on_terms(self) -> bool:
        return self.choice == Choice.LICENSE

    @property
    def is_general(self) -> bool:
        """Say whether it was said for all works."""
        return self.said is not None and self.said.declaration.work_id is None

    @property
    def choice_label(self) -> str:
        """The choice in words."""
        label = str(LABELS.get(self.choice) or _("Not stated"))
        return label if self.is_effective else _("%(choice)s, not in force yet") % {"choice": label}

    @property
    def tone(self) -> str:
        """The choice whose colour it wears; a yes that does not count yet wears none."""
        return self.choice if self.is_effective else UNSTATED


@dataclass(frozen=True, slots=True)
class Event:
    """One entry: what was said then, and where in the log it stands once it is published."""

    title: str
    at: datetime
    entry: Entry
    is_published: bool
    tone: str = ""
    choices: Sequence[tuple[str, str, str]] = ()
    declaration: Declaration | None = None

    @property
    def moment(self) -> str:
        """When it was said, as HTML."""
        return moment(self.at)


def lines(
    said: Mapping[Usage, Said],
    at: datetime,
    *,
    granting: Granting | None = None,
    beneath: Mapping[Usage, Said] | None = None,
) -> list[Line]:
    """Give a line per usage.

    With `granting`, a yes tells its owner what it still lacks, and what of `beneath`, which is
    the same without any yes, holds until then. Without `beneath`, for the public, it tells only
    that it does not count yet.
    """
    return [_line(usage, said.get(usage), beneath, granting, at) for usage in Usage]


def claim_event(claim: Claim, *, tree_size: int) -> Event:
    """Give a registration, or its removal, as an event."""
    return Event(
        title=_("Removed") if claim.is_withdrawal else _("Registered"),
        at=claim.claimed_at,
        entry=claim.entry,
        is_published=_is_published(claim.entry, tree_size),
    )


def declaration_event(declaration: Declaration, *, tree_size: int) -> Event:
    """Give a declaration as an event."""
    choices = choices_of(declaration)
    said = {usage: choice for usage, choice in choices.items() if choice != WITHDRAWN}
    preset = preset_of(said)
    tones = set(said.values()) or {WITHDRAWN}
    return Event(
        title=str(preset.label) if preset else _("Own choices") if said else _("Withdrawn"),
        at=declaration.declared_at,
        entry=declaration.entry,
        is_published=_is_published(declaration.entry, tree_size),
        tone=tones.pop() if len(tones) == 1 else UNSTATED,
        choices=[
            (str(USAGE_LABELS[usage]), choice, str(LABELS[choice]))
            for usage, choice in choices.items()
        ],
        declaration=declaration,
    )


def _is_published(entry: Entry, tree_size: int) -> bool:
    return entry.index is not None and entry.index < tree_size


def _line(
    usage: Usage,
    said: Said | None,
    beneath: Mapping[Usage, Said] | None,
    granting: Granting | None,
    at: datetime,
) -> Line:
    if said is None or not said.stands(at):
        return Line(usage, UNSTATED, said, notes=[*_silence(said)])
    notes: list[str] = [format_html(_("Since {}."), moment(said.declaration.declared_at))]
    if said.declaration.ends_at:
        notes.append(format_html(_("Until {}."), moment(said.declaration.ends_at)))
    lacking = _lacking(said, granting, at)
    if lacking and beneath is None:
        notes.append(_("This yes does not count yet, so the registry answers no."))
    elif lacking and beneath is not None:
        notes += [*lacking, *_meanwhile(beneath.get(usage), at)]
    return Line(usage, said.choice, said, notes=notes, is_effective=not lacking)


def _lacking(said: Said, granting: Granting | None, at: datetime) -> list[str]:
    """Give what a yes still lacks, in sentences."""
    if granting is None or said.choice != Choice.ALLOW:
        return []
    declaration = said.declaration
    is_general = declaration.work_id is None
    return list(
        shortfalls(
            replace(granting, is_catalogue=True) if is_general else granting,
            declared_at=declaration.declared_at,
            ends_at=declaration.ends_at,
            at=at,
        )
    )


def _silence(said: Said | None) -> Iterator[str]:
    """Say why nothing stands where something stood."""
    if said is None:
        return
    if said.is_withdrawn:
        yield format_html(_("Taken back: {}."), moment(said.declaration.declared_at))
    elif said.declaration.ends_at:
        label = LABELS[said.choice]
        yield format_html(_("“{}” ended: {}."), label, moment(said.declaration.ends_at))


def _meanwhile(beneath: Said | None, at: datetime) -> Iterator[str]:
    """Say what holds as long as a yes does not count."""
    if beneath and beneath.stands(at):
        yield _("Until then “%(choice)s” holds, which you said before.") % {
            "choice": LABELS[beneath.choice]
        }
