"""Receipts: signed records of what was asked and answered, which anyone can verify offline."""

from base64 import b64encode, urlsafe_b64encode
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from hmac import digest as hmac
from operator import attrgetter
from pathlib import Path
from secrets import token_bytes
from typing import Any, NamedTuple, cast
from uuid import UUID

import msgspec
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, KeySetSerialization

from consent.errors import InvalidReceipt
from consent.rules import Decision
from registry.identifiers import Identifier
from registry.ids import new_id, public_id
from registry.log import merkle
from registry.signing import SigningKey, load_or_create_key, public_jwks
from registry.statements import TreeHead
from registry.vocabulary import Verdict

PURPOSE = "receipts"
TYPE = "consent-receipt+jws"
TEST_TYPE = "consent-receipt-test+jws"  # never genuine: it proves nothing
ALGORITHM = "Ed25519"  # RFC 9864
VERSION = 1
LONGEST = timedelta(days=7)  # rule R27
SINGLE, BATCH = "single", "batch"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked and who asked: `body_sha256` in hex, of the body or the canonical query."""

    mode: str
    usage: str
    body_sha256: str
    firm: UUID | None = None
    key: str | None = None
    is_test: bool = False


class Answered(NamedTuple):
    """One item with its answer; `n` counts from 0 over all items of the request."""

    n: int
    item: Identifier
    decision: Decision


@dataclass(frozen=True, slots=True)
class Receipt:
    """A sealed receipt; `seed` opens single items of it to somebody else."""

    id: UUID
    jws: str
    seed: str
    valid_until: datetime


def issue(
    *,
    asked: Asked,
    answers: Sequence[Answered],
    head: TreeHead,
    rules: str,
    decided_at: datetime,
    issued_at: datetime,
    issuer: str,
    keys: Path,
) -> Receipt:
    """Give the signed receipt, valid for seven days or until an answer in it may change."""
    receipt_id, seed = new_id(), token_bytes(32)
    until = valid_until(answers, decided_at, issued_at)
    decisions = [answer.decision for answer in answers]
    payload = {
        "v": VERSION,
        "iss": issuer,
        "rid": public_id("rcp", receipt_id),
        "iat": int(issued_at.timestamp()),
        "valid_until": int(until.timestamp()),
        "firm": public_id("frm", asked.firm) if asked.firm else None,
        "key": asked.key,
        "mode": asked.mode,
        "req": {"usage": asked.usage, "n": len(answers), "body_sha256": asked.body_sha256},
        "res": {
            "items_root": b64encode(items_root(answers, seed)).decode(),
            **tally(decisions),
        },
        **({"item": _item(answers[0])} if asked.mode == SINGLE else {}),
        "state": {
            "log": f"{issuer}/log/{head.log}",
            "tree_size": head.size,
            "root": b64encode(head.root).decode(),
            "decided_at": decided_at,
            "rules": rules,
        },
    }
    kind = TEST_TYPE if asked.is_test else TYPE
    return Receipt(receipt_id, _signed(payload, kind, keys), seed.hex(), until)


def tally(decisions: Sequence[Decision]) -> dict[str, Any]:
    """Give how many items were allowed and denied, and on which basis."""
    verdicts = Counter(map(attrgetter("verdict"), decisions))
    bases = Counter(map(attrgetter("basis"), decisions))
    return {
        **{verdict.value: verdicts[verdict] for verdict in Verdict},
        "basis": {basis.value: count for basis, count in bases.items()},
    }


def valid_until(answers: Sequence[Answered], decided_at: datetime, issued_at: datetime) -> datetime:
    """Give the earliest moment at which an answer could differ, at most seven days away.

    An answer about the past is no longer than true of its moment (rule R27).
    """
    changes = [at for _, _, decision in answers if (at := decision.changes_at)]
    longest = issued_at if decided_at < issued_at else issued_at + LONGEST
    return min([longest, *changes])


def items_root(answers: Sequence[Answered], seed: bytes) -> bytes:
    """Give the RFC 6962 root over the items' leaves (the API page, “Show one item of a batch”)."""
    return merkle.root([item_leaf(answer, seed) for answer in answers])


def item_leaf(answer: Answered, seed: bytes) -> bytes:
    """Give the leaf of one item: a JSON array without spaces, salted so that it hides."""
    salt = hmac(seed, str(answer.n).encode(), "sha256").hex()
    decision = answer.decision
    return msgspec.json.encode(
        [
            answer.n,
            answer.item.kind,
            answer.item.value,
            decision.verdict,
            decision.basis,
            decision.rule,
            salt,
        ]
    )


def verify(text: str, *, keys: Path) -> dict[str, Any]:
    """Give what a receipt says; raise InvalidReceipt if no key of this registry signed it."""
    published = cast("KeySetSerialization", public_jwks(keys, PURPOSE))
    try:
        known = KeySet.import_key_set(published)  # refuses a set without keys, as before the first
        receipt = jws.deserialize_compact(text.strip(), known, algorithms=[ALGORITHM])
        payload = msgspec.json.decode(receipt.payload, type=dict[str, Any])
    except (JoseError, ValueError, msgspec.DecodeError) as error:
        raise InvalidReceipt from error
    if receipt.headers().get("typ") != TYPE:
        raise InvalidReceipt
    return payload


def _item(answer: Answered) -> dict[str, str]:
    return {
        "kind": answer.item.kind,
        "value": answer.item.value,
        "verdict": answer.decision.verdict,
        "preference": answer.decision.preference,
        "basis": answer.decision.basis,
        "rule": answer.decision.rule,
    }


def _signed(payload: dict[str, Any], kind: str, keys: Path) -> str:
    """Give a compact JWS (RFC 7515); the header of a kind is encoded once."""
    header, key = _header_and_key(kind, keys)
    signed = header + b"." + _base64url(msgspec.json.encode(payload))
    return (signed + b"." + _base64url(key.sign(signed))).decode()


@lru_cache(maxsize=2)
def _header_and_key(kind: str, keys: Path) -> tuple[bytes, SigningKey]:
    key = load_or_create_key(keys, PURPOSE)
    return _base64url(msgspec.json.encode({"alg": ALGORITHM, "kid": key.kid, "typ": kind})), key


def _base64url(octets: bytes) -> bytes:
    return urlsafe_b64encode(octets).rstrip(b"=")
