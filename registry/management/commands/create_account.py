"""`create_account`: an account with a confirmed address, its rightsholder, its evidence level."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from registry.errors import DomainError
from registry.labels import sentence
from registry.services.operators import enrol
from registry.tasks import integrate_log
from registry.vocabulary import EvidenceLevel


class Command(BaseCommand):
    help = "Makes an account with a confirmed address, for a rightsholder."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", metavar="EMAIL")
        parser.add_argument("--rightsholder", required=True, metavar="NAME", help="public name")
        parser.add_argument(
            "--evidence-level",
            type=int,
            choices=range(EvidenceLevel.VOUCHED + 1),
            default=EvidenceLevel.EMAIL.value,
            help="how well the rightsholder is known to you; 1 unless you say so",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        email, level = options["email"].strip().lower(), options["evidence_level"]
        try:
            rightsholder = enrol(
                email=email, name=options["rightsholder"], level=level, at=timezone.now()
            )
        except DomainError as refusal:
            raise CommandError(sentence(refusal)) from refusal
        integrate_log.delay_on_commit()
        self.stdout.write(
            f"{email} acts for {rightsholder.name}, evidence level {level}.\n"
            "There is no password yet: “Forgot your password?” on the sign-in page sets one."
        )
