"""A JSON batch of 10,000 hashes in process, beside a bare psycopg loop over the same keys."""

from collections.abc import Callable, Sequence
from functools import partial
from io import BytesIO
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory

import psycopg
from django.db import connection
from django.utils import timezone

from consent import receipts
from consent.api.content import JSONParser, JSONRenderer
from consent.api.v1 import answers, questions
from consent.receipts import BATCH, Answered, Asked
from consent.rules import Decision
from consent.rules.shapes import forget_shapes, known_shapes
from consent.selectors import lookups
from registry.identifiers import Identifier
from registry.vocabulary import Usage
from tests.benchmarks.measuring import ROUNDS, alternating, ratio, seconds
from tests.benchmarks.seeding import registered, unregistered

ITEMS = 10_000
SHARES = {0.0: "nothing matches (goal 0.90)", 0.1: "10 % match and are decided (goal 0.40)"}

# The fastest form of it that psycopg offers: the array goes over in binary.
PROBE = """
SELECT asked.key FROM unnest(%b::bytea[]) AS asked(key)
JOIN registry_identifier identifier ON identifier.key = asked.key
"""


def batch(works: int, *, items: int = ITEMS, rounds: int = ROUNDS) -> str:
    """Parse, probe, decide and render (G1); also with its receipt, and in a process just started.

    A process decides once on each shape, so that later batches find most of theirs decided.
    """
    lines = []
    for share, name in SHARES.items():
        asked = mixed(works, items, share)
        body = body_of(asked)
        keys = [item.key for item in asked]
        with TemporaryDirectory() as folder:
            sealed = partial(answer_to, body, Path(folder))
            anew = partial(_answer_anew, body)
            subjects = [anew, partial(answer_to, body), sealed, partial(probe, keys)]
            timed = [partial(seconds, subject) for subject in subjects]
            for subject in subjects:
                subject()
            shapes = known_shapes()
            figures = alternating(*timed, rounds=rounds)
        said = [f"{ratio(figures[-1], each):.2f} ({median(each) * 1000:.1f} ms" for each in figures]
        lines.append(
            f"{name}: {said[1]} of {median(figures[-1]) * 1000:.1f} ms bare), with the receipt "
            f"{said[2]}), before any of the {shapes:,} shapes is known {said[0]})"
        )
    return "\n  ".join(["", *lines])


def mixed(works: int, items: int, share: float) -> list[Identifier]:
    """Give so many hashes in no order, of which the share is registered."""
    known = registered(min(int(items * share), works), works) if share else []
    asked = [*known, *unregistered(items - len(known))]
    Random(7).shuffle(asked)
    return asked


def body_of(items: Sequence[Identifier]) -> bytes:
    """Give the JSON that asks for hashes."""
    return JSONRenderer().render({"items": [{"sha256": item.value} for item in items]})


def answer_to(
    body: bytes, keys: Path | None = None, *, decide: Callable[..., list[Decision]] | None = None
) -> bytes:
    """Give what the view sends, without HTTP around it.

    `keys` is where receipts are signed, `decide` what decides instead of the database.
    """
    now = timezone.now()
    given = JSONParser().parse(BytesIO(body)).value
    items = questions.items_of(given["items"])
    moment = lookups.present(at=now)
    decided = (decide or partial(lookups.decisions, is_brief=True))(
        items.good, usage=Usage.GENERATIVE_TRAINING, organisation=None, moment=moment
    )
    answer = {
        "results": answers.results(decided, full=False),
        "summary": receipts.tally(decided),
        "state": answers.state_fields(moment),
    }
    if keys:
        receipt = receipts.issue(
            asked=Asked(mode=BATCH, usage=Usage.GENERATIVE_TRAINING, body_sha256="0" * 64),
            answers=list(map(Answered, items.places, items.good, decided)),
            head=moment.head,
            rules=moment.rules,
            decided_at=moment.decided_at,
            issued_at=now,
            issuer="https://registry.example",
            keys=keys,
        )
        answer |= answers.receipt_fields(receipt)
    return JSONRenderer().render(answer)


def _answer_anew(body: bytes) -> bytes:
    forget_shapes()
    return answer_to(body)


def probe(keys: list[bytes]) -> list[tuple[bytes, ...]]:
    """Give the keys that are registered: the rival's one statement."""
    connection.ensure_connection()
    with psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(PROBE, [keys], binary=True)
        found: list[tuple[bytes, ...]] = cursor.fetchall()
    return found
