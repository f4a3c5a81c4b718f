"""What stands declared, and everything that was ever declared, for the pages of its owner."""

from collections.abc import Iterable, Iterator

from django.db.models import QuerySet

from registry.labels import WITHDRAWN
from registry.models import Declaration, Rightsholder, Work
from registry.vocabulary import Choice, Scope, Usage


def column(usage: Usage) -> str:
    """Give the name of the column that holds the choice for a usage."""
    return usage.replace("-", "_")


def choices_of(declaration: Declaration) -> dict[Usage, str]:
    """Give the usages that a declaration names, each with its choice or `withdrawn`."""
    named = ((usage, getattr(declaration, column(usage))) for usage in Usage)
    return {usage: choice for usage, choice in named if choice}


def history(
    *, rightsholder: Rightsholder, work: Work | None = None
) -> QuerySet[Declaration]:
    """Give all declarations on a work or, without one, on the catalogue, newest first."""
    scope = Scope.WORK if work else Scope.CATALOGUE
    return (
        Declaration.objects.filter(rightsholder=rightsholder, scope=scope, work=work)
        .select_related("entry", "organisation")
        .order_by("-entry_id")
    )


def choices_in_force(
    *, rightsholder: Rightsholder, work: Work | None = None
) -> dict[Usage, Choice]:
    """Give what was last said to everybody for each usage and not withdrawn, published or not."""
    general = history(rightsholder=rightsholder, work=work).filter(organisation=None)
    return _newest_choices(general)


def choices_by_work(works: Iterable[Work]) -> dict[Work, dict[Usage, Choice]]:
    """Give `choices_in_force` of many works of one rightsholder in one query."""
    by_id = {work.id: work for work in works}
    said: dict[Work, list[Declaration]] = {work: [] for work in by_id.values()}
    newest_first = Declaration.objects.filter(
        work__in=by_id, scope=Scope.WORK, organisation=None
    ).order_by("-entry_id")
    for declaration in newest_first:
        if declaration.work_id:
            said[by_id[declaration.work_id]].append(declaration)
    return {work: _newest_choices(declarations) for work, declarations in said.items()}


def _newest_choices(newest_first: Iterable[Declaration]) -> dict[Usage, Choice]:
    newest: dict[Usage, str] = {}
    for usage, choice in _named(newest_first):
        newest.setdefault(usage, choice)
    return {usage: Choice(choice) for usage, choice in newest.items() if choice != WITHDRAWN}


def _named(declarations: Iterable[Declaration]) -> Iterator[tuple[Usage, str]]:
    for declaration in declarations:
        yield from choices_of(declaration).items()
