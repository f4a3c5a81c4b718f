"""Whether this process runs, and whether the registry is ready to be asked."""

from datetime import datetime
from functools import cache
from typing import Literal

from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from consent.selectors.snapshots import newest
from registry.selectors.log import is_log_fresh
from registry.selectors.operations import is_worker_alive

WELL = {"database": "up", "migrations": "applied", "log": "fresh", "worker": "alive"}


class UnappliedError(Exception):
    """A migration of this code is not in the database yet."""


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer that the process runs; looks at nothing else."""
    return JsonResponse({"status": "alive"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Answer 200 if all is well, 503 otherwise, with one word a check, and the snapshot's state."""
    now = timezone.now()
    checks = _checks(now)
    is_ready = checks == WELL
    state = {"status": "ready" if is_ready else "waiting", **checks, "snapshot": _snapshot(now)}
    return JsonResponse(state, status=200 if is_ready else 503)


def _checks(at: datetime) -> dict[str, str]:
    unknown = dict.fromkeys(WELL, "unknown")
    try:
        _require_migrations()
        is_fresh, is_alive = is_log_fresh(at=at), is_worker_alive(at=at)
    except UnappliedError:
        return unknown | {"database": "up", "migrations": "missing"}
    except Error:
        return unknown | {"database": "down"}
    log = {"log": "fresh" if is_fresh else "stale"}
    return WELL | log | {"worker": "alive" if is_alive else "silent"}


def _snapshot(at: datetime) -> dict[str, float] | None:
    """Give what batches are answered from on this host; without it the database answers."""
    known = newest()
    if known is None:
        return None
    return {
        "tree_size": known.about.tree_size,
        "age_seconds": round((at - known.decided_at).total_seconds()),
        "bytes": known.size,
        "build_seconds": round(known.about.build_seconds, 1),
        "keys": known.about.keys,
        "shapes": known.about.shapes,
    }


@cache
def _require_migrations() -> Literal[True]:
    """Raise UnappliedError while one waits; once none does, this process need not look again."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise UnappliedError
    return True
