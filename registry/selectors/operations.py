"""How the registry itself is doing: workers, the log's freshness, what waits."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, F, Q, QuerySet

from registry.models import Declaration, Entry, Heartbeat, Mail, Rightsholder, User, Work
from registry.selectors.declarations import choices_of
from registry.selectors.log import DECLARATIONS, head, is_log_fresh, pending_since
from registry.statements import TreeHead
from registry.vocabulary import Scope

WORKER = "worker"
WORKER_SILENT_AFTER = timedelta(seconds=60)
REMIND_BEFORE = timedelta(days=7)
COUNTED_UP_TO = 10_000  # rows


@dataclass(frozen=True, slots=True)
class Endings:
    """Declarations of one rightsholder that end soon; only those that `stand` are worth a mail."""

    rightsholder: UUID
    declarations: list[Declaration]
    standing: list[Declaration]


@dataclass(frozen=True, slots=True)
class Overview:
    """The state of things at one moment, for operators."""

    head: TreeHead | None
    pending: int
    pending_since: datetime | None
    is_log_fresh: bool
    worker_seen_at: datetime | None
    is_worker_alive: bool
    mails_waiting: int
    mails_failing: int
    accounts: int
    rightsholders: int
    works: int
    declarations: int


def is_worker_alive(*, at: datetime) -> bool:
    """Say whether a worker gave a sign of life within the last minute."""
    last_call = at - WORKER_SILENT_AFTER
    return Heartbeat.objects.filter(name=WORKER, seen_at__gte=last_call).exists()


def overview(*, at: datetime) -> Overview:
    """Give how things stand; counts of long tables are PostgreSQL's estimates."""
    mails = Mail.objects.aggregate(waiting=Count("id"), tried=Count("id", filter=Q(attempts__gt=0)))
    return Overview(
        head=head(),
        pending=Entry.objects.filter(log__name=DECLARATIONS, index=None).count(),
        pending_since=pending_since(),
        is_log_fresh=is_log_fresh(at=at),
        worker_seen_at=Heartbeat.objects.filter(name=WORKER)
        .values_list("seen_at", flat=True)
        .first(),
        is_worker_alive=is_worker_alive(at=at),
        mails_waiting=mails["waiting"],
        mails_failing=mails["tried"],
        accounts=_about(User.objects.all()),
        rightsholders=_about(Rightsholder.objects.all()),
        works=_about(Work.objects.all()),
        declarations=_about(Declaration.objects.all()),
    )


def _about(rows: QuerySet[Any]) -> int:
    """Give the number of rows: exactly where it is small, else as PostgreSQL estimates it."""
    table = rows.model._meta.db_table  # noqa: SLF001  Django documents it
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [table])
        estimate = int(cursor.fetchone()[0])
    return estimate if estimate > COUNTED_UP_TO else rows.count()


def endings(*, at: datetime, limit: int = 10_000) -> list[Endings]:
    """Give what ends within seven days and nobody was reminded of, by rightsholder.

    Windows that were shorter than that from the start need no reminder.
    """
    soon = (
        Declaration.objects.filter(ends_at__gt=at, ends_at__lte=at + REMIND_BEFORE, reminder=None)
        .filter(declared_at__lte=F("ends_at") - REMIND_BEFORE)
        .filter(Q(work=None) | Q(work__removed_at=None))
        .select_related("work", "location")
        .order_by("rightsholder_id", "ends_at")[:limit]
    )
    by_rightsholder: dict[UUID, list[Declaration]] = {}
    for declaration in soon:
        by_rightsholder.setdefault(declaration.rightsholder_id, []).append(declaration)
    standing = _standing(by_rightsholder, soon)
    return [
        Endings(rightsholder, ending, [each for each in ending if each.id in standing])
        for rightsholder, ending in by_rightsholder.items()
    ]


def recipients(rightsholder: UUID) -> list[User]:
    """Give the accounts that act for the rightsholder and can still sign in."""
    members = User.objects.filter(memberships__rightsholder=rightsholder, is_active=True)
    return list(members.order_by("memberships__id"))


def _standing(rightsholders: Iterable[UUID], ending: Iterable[Declaration]) -> set[UUID]:
    """Give the ids of the declarations that are the newest to name one of their usages."""
    works = {declaration.work_id for declaration in ending if declaration.work_id}
    locations = {declaration.location_id for declaration in ending if declaration.location_id}
    newest_first = Declaration.objects.filter(
        Q(work__in=works)
        | Q(location__in=locations)
        | Q(scope=Scope.CATALOGUE, rightsholder__in=rightsholders)
    ).order_by("-entry_id")
    newest: dict[object, UUID] = {}
    for declaration in newest_first:
        said_about = (
            declaration.rightsholder_id,
            declaration.work_id,
            declaration.location_id,
            declaration.organisation_id,
        )
        for usage in choices_of(declaration):
            newest.setdefault((said_about, usage), declaration.id)
    return set(newest.values())
