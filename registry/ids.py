"""Time-ordered ids of rows, and the form they take in addresses and answers."""

from uuid import UUID

import uuid_utils.compat


def new_id() -> UUID:
    """Give a fresh UUIDv7 (RFC 9562 section 5.7)."""
    return uuid_utils.compat.uuid7()


def public_id(prefix: str, row: UUID) -> str:
    """Give the id as the world sees it, as in `wrk_0198…`, 32 hexadecimal digits."""
    return f"{prefix}_{row.hex}"


def row_id(prefix: str, text: str) -> UUID | None:
    """Give the row's id for what `public_id` made, or None for anything else."""
    head, _, digits = text.partition("_")
    if head != prefix or len(digits) != 32 or not set(digits) <= set("0123456789abcdef"):
        return None
    return UUID(hex=digits)
