"""What a page says about a yes is what the registry answers."""

from datetime import timedelta
from itertools import product

import pytest
from django.test import Client
from django.urls import reverse

from consent.selectors.lookups import Moment, overview
from registry.identifiers import parse
from registry.models import Work
from registry.selectors.declarations import combined, history, newest_choices
from registry.selectors.people import evidence_level
from registry.selectors.works import claims_of
from registry.services import declarations
from registry.vocabulary import Choice, IdentifierKind, Scope, Usage, Verdict
from registry.web.shortfalls import granting_of
from registry.web.wording import lines
from tests.conftest import hash_of

pytestmark = pytest.mark.django_db

TRAINING = {Usage.GENERATIVE_TRAINING: Choice.ALLOW}
HOURS = (0, 71, 73)


def is_effective(work: Work, at) -> bool:
    """Say whether the page shows the yes as one that counts."""
    claim = claims_of(work)[0]
    owner = work.rightsholder
    said = combined(
        newest_choices(history(rightsholder=owner, work=work)),
        newest_choices(history(rightsholder=owner)),
    )
    line = lines(said, at, granting=granting_of(evidence_level(owner), claim))[0]
    return line.choice == Choice.ALLOW and line.is_effective


@pytest.mark.parametrize("scope", [Scope.WORK, Scope.CATALOGUE])
@pytest.mark.parametrize("holders", [(), ("Noor",)], ids=["alone", "with Noor"])
@pytest.mark.parametrize("kind", [IdentifierKind.SHA256, IdentifierKind.DOI])
def test_the_page_and_the_answer_agree(
    rightsholder, register, publish, now, scope, holders, kind
) -> None:
    cases = []
    for level in range(1, 5):
        holder = rightsholder(f"Level{level}", level)
        item = (
            hash_of(f"{level}")
            if kind is IdentifierKind.SHA256
            else parse(kind, f"10.1000/{level}")
        )
        work = register(holder, "Harbour", item, holders=holders)
        about = work if scope is Scope.WORK else None
        declarations.declare(rightsholder=holder, work=about, choices=TRAINING, at=now)
        cases.append((level, item, work))
    head = publish()
    for (level, item, work), hours in product(cases, HOURS):
        at = now + timedelta(hours=hours)
        answer = overview(item, organisation=None, moment=Moment(head, at))
        allowed = answer.decisions[Usage.GENERATIVE_TRAINING].verdict is Verdict.ALLOW
        assert is_effective(work, at) == allowed, f"level {level} after {hours} hours"


def test_an_early_end_means_never_and_both_say_so(rightsholder, register, publish, now) -> None:
    holder = rightsholder("Known", 3)
    work = register(holder)
    declarations.declare(
        rightsholder=holder,
        work=work,
        choices=TRAINING,
        terms=declarations.Terms(ends_at=now + timedelta(hours=72)),
        at=now,
    )
    moment = Moment(publish(), now + timedelta(hours=71))
    answer = overview(hash_of("Harbour"), organisation=None, moment=moment)
    assert answer.decisions[Usage.GENERATIVE_TRAINING].verdict is Verdict.DENY
    assert not is_effective(work, moment.decided_at)


@pytest.mark.parametrize(
    ("level", "sentence"),
    [
        (1, "A yes counts only once a moderator has confirmed who you are."),
        (3, "Every yes waits 72 hours, so that nobody gives your work away. It counts from <time"),
    ],
)
def test_the_owner_is_told_what_is_missing(
    browser, rightsholder, register, level: int, sentence: str
) -> None:
    holder = rightsholder("Somebody", level)
    work = register(holder, choices=TRAINING)
    assert sentence in browser(holder).get(reverse("work", args=[work.id])).content.decode()


def test_an_identifier_of_a_trade_needs_somebody_who_vouches(
    browser, rightsholder, register
) -> None:
    holder = rightsholder("Known", 3)
    isbn = parse(IdentifierKind.ISBN, "978-3-16-148410-0")
    work = register(holder, "Book", isbn, choices=TRAINING)
    page = browser(holder).get(reverse("work", args=[work.id])).content.decode()
    assert "A yes to a work with an ISBN, ISRC, ISWC or DOI counts only if a society" in page


def test_a_yes_to_everything_needs_somebody_who_vouches(mayas: Client, maya, now) -> None:
    declarations.declare(rightsholder=maya, choices=TRAINING, at=now)
    page = mayas.get(reverse("catalogue")).content.decode()
    assert "A yes to all works at once counts only if a society" in page


def test_a_holder_without_an_account_is_named(browser, vouched, register) -> None:
    work = register(vouched, holders=("Noor",), choices=TRAINING)
    page = browser(vouched).get(reverse("work", args=[work.id])).content.decode()
    assert "Noor shares this work and is known here by name only" in page


def test_a_no_that_stands_beneath_a_waiting_yes_is_shown(
    mayas: Client, maya, register, now
) -> None:
    work = register(maya, choices={Usage.GENERATIVE_TRAINING: Choice.REFUSE})
    declarations.declare(rightsholder=maya, work=work, choices=TRAINING, at=now)
    page = mayas.get(reverse("work", args=[work.id])).content.decode()
    assert "Until then “No” holds, which you said before." in page


def test_a_yes_that_counts_lacks_nothing(browser, vouched, register) -> None:
    work = register(vouched, choices=TRAINING)
    page = browser(vouched).get(reverse("work", args=[work.id]))
    [line] = [each for each in page.context["lines"] if each.is_stated]
    assert line.is_effective
    assert len(line.notes) == 1
