"""Leaves: what the log shows of an entry is a salted commitment, not what was said."""

import re
import secrets
from base64 import b64encode
from hashlib import sha256
from typing import NamedTuple

SALT_SIZE = 32

_KIND = re.compile(r"[a-z]+(-[a-z]+)*")
_LEAF = re.compile(rb'\{"commitment":"[A-Za-z0-9+/]{43}=","kind":"([a-z]+(?:-[a-z]+)*)","v":1\}')


class Sealed(NamedTuple):
    """A payload committed to: the salt is kept, the leaf is public."""

    salt: bytes
    leaf: bytes


def seal(kind: str, payload: bytes) -> Sealed:
    """Commit to a payload under a fresh salt; raises ValueError for a kind that is no plain word.

    The payload is whatever canonical bytes the caller can make again from its own row.
    """
    salt = secrets.token_bytes(SALT_SIZE)
    return Sealed(salt, leaf_of(kind, salt, payload))


def leaf_of(kind: str, salt: bytes, payload: bytes) -> bytes:
    """The leaf, canonical JSON (RFC 8785), that commits to a payload: SHA-256(salt || payload)."""
    if not _KIND.fullmatch(kind):
        raise ValueError(f"not a kind of entry: {kind!r}")
    commitment = b64encode(sha256(salt + payload).digest())
    return b'{"commitment":"%b","kind":"%b","v":1}' % (commitment, kind.encode())


def kind_in(leaf: bytes) -> str | None:
    """The kind that a leaf shows; None for what is no leaf."""
    found = _LEAF.fullmatch(leaf)
    return found[1].decode() if found else None
