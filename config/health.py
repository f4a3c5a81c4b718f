"""Is the process up, and is it ready: what load balancers and supervisors ask."""

from http import HTTPStatus

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from registry.selectors.operations import WORKER, is_log_fresh, is_worker_alive

OK = "ok"

_is_migrated = False


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Say that the process answers."""
    return _answer({"process": OK})


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Say for each part whether it does its work; 503 unless all do."""
    try:
        parts = {"database": OK, "migrations": _migrations(), **_background()}
    except DatabaseError:
        parts = {"database": "unreachable"}
    return _answer(parts)


def _background() -> dict[str, str]:
    at = timezone.now()
    return {
        "log": OK if is_log_fresh(at=at) else "stale",
        "worker": OK if is_worker_alive(name=WORKER, at=at) else "silent",
    }


def _migrations() -> str:
    """Look until all are applied; the code of a running process asks for no more after that."""
    global _is_migrated
    if not _is_migrated:
        executor = MigrationExecutor(connection)
        _is_migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return OK if _is_migrated else "pending"


def _answer(parts: dict[str, str]) -> JsonResponse:
    is_fine = all(word == OK for word in parts.values())
    status = HTTPStatus.OK if is_fine else HTTPStatus.SERVICE_UNAVAILABLE
    return JsonResponse(parts, status=status, headers={"Cache-Control": "no-store"})
