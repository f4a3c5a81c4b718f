"""The works that all benchmarks share, and how fast works are seeded."""

from random import Random
from secrets import token_hex
from statistics import median

from django.db import connection
from django.utils import timezone

from registry.identifiers import Identifier, parse
from registry.models import Entry
from registry.services.seeding import seed_works
from registry.services.seeds import seeded_identifier
from registry.vocabulary import IdentifierKind
from tests.benchmarks.measuring import ROUNDS, ratio, seconds

SEED = 0  # of the shared works
OTHER_SEEDS = 1_000  # and above: of the works by which seeding is measured
STRIDE = 8  # most works are known by a hash, so this many give one


def seed_shared(works: int) -> None:
    """Fill the database with works 0 to `works` - 1 of the shared seed."""
    seed_works(works=works, seed=SEED, clock=timezone.now)


def registered(count: int, works: int) -> list[Identifier]:
    """Give hashes of the shared works, the same at each call and spread over all of them."""
    numbers = Random(SEED).choices(range(works), k=count * STRIDE)
    found = (seeded_identifier(SEED, number) for number in numbers)
    hashes = [each for each in found if each.kind is IdentifierKind.SHA256]
    return hashes[:count]


def unregistered(count: int) -> list[Identifier]:
    """Give hashes that nobody registered."""
    return [parse(IdentifierKind.SHA256, token_hex(32)) for _ in range(count)]


def seed(works: int = 20_000, rounds: int = ROUNDS) -> str:
    """Seed works, then COPY the log entries of the same works into a table without an index."""
    newest = Entry.objects.order_by("-id").values_list("id", flat=True).first() or 0
    ours, bare, counts = [], [], []
    for number in range(OTHER_SEEDS, OTHER_SEEDS + rounds):
        ours.append(seconds(lambda: seed_works(works=works, seed=number, clock=timezone.now)))  # noqa: B023
        entries = Entry.objects.filter(id__gt=newest).order_by("id")
        rows = list(entries.values_list("id", "kind", "salt", "leaf", "created_at"))
        bare.append(seconds(lambda: copy(rows)))  # noqa: B023
        counts.append(len(rows))
        newest = rows[-1][0]
    return (
        f"{ratio(bare, ours):.3f} of a bare COPY of the same log entries; "
        f"{works / median(ours):,.0f} works/s with {median(counts) / median(ours):,.0f} entries/s "
        f"against {median(counts) / median(bare):,.0f} entries/s ({rounds} alternating rounds)"
    )


def copy(rows: list[tuple[object, ...]]) -> None:
    """Write the rows to a table that is dropped again."""
    with connection.cursor() as cursor:
        columns = "id bigint, kind text, salt bytea, leaf bytea, created_at timestamptz"
        cursor.execute(f"CREATE TABLE bare ({columns})")
        with cursor.copy("COPY bare FROM STDIN") as copying:
            for row in rows:
                copying.write_row(row)
        cursor.execute("DROP TABLE bare")
