"""`issue_key`: an API key for a firm, alone on the last line."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from consent.labels import sentence
from consent.selectors.firms import operators_firm
from consent.services import firms
from consent.services.quotas import STANDARD
from registry.errors import DomainError


class Command(BaseCommand):
    help = (
        "Makes an API key for a firm that has no members, and that firm if there is none of this "
        "name. A firm of the same name in which somebody signed up is another one: its members "
        "make its keys on its page, and its quota is changed in the admin."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--firm", required=True, metavar="NAME")
        parser.add_argument("--plan", metavar="PLAN", help="the firm's quota from now on")
        parser.add_argument("--test", action="store_true", help="a key that gets fixed answers")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            key = _issue(options["firm"], options["plan"], is_test=options["test"])
        except DomainError as refusal:
            raise CommandError(sentence(refusal)) from refusal
        self.stderr.write("The key is shown once: keep it where programs keep secrets.")
        self.stdout.write(key)


def _issue(name: str, plan: str | None, *, is_test: bool) -> str:
    firm = operators_firm(name)
    if firm is None:
        firm = firms.found_firm(name=name, plan=plan or STANDARD)
    elif plan:
        firms.change_plan(firm=firm, plan=plan)
    _, text = firms.issue_key(firm=firm, at=timezone.now(), is_test=is_test)
    return text
