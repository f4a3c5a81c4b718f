"""What is said where URLs lie, read in two queries at most, with the evidence of that moment."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.identifiers import MAX_PREFIX_DEPTH, Identifier, parse
from registry.models import Location, Rightsholder
from registry.selectors.locations import location_statements, place_of
from registry.services.declarations import declare
from registry.services.locations import end_control, register_location, resume, suspend
from registry.statements import Place, TreeHead
from registry.vocabulary import Choice, ControlEvent, EvidenceLevel, IdentifierKind, Scope, Usage
from tests.conftest import hash_of

DAY = timedelta(days=1)
MANY = 300
REFUSE = {Usage.GENERATIVE_TRAINING: Choice.REFUSE, Usage.SEARCH: Choice.ALLOW}
SHOWN, RENEWED, SUSPENDED, RESUMED, ENDED = ControlEvent


def url(text: str) -> Identifier:
    return parse(IdentifierKind.URL, text)


@pytest.fixture
def site(maya: Rightsholder, now: datetime) -> Location:
    """Maya's site, where she refuses training and allows search."""
    location = register_location(
        rightsholder=maya, scope=Scope.HOST, value="maya.example", reason="", at=now
    )
    declare(rightsholder=maya, location=location, choices=REFUSE, at=now)
    return location


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("items", "queries"),
    [
        ([], 0),
        ([hash_of(str(n)) for n in range(MANY)], 0),
        ([url(f"https://{n}.example/a/b") for n in range(MANY)], 1),
        ([url("https://maya.example/")], 2),
        ([url(f"https://maya.example/{n}/{n}") for n in range(MANY)], 2),
    ],
)
def test_it_costs_two_queries_at_most_and_none_without_urls(
    site: Location, publish: Callable[[], TreeHead], items: list[Identifier], queries: int
) -> None:
    head = publish()
    with CaptureQueriesContext(connection) as measured:
        found = location_statements(items, tree_size=head.size)
    assert len(measured) == queries
    assert len(found) == (len(items) if queries == 2 else 0)


@pytest.mark.django_db
def test_a_url_is_looked_for_under_sixteen_prefixes_a_host_and_a_domain(
    site: Location, publish: Callable[[], TreeHead]
) -> None:
    head = publish()
    deep = url("https://maya.example" + "/a" * 500)
    with CaptureQueriesContext(connection) as measured:
        assert location_statements([deep, deep], tree_size=head.size)
    last = MAX_PREFIX_DEPTH + 2 - 1
    assert f"generate_series(0, {last})" in measured[0]["sql"]


@pytest.mark.django_db
def test_each_usage_is_a_statement_with_its_place(
    site: Location, maya: Rightsholder, now: datetime, publish: Callable[[], TreeHead]
) -> None:
    page = url("https://maya.example/harbour")
    [training, search] = location_statements([page], tree_size=publish().size)[page]
    assert (training.usage, training.choice) == (Usage.GENERATIVE_TRAINING, Choice.REFUSE)
    assert (search.usage, search.choice) == (Usage.SEARCH, Choice.ALLOW)
    assert (training.declarant, training.scope) == (maya.id, Scope.HOST)
    assert (training.target, training.work) == ("maya.example", None)
    assert (training.level, training.place) == (EvidenceLevel.PLACE, Place(now))


@pytest.mark.django_db
def test_the_place_is_as_it_was_at_that_size(
    site: Location, now: datetime, publish: Callable[[], TreeHead]
) -> None:
    page = url("https://maya.example/harbour")
    sizes = [0, publish().size]
    for step, days in ((suspend, 1), (resume, 2), (end_control, 3)):
        step(location=site, reason="", at=now + days * DAY)
        sizes.append(publish().size)

    def place(size: int) -> Place | None:
        found = location_statements([page], tree_size=size)
        return found[page][0].place if found else None

    assert [place(size) for size in sizes] == [
        None,
        Place(now),
        Place(now, suspended_at=now + DAY),
        Place(now + 2 * DAY),
        Place(now + 2 * DAY, ended_at=now + 3 * DAY),
    ]


@pytest.mark.parametrize(
    ("events", "place"),
    [
        ([], None),
        ([SHOWN], (0, None, None)),
        ([SHOWN, RENEWED], (1, None, None)),
        ([SHOWN, SUSPENDED], (0, 1, None)),
        ([SHOWN, RENEWED, SUSPENDED, RESUMED], (3, None, None)),
        ([SHOWN, ENDED], (0, None, 1)),
        ([SHOWN, SUSPENDED, ENDED], (0, 1, 2)),
        ([SHOWN, ENDED, RENEWED], (2, None, 1)),
    ],
)
def test_events_leave_the_newest_evidence_behind(
    now: datetime, events: list[ControlEvent], place: tuple[int | None, ...] | None
) -> None:
    days = [now + number * DAY for number in range(len(events))]
    found = place_of(zip(events, days, strict=True))
    if place is None:
        assert found is None
    else:
        assert found == Place(*(None if each is None else days[each] for each in place))
