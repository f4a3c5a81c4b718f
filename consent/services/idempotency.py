"""Answering once, however often the same request arrives.

Source: draft-ietf-httpapi-idempotency-key-header. The first request claims the key with a lease;
later ones get what it was answered.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zlib import compress, decompress

from django.db import connection

from consent.errors import IdempotencyInProgress, IdempotencyKeyReused
from consent.models import KeptAnswer

LEASE = timedelta(seconds=60)  # above what any answer takes
KEPT = timedelta(days=1)
FASTEST = 1  # of zlib's levels

CLAIM = """
INSERT INTO consent_keptanswer AS kept
    (firm_id, key, request_sha256, leased_until, created_at, headers, body)
VALUES (%(firm)s, %(key)s, %(request)s, %(until)s, %(at)s, '{}', '')
ON CONFLICT (firm_id, key) DO UPDATE
SET request_sha256 = excluded.request_sha256, leased_until = excluded.leased_until,
    created_at = excluded.created_at, status = NULL, headers = '{}', body = ''
WHERE (kept.status IS NULL AND kept.leased_until <= %(at)s) OR kept.created_at <= %(forgotten)s
RETURNING kept.id
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to answer a request, until the lease ends."""

    id: int
    leased_until: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it was given."""

    status: int
    headers: dict[str, str]
    body: bytes


def claim(*, firm: UUID, key: str, request_sha256: bytes, at: datetime) -> Claim | Answer:
    """Give the claim to answer this request, or the answer that was given to it before.

    Raises IdempotencyKeyReused for another request, IdempotencyInProgress while it is worked on.
    """
    until = at + LEASE
    parameters: dict[str, Any] = {
        "firm": firm,
        "key": key,
        "request": request_sha256,
        "until": until,
        "at": at,
        "forgotten": at - KEPT,
    }
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, parameters)
        row = cursor.fetchone()
    return Claim(row[0], until) if row else _kept(firm, key, request_sha256)


def keep(*, claim: Claim, answer: Answer) -> None:
    """Keep the answer for a day, unless the lease ended and somebody else answers."""
    KeptAnswer.objects.filter(id=claim.id, leased_until=claim.leased_until).update(
        status=answer.status, headers=answer.headers, body=compress(answer.body, FASTEST)
    )


def release(*, claim: Claim) -> None:
    """Let the next request with this key be answered: there was no answer to keep."""
    KeptAnswer.objects.filter(id=claim.id, leased_until=claim.leased_until, status=None).delete()


def forget_answers(*, at: datetime) -> None:
    """Delete the answers that were kept long enough."""
    KeptAnswer.objects.filter(created_at__lte=at - KEPT).delete()


def _kept(firm: UUID, key: str, request_sha256: bytes) -> Answer:
    row = KeptAnswer.objects.filter(firm_id=firm, key=key).first()
    if row is None:  # released between the two statements
        raise IdempotencyInProgress
    if bytes(row.request_sha256) != request_sha256:
        raise IdempotencyKeyReused
    if row.status is None:
        raise IdempotencyInProgress
    return Answer(row.status, row.headers, decompress(bytes(row.body)))
