"""`verify_log`: the whole log, and every row it commits to."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from registry.selectors.audit import findings


class Command(BaseCommand):
    help = (
        "Compares each log with itself and with the rows it commits to; prints what is wrong. "
        "Ends with 1 if anything is."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        count = 0
        for finding in findings():
            count += 1
            self.stdout.write(str(finding))
        self.stdout.write(f"{count} findings")
        if count:
            sys.exit(1)
