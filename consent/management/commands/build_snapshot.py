"""`build_snapshot`: what batches are answered from, built now."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from consent.selectors.snapshots import newest
from consent.services import snapshots
from registry.selectors.log import head


class Command(BaseCommand):
    help = "Builds the snapshot that batches are answered from, of the newest published state."

    def handle(self, *args: Any, **options: Any) -> None:
        published = head()
        if published is None:
            raise CommandError("Nothing is published yet, so there is nothing to build.")
        if not snapshots.build_alone(head=published, at=timezone.now()):
            raise CommandError("Another process is building it right now.")
        made = newest()
        if made:
            self.stdout.write(
                f"{made.about.keys:,} keys, {made.about.shapes:,} shapes, {made.size:,} bytes, "
                f"{made.about.build_seconds:.1f} s, as of tree size {made.about.tree_size:,}"
            )
