"""`seed_works`: works by the million, for trials and benchmarks."""

import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from registry.errors import DomainError
from registry.labels import sentence
from registry.selectors.seeding import combinations_count, row_counts
from registry.services.seeding import seed_works


class Command(BaseCommand):
    help = (
        "Registers works that nobody made, with a declaration on each, log integrated and signed. "
        "The same seed gives the same works: the SHA-256 of work n is that of the text SEED:n; "
        "three in ten have a URL instead. Never in production."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--works", type=int, required=True, metavar="N")
        parser.add_argument("--seed", type=int, required=True, metavar="S")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.IS_PRODUCTION:
            raise CommandError("REGISTRY_PRODUCTION is set: a public registry holds no such works.")
        if options["works"] < 1:
            raise CommandError("--works must be at least 1.")
        started = time.monotonic()
        try:
            seed_works(works=options["works"], seed=options["seed"], clock=timezone.now)
        except DomainError as refusal:
            raise CommandError(sentence(refusal)) from refusal
        seconds = time.monotonic() - started
        for name, count in row_counts().items():
            self.stdout.write(f"{count:>10} {name}")
        self.stdout.write(
            f"{combinations_count():>10} combinations of choices, dates, evidence and firm"
        )
        self.stdout.write(f"{options['works']} works seeded in {seconds:.1f} s")
