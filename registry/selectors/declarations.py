"""What stands declared, and everything that was ever declared, for the pages of its owner."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from registry.labels import WITHDRAWN
from registry.models import Declaration, Location, Rightsholder, Work
from registry.vocabulary import Choice, Scope, Usage


@dataclass(frozen=True, slots=True)
class Said:
    """A choice, or `withdrawn`, with the declaration that names it."""

    choice: str
    declaration: Declaration

    @property
    def is_withdrawn(self) -> bool:
        """Say whether it was taken back."""
        return self.choice == WITHDRAWN

    def has_ended(self, at: datetime) -> bool:
        """Say whether its window is over."""
        ends_at = self.declaration.ends_at
        return ends_at is not None and ends_at <= at

    def stands(self, at: datetime) -> bool:
        """Say whether it is neither taken back nor over."""
        return not self.is_withdrawn and not self.has_ended(at)


def column(usage: Usage) -> str:
    """Give the name of the column that holds the choice for a usage."""
    return usage.replace("-", "_")


def choices_of(declaration: Declaration) -> dict[Usage, str]:
    """Give the usages that a declaration names, each with its choice or `withdrawn`."""
    named = ((usage, getattr(declaration, column(usage))) for usage in Usage)
    return {usage: choice for usage, choice in named if choice}


def scope_of(work: Work | None, location: Location | None) -> Scope:
    """Give the scope of what is said on a work, at a location, or on neither: the catalogue."""
    if location is not None:
        return Scope(location.scope)
    return Scope.CATALOGUE if work is None else Scope.WORK


def history(
    *, rightsholder: Rightsholder, work: Work | None = None, location: Location | None = None
) -> QuerySet[Declaration]:
    """Give all declarations on a work, at a location or else the catalogue, newest first."""
    scope = scope_of(work, location)
    return (
        Declaration.objects.filter(
            rightsholder=rightsholder, scope=scope, work=work, location=location
        )
        .select_related("entry", "organisation")
        .order_by("-entry_id")
    )


def newest_choices(
    newest_first: Iterable[Declaration], *, passing_over: Choice | None = None
) -> dict[Usage, Said]:
    """Give, for each usage, what the newest declaration to everybody that names it says.

    `passing_over` a choice gives what stood before it.
    """
    newest: dict[Usage, Said] = {}
    for declaration in newest_first:
        if declaration.organisation_id is None:
            for usage, choice in choices_of(declaration).items():
                if choice != passing_over:
                    newest.setdefault(usage, Said(choice, declaration))
    return newest


def choices_in_force(
    *, rightsholder: Rightsholder, work: Work | None = None, location: Location | None = None
) -> dict[Usage, Choice]:
    """Give what was last said to everybody for each usage and not withdrawn, published or not."""
    newest = newest_choices(history(rightsholder=rightsholder, work=work, location=location))
    return {usage: Choice(said.choice) for usage, said in newest.items() if not said.is_withdrawn}


def newest_choices_by_work(works: Iterable[Work]) -> dict[UUID, dict[Usage, Said]]:
    """Give `newest_choices` of many works by their ids, in one query."""
    declarations: dict[UUID, list[Declaration]] = {work.id: [] for work in works}
    newest_first = Declaration.objects.filter(work__in=declarations).order_by("-entry_id")
    for declaration in newest_first:
        if declaration.work_id:
            declarations[declaration.work_id].append(declaration)
    return {work: newest_choices(said) for work, said in declarations.items()}


def combined(
    on_work: Mapping[Usage, Said], on_catalogue: Mapping[Usage, Said]
) -> dict[Usage, Said]:
    """Give what counts for a work by scope: its own word first (the decision rules, step 4).

    A withdrawal on the work is silent: a broader refusal still applies, a broader yes does not.
    """
    broader = {
        usage: said
        for usage, said in on_catalogue.items()
        if usage not in on_work or (on_work[usage].is_withdrawn and said.choice == Choice.REFUSE)
    }
    return {**on_work, **broader}


def newest_terms(rightsholder: Rightsholder) -> tuple[str, str]:
    """Give the terms URL and the contact that the rightsholder last published, or blanks."""
    published = Declaration.objects.filter(rightsholder=rightsholder).exclude(
        terms_url="", contact=""
    )
    newest = published.order_by("-entry_id").values_list("terms_url", "contact").first()
    return newest or ("", "")
