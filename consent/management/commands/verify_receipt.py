"""`verify_receipt`: whether a receipt is this registry's, and what it says."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import msgspec
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from consent import receipts
from consent.labels import sentence
from registry.errors import DomainError

LONGEST = 1_000_000  # bytes; a receipt is far below


class Command(BaseCommand):
    help = "Checks the signature of a receipt and prints what it says; “-” reads standard input."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="holds the receipt, a compact JWS")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            text = _read(options["file"])
            said = receipts.verify(text, keys=settings.REGISTRY_SIGNING_KEYS)
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}.") from error
        except DomainError as refusal:
            raise CommandError(sentence(refusal)) from refusal
        self.stderr.write("This receipt is genuine.")
        self.stdout.write(msgspec.json.format(msgspec.json.encode(said)).decode())


def _read(name: str) -> str:
    if name == "-":
        return sys.stdin.read(LONGEST)
    with Path(name).open("rb") as file:
        return file.read(LONGEST).decode("utf-8", "replace")
