"""Batches out of a snapshot beside a bare psycopg loop, and what it costs (G2, G8, G9)."""

from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from unittest.mock import patch

import numpy as np
from django.db import connection
from django.test import override_settings
from django.utils import timezone

from consent.selectors import lookups
from consent.selectors import snapshots as answers
from consent.services import snapshots as building
from registry.identifiers import Hashes
from registry.vocabulary import Usage
from tests.benchmarks.batch import answer_to, body_of, mixed, probe
from tests.benchmarks.measuring import ROUNDS, alternating, ratio, seconds

SIZES = {1_000: 15, 10_000: 20}  # items, and the goal
SHARES = {0.0: "nothing matches", 0.1: "10 % match"}
EVERY_KEY = "SELECT key, kind, work_id FROM registry_identifier"


def snapshots(works: int, *, rounds: int = ROUNDS) -> str:
    """Build a snapshot of the shared works, and answer batches of hashes from it."""
    with TemporaryDirectory() as folder, override_settings(SNAPSHOT_FOLDER=Path(folder)):
        lines = [_cost(rounds)]
        answers.open_newest()
        lines += [
            _probed(works, size, share, name, goal, rounds)
            for size, goal in SIZES.items()
            for share, name in SHARES.items()
        ]
    answers.open_newest()
    return "\n  ".join(["", *lines])


def _cost(rounds: int) -> str:
    head = lookups.present(at=timezone.now()).head
    build = partial(building.build_alone, head=head, at=timezone.now())
    ours, bare = alternating(partial(seconds, build), partial(seconds, _copied), rounds=rounds)
    known = answers.newest()
    assert known
    return (
        f"built in {ratio(ours, bare):.1f} times a bare COPY of the same keys (G8, goal 2): "
        f"{median(ours):.2f} s of {median(bare):.2f} s; "
        f"{known.size / known.about.keys:.1f} bytes a key (G9, goal 60); "
        f"{known.about.keys:,} keys, {known.about.shapes:,} shapes"
    )


def _probed(works: int, size: int, share: float, name: str, goal: int, rounds: int) -> str:
    items = mixed(works, size, share)
    hashes = Hashes(b"".join(item.key for item in items))
    left = _left(hashes)
    whole = partial(answer_to, body_of(items), decide=answers.decisions)
    subjects = [partial(_answered, hashes), whole, partial(probe, [item.key for item in items])]
    for subject in subjects:
        subject()
    timed = [partial(seconds, subject) for subject in subjects]
    ours, json, bare = alternating(*timed, rounds=rounds)
    return (
        f"{size:,} items, {name}: {ratio(bare, ours):.1f} times the loop (G2, goal {goal}), "
        f"{median(ours) * 1000:.2f} ms of {median(bare) * 1000:.2f} ms, as JSON from parse to "
        f"render {ratio(bare, json):.2f} times; {left} left to the database"
    )


def _answered(hashes: Hashes) -> None:
    moment = lookups.present(at=timezone.now())
    answers.decisions(hashes, usage=Usage.GENERATIVE_TRAINING, organisation=None, moment=moment)


def _left(hashes: Hashes) -> int:
    """Give how many of the items the snapshot leaves to the database."""
    with patch.object(lookups, "decisions", wraps=lookups.decisions) as asked:
        _answered(hashes)
    return sum(len(call.args[0]) for call in asked.call_args_list)


def _copied() -> int:
    with connection.cursor() as cursor, cursor.copy(f"COPY ({EVERY_KEY}) TO STDOUT") as rows:
        return int(np.sum([len(block) for block in rows]))
