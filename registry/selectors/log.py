"""The published state of the log, and proofs from it."""

from datetime import datetime

from registry.log import reads
from registry.statements import TreeHead

DECLARATIONS = "declarations"


def head() -> TreeHead | None:
    """Give the newest published state, or None before the first."""
    checkpoint = reads.latest_checkpoint(DECLARATIONS)
    return reads.tree_head(checkpoint) if checkpoint else None


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
