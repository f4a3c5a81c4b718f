"""`register_works`: a catalogue out of a CSV file, with the outcome of each row."""

import sys
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from registry.errors import DomainError, UnknownAccount
from registry.ids import public_id
from registry.labels import sentence
from registry.models import Rightsholder
from registry.selectors.people import account, acting_rightsholder
from registry.services.bulk import COLUMNS, REQUIRED_COLUMNS, RowOutcome, register_table
from registry.tasks import integrate_log


class Command(BaseCommand):
    help = (
        "Registers the works of a CSV file (UTF-8, columns named in the first row). "
        f"Columns: {', '.join(COLUMNS)}; needed are {', '.join(REQUIRED_COLUMNS)}. "
        "A choice is allow, license, refuse, or empty. Ends with 1 if any row was refused."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE.csv", type=Path)
        parser.add_argument(
            "--rightsholder", required=True, metavar="EMAIL", help="account that registers them"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        counts: Counter[bool] = Counter()
        try:
            rightsholder = _rightsholder(options["rightsholder"])
            # Bytes that are no UTF-8 become characters that only their own row is refused for.
            with options["file"].open(
                encoding="utf-8-sig", errors="surrogateescape", newline=""
            ) as lines:
                for outcome in register_table(
                    rightsholder=rightsholder, lines=lines, clock=timezone.now
                ):
                    counts[outcome.work is not None] += 1
                    self.stdout.write(_line(outcome))
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}") from error
        except DomainError as refusal:
            raise CommandError(sentence(refusal)) from refusal
        integrate_log.delay_on_commit()
        self.stdout.write(f"{counts[True]} registered, {counts[False]} refused")
        if counts[False]:
            sys.exit(1)


def _rightsholder(email: str) -> Rightsholder:
    user = account(email)
    rightsholder = acting_rightsholder(user) if user else None
    if not rightsholder:
        raise UnknownAccount
    return rightsholder


def _line(outcome: RowOutcome) -> str:
    if outcome.work:
        return f"row {outcome.row}: ok {public_id('wrk', outcome.work.id)}"
    refusal = outcome.refusal or DomainError()
    return f"row {outcome.row}: {refusal.code} {sentence(refusal)}"
