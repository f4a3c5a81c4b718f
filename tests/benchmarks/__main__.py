"""`manage.py bench [NAME ...]`: runs the named benchmarks, or all, on a database of their own."""

import os
import sys
import time
from collections.abc import Callable
from statistics import median

import django
from django.db import connection


def main(names: list[str]) -> None:
    """Make the database, run, and drop it again."""
    if unknown := set(names) - set(BENCHMARKS):
        sys.exit(f"No benchmark {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}.")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        for benchmark in names or BENCHMARKS:
            print(f"{benchmark}: {BENCHMARKS[benchmark]()}")
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def seed(works: int = 100_000, rounds: int = 3) -> str:
    """Seed works, then COPY the log entries of the same works into a table without an index."""
    from django.utils import timezone

    from registry.models import Entry
    from registry.services.seeding import seed_works

    ours, bare, count, newest = [], [], 0, 0
    for number in range(rounds):
        ours.append(seconds(lambda: seed_works(works=works, seed=number, clock=timezone.now)))  # noqa: B023
        entries = Entry.objects.filter(id__gt=newest).order_by("id")
        rows = list(entries.values_list("id", "kind", "salt", "leaf", "created_at"))
        count, newest = len(rows), rows[-1][0]
        bare.append(seconds(lambda: copy(rows)))  # noqa: B023
    return (
        f"{works / median(ours):,.0f} works/s with {count / median(ours):,.0f} log entries/s; "
        f"COPY of the entries alone {count / median(bare):,.0f}/s, "
        f"{median(ours) / median(bare):.1f} times as fast (medians of {rounds} rounds)"
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


def seconds(work: Callable[[], None]) -> float:
    """How long the work takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


BENCHMARKS: dict[str, Callable[[], str]] = {"seed": seed}

if __name__ == "__main__":
    main(sys.argv[1:])
