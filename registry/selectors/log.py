"""The published state of the log, and proofs from it."""

from datetime import datetime, timedelta

from django.conf import settings

from registry.log import reads
from registry.log.models import Log
from registry.log.tiles import TilePath
from registry.statements import TreeHead

DECLARATIONS = "declarations"
# Entries without an index, or with one that is too high: of the newest state few, and found by two
# indexes. In SQL, with the parameters `log` and `size`.
UNPUBLISHED = """
SELECT late.id FROM registry_entry late JOIN registry_log its ON its.id = late.log_id
WHERE its.name = %(log)s AND (late.index IS NULL OR late.index >= %(size)s)
"""
STALE_AFTER = timedelta(seconds=60)  # R43 of the decision rules


def log_origin() -> str:
    """Give the name under which the log signs, whatever its address; it is the deployment's."""
    return f"{settings.REGISTRY_LOG_ORIGIN}/log/{DECLARATIONS}"


def head(name: str = DECLARATIONS) -> TreeHead | None:
    """Give the newest published state, or None before the first."""
    checkpoint = reads.latest_checkpoint(name)
    return reads.tree_head(checkpoint) if checkpoint else None


def tree_size() -> int:
    """Give how many entries are published."""
    published = head()
    return published.size if published else 0


def head_at(at: datetime) -> TreeHead | None:
    """Give the newest state published by then, or None."""
    checkpoint = reads.checkpoint_at(DECLARATIONS, at)
    return reads.tree_head(checkpoint) if checkpoint else None


def head_of_size(size: int) -> TreeHead | None:
    """Give the state of exactly this size, or None if it was never published."""
    checkpoint = reads.checkpoint_reaching(DECLARATIONS, size)
    return reads.tree_head(checkpoint) if checkpoint and checkpoint.size == size else None


def pending_since() -> datetime | None:
    """Give when the entry that waits longest was said, or None where nothing waits."""
    return reads.oldest_pending_at(DECLARATIONS)


def is_log_fresh(*, at: datetime) -> bool:
    """Say whether no entry has waited for its place longer than a minute; an idle log is fresh."""
    return _is_fresh(pending_since(), at)


def fresh_head(*, at: datetime) -> TreeHead | None:
    """Give the newest published state, or None while the log is not fresh; one statement."""
    latest = reads.latest(DECLARATIONS)
    return latest[0] if latest and _is_fresh(latest[1], at) else None


def checkpoint_note(name: str) -> str | None:
    """Give the newest checkpoint as a signed note, or None."""
    checkpoint = reads.latest_checkpoint(name)
    return checkpoint.note if checkpoint else None


def verifier_keys(name: str) -> list[str]:
    """Give the log's C2SP verifier keys, the one in use first; none for an unknown log."""
    log = Log.objects.filter(name=name).first()
    return [str(key) for key in reads.note_keys(log)] if log else []


def resource(name: str, path: TilePath) -> bytes | None:
    """Give the published tile or bundle at a path, or None."""
    return reads.resource(name, path)


def inclusion_proof(name: str, index: int, tree_size: int) -> list[bytes] | None:
    """Give the audit path of an entry, or None unless both are published."""
    return reads.inclusion_proof(name, index, tree_size)


def consistency_proof(name: str, first: int, second: int) -> list[bytes] | None:
    """Give the path from one state to a larger one, or None unless both are published."""
    return reads.consistency_proof(name, first, second)


def _is_fresh(since: datetime | None, at: datetime) -> bool:
    return since is None or at - since <= STALE_AFTER
