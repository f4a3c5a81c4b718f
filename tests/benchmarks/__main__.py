"""`manage.py bench [--works N] [NAME ...]`: runs the named benchmarks, or all, on one database."""

import argparse
import os
from collections.abc import Callable
from functools import partial

import django

WORKS = 1_000_000


def main(arguments: list[str] | None = None) -> None:
    """Make the database, seed it once, run, and drop it again."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.db import connection

    from tests.benchmarks.measuring import seconds
    from tests.benchmarks.seeding import seed_shared

    given = arguments_of(arguments)
    chosen = benchmarks(given.works)
    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        took = seconds(lambda: seed_shared(given.works))
        print(f"{given.works:,} works seeded in {took:.0f} s", flush=True)
        for benchmark in given.names or chosen:
            print(f"{benchmark}: {chosen[benchmark]()}", flush=True)
    finally:
        connection.close()
        connection.creation.destroy_test_db(name, verbosity=0)


def arguments_of(arguments: list[str] | None) -> argparse.Namespace:
    """Read the command line; exit with one sentence where it names no benchmark."""
    parser = argparse.ArgumentParser(prog="manage.py bench", description=__doc__)
    parser.add_argument("--works", type=int, default=WORKS, metavar="N")
    parser.add_argument("names", nargs="*", metavar="NAME")
    given = parser.parse_args(arguments)
    known = benchmarks(given.works)
    if unknown := set(given.names) - set(known):
        raise SystemExit(f"No benchmark {', '.join(unknown)}; there are {', '.join(known)}.")
    if given.works < 1:
        raise SystemExit("--works must be at least 1.")
    return given


def benchmarks(works: int) -> dict[str, Callable[[], str]]:
    """Give every benchmark by its name, on so many shared works."""
    from tests.benchmarks.batch import batch
    from tests.benchmarks.lookups import lookups
    from tests.benchmarks.neighbours import neighbours
    from tests.benchmarks.seeding import seed
    from tests.benchmarks.servers import servers
    from tests.benchmarks.snapshots import snapshots

    return {
        "batch": partial(batch, works),
        "lookups": partial(lookups, works),
        "servers": partial(servers, works),
        "neighbours": partial(neighbours, works),
        "snapshots": partial(snapshots, works),
        "seed": seed,
    }


if __name__ == "__main__":
    main()
