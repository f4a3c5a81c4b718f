"""What is said for a place holds for the URLs that lie there, and for no others."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from registry.identifiers import Identifier, parse
from registry.models import Location, Rightsholder, Work
from registry.services.declarations import Terms, declare, withdraw
from registry.services.locations import end_control, register_location, renew, resume, suspend
from registry.services.people import set_evidence_level
from registry.services.works import remove_work
from registry.statements import TreeHead
from registry.vocabulary import Choice, IdentifierKind, Scope, Usage
from tests.conftest import hash_of

pytestmark = pytest.mark.django_db

ALLOW, LICENSE, REFUSE = Choice.ALLOW, Choice.LICENSE, Choice.REFUSE
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
PAGE = "https://host.example/photos/harbour.jpg"
Ask = Callable[..., Any]
Speak = Callable[..., Location]


@pytest.fixture
def host(rightsholder: Callable[..., Rightsholder]) -> Rightsholder:
    """Runs a site where others show their works; their address is confirmed, nothing more."""
    return rightsholder("Host")


@pytest.fixture
def speak(host: Rightsholder, now: datetime) -> Speak:
    """Register a place of the host, and say one thing about training there, four days ago."""

    def at_place(
        choice: Choice,
        value: str = "host.example",
        scope: Scope = Scope.HOST,
        holder: Rightsholder | None = None,
        at: datetime | None = None,
        **terms: Any,
    ) -> Location:
        holder, at = holder or host, at or now - 4 * DAY
        location = register_location(
            rightsholder=holder, scope=scope, value=value, reason="DNS record read", at=at
        )
        say(location, choice, at, **terms)
        return location

    return at_place


@pytest.fixture
def answered(ask: Ask, publish: Callable[..., TreeHead]) -> Callable[..., str]:
    """Publish what was said, then give verdict, basis and rule for a URL."""

    def about(url: str = PAGE, **query: object) -> str:
        publish()
        answer = ask(url=url, **query).json()
        return f"{answer['verdict']} {answer['basis']} {answer['rule']}"

    return about


def say(location: Location, choice: Choice, at: datetime, **terms: Any) -> None:
    declare(
        rightsholder=location.rightsholder,
        location=location,
        choices={Usage.GENERATIVE_TRAINING: choice},
        terms=Terms(**terms),
        at=at,
    )


def url(text: str = PAGE) -> Identifier:
    return parse(IdentifierKind.URL, text)


# Which URLs lie at a place


@pytest.mark.parametrize(
    ("scope", "place", "asked", "lies_there"),
    [
        (Scope.URL, "https://host.example/a", "https://host.example/a", True),
        (Scope.URL, "https://host.example/a/", "https://host.example/a", True),
        (Scope.URL, "https://host.example/a", "http://HOST.example:80/a/", True),
        (Scope.URL, "https://host.example/a", "https://host.example/a?page=2#top", True),
        (Scope.URL, "https://host.example/a", "https://host.example/a/b/c.jpg", True),
        (Scope.URL, "https://host.example/a/b", "https://host.example/a/b/c.jpg", True),
        (Scope.URL, "https://host.example/a/b/c.jpg", "https://host.example/a/b/c.jpg", True),
        (Scope.URL, "https://host.example/a", "https://host.example/ab", False),
        (Scope.URL, "https://host.example/a", "https://host.example/a.html", False),
        (Scope.URL, "https://host.example/a/b", "https://host.example/a", False),
        (Scope.URL, "https://host.example/a", "https://host.example/A/b", False),
        (Scope.URL, "https://host.example/a", "https://host.example/b/../a/c", True),
        (Scope.URL, "https://host.example/a", "https://host.example/a/../c", False),
        (Scope.URL, "https://host.example/a", "https://www.host.example/a", False),
        (Scope.URL, "https://host.example/~a", "https://host.example/%7ea/b", True),
        (Scope.URL, "https://host.example/%C3%A9", "https://host.example/é/b", True),
        (Scope.URL, "https://host.example/a", "https://host.example/a%2Fb", False),
        (Scope.URL, "https://host.example:8443/a", "https://host.example:8443/a/b", True),
        (Scope.URL, "https://host.example:8443/a", "https://host.example/a/b", False),
        (Scope.URL, "https://host.example/a", "https://host.example:8443/a", False),
        (Scope.URL, "https://host.example/a", "https://host.example/a" + "/b" * 40, True),
        (Scope.HOST, "host.example", "https://host.example", True),
        (Scope.HOST, "host.example", "https://host.example:8443/a/b?c", True),
        (Scope.HOST, "host.example", "https://host.example./a", True),
        (Scope.HOST, "host.example", "https://www.host.example/", False),
        (Scope.HOST, "host.example", "https://ahost.example/", False),
        (Scope.HOST, "www.host.example", "https://host.example/", False),
        (Scope.HOST, "bücher.example", "https://xn--bcher-kva.example/a", True),
        (Scope.HOST, "xn--bcher-kva.example", "https://BÜCHER.example/a", True),
        (Scope.HOST, "192.0.2.7", "http://192.0.2.7:8080/a", True),
        (Scope.HOST, "192.0.2.7", "http://192.0.2.70/a", False),
        (Scope.DOMAIN, "host.example", "https://host.example/", True),
        (Scope.DOMAIN, "host.example", "https://a.b.host.example:8443/c", True),
        (Scope.DOMAIN, "host.example", "https://ahost.example/", False),
        (Scope.DOMAIN, "host.co.uk", "https://www.host.co.uk/", True),
        (Scope.DOMAIN, "host.co.uk", "https://other.co.uk/", False),
        (Scope.DOMAIN, "bücher.example", "https://www.bücher.example/", True),
        (Scope.DOMAIN, "host.github.io", "https://host.github.io/a", True),
        (Scope.DOMAIN, "host.github.io", "https://maya.github.io/a", False),
        (Scope.DOMAIN, "host.github.io", "https://github.io/host", False),
    ],
)
def test_a_url_lies_at_its_prefixes_its_host_and_its_domain(
    speak: Speak,
    answered: Callable[..., str],
    scope: Scope,
    place: str,
    asked: str,
    lies_there: bool,
) -> None:
    speak(REFUSE, place, scope)
    expected = "deny location-refused R17" if lies_there else "deny unstated R01"
    assert answered(asked) == expected


def test_only_urls_lie_anywhere(
    speak: Speak, ask: Ask, publish: Callable[..., TreeHead], host: Rightsholder
) -> None:
    speak(REFUSE)
    publish()
    assert ask(doi="10.1000/host.example").json()["basis"] == "unstated"


def test_the_answer_names_the_place_and_the_entry(
    speak: Speak, ask: Ask, publish: Callable[..., TreeHead]
) -> None:
    speak(REFUSE)
    head = publish()
    answer = ask(url=PAGE).json()
    assert answer["match"] == {"kind": "location", "work": None, "distance": None}
    assert answer["entries"] == [head.size - 1]
    assert answer["preference"] == "disallowed"


def test_the_check_page_shows_what_is_said_at_a_place(
    speak: Speak, client: Client, publish: Callable[..., TreeHead]
) -> None:
    speak(REFUSE)
    publish()
    page = client.get("/check/", {"url": PAGE})
    assert page.status_code == 200
    assert page.context["is_known"]


# One declarant, several places


def test_the_longest_prefix_wins(speak: Speak, answered: Callable[..., str]) -> None:
    speak(REFUSE, "https://host.example/a", Scope.URL)
    speak(ALLOW, "https://host.example/a/b", Scope.URL)
    assert answered("https://host.example/a/b/c") == "allow granted R02"
    assert answered("https://host.example/a/bc") == "deny location-refused R17"


def test_a_prefix_is_more_specific_than_the_host_and_that_than_the_domain(
    speak: Speak, answered: Callable[..., str]
) -> None:
    speak(REFUSE, "host.example", Scope.DOMAIN)
    speak(ALLOW, "www.host.example", Scope.HOST)
    speak(REFUSE, "https://www.host.example/a", Scope.URL)
    assert answered("https://host.example/b") == "deny location-refused R17"
    assert answered("https://www.host.example/b") == "allow granted R02"
    assert answered("https://www.host.example/a/b") == "deny location-refused R17"


def test_of_two_who_control_a_place_the_restrictive_one_wins(
    speak: Speak, rui: Rightsholder, answered: Callable[..., str]
) -> None:
    speak(ALLOW)
    speak(REFUSE, "host.example", Scope.DOMAIN, rui)
    assert answered() == "deny location-refused R17"


def test_what_was_withdrawn_is_silent(
    speak: Speak, host: Rightsholder, answered: Callable[..., str], now: datetime
) -> None:
    location = speak(ALLOW)
    assert answered() == "allow granted R02"
    withdraw(rightsholder=host, location=location, at=now)
    assert answered() == "deny unstated R24"


# Evidence and time


def test_control_of_a_place_is_evidence_enough_for_a_yes_there_after_three_days(
    speak: Speak, answered: Callable[..., str], now: datetime
) -> None:
    speak(ALLOW, at=now - 72 * HOUR + timedelta(minutes=5))
    assert answered() == "deny waiting-grant R03"
    speak(ALLOW, "other.example", at=now - 72 * HOUR)
    assert answered("https://other.example/a") == "allow granted R02"


def test_who_is_vouched_for_need_not_wait(
    speak: Speak, vouched: Rightsholder, answered: Callable[..., str], now: datetime
) -> None:
    speak(ALLOW, holder=vouched, at=now)
    assert answered() == "allow granted R02"


def test_without_any_evidence_a_place_says_nothing(
    speak: Speak, host: Rightsholder, answered: Callable[..., str], now: datetime
) -> None:
    speak(REFUSE)
    set_evidence_level(rightsholder=host, level=0, reason="test", at=now)
    assert answered() == "deny unstated R01"


def test_terms_and_windows_hold_at_a_place_too(
    speak: Speak, ask: Ask, answered: Callable[..., str], now: datetime
) -> None:
    speak(LICENSE, terms_url="https://host.example/terms")
    assert answered() == "deny license-required S8"
    assert ask(url=PAGE).json()["license"]["terms_url"] == "https://host.example/terms"
    speak(ALLOW, "other.example", ends_at=now + DAY)
    answered("https://other.example/")
    assert ask(url="https://other.example/").json()["conditions"]["ends_at"]


def test_a_suspended_place_carries_no_yes_until_it_is_resumed(
    speak: Speak, answered: Callable[..., str], now: datetime
) -> None:
    location = speak(ALLOW)
    suspend(location=location, reason="three probes failed", at=now)
    assert answered() == "deny evidence-lapsed R30"
    resume(location=location, reason="DNS record read", at=now)
    assert answered() == "allow granted R02"


@pytest.mark.parametrize(
    ("age", "answer"),
    [
        (200 * DAY - HOUR, "allow granted R02"),
        (200 * DAY, "deny evidence-lapsed R30"),
    ],
)
def test_a_yes_outlives_200_days_only_by_a_renewal(
    speak: Speak, answered: Callable[..., str], now: datetime, age: timedelta, answer: str
) -> None:
    location = speak(ALLOW, at=now - age)
    assert answered() == answer
    renew(location=location, reason="DNS record read", at=now)
    assert answered() == "allow granted R02"


@pytest.mark.parametrize(
    ("age", "answer"),
    [
        (380 * DAY - HOUR, "deny location-refused R17"),
        (380 * DAY, "deny unstated R01"),
    ],
)
def test_a_no_stands_180_days_longer_than_its_evidence(
    speak: Speak, answered: Callable[..., str], now: datetime, age: timedelta, answer: str
) -> None:
    speak(REFUSE, at=now - age)
    assert answered() == answer


@pytest.mark.parametrize(("age", "is_stale"), [(200 * DAY - HOUR, False), (200 * DAY, True)])
def test_a_no_on_lapsed_evidence_is_marked_stale(
    speak: Speak,
    ask: Ask,
    ask_many: Ask,
    acme_key: str,
    publish: Callable[..., TreeHead],
    now: datetime,
    age: timedelta,
    is_stale: bool,
) -> None:
    location = speak(REFUSE, at=now - age)
    publish()
    assert ask(url=PAGE).json()["stale"] is is_stale
    [result] = ask_many({"items": [{"url": PAGE}], "detail": "full"}, acme_key).json()["results"]
    assert result["stale"] is is_stale
    renew(location=location, reason="DNS record read", at=now)
    publish()
    assert ask(url=PAGE).json()["stale"] is False


@pytest.mark.parametrize(
    ("choice", "ended_ago", "answer"),
    [
        (ALLOW, timedelta(), "deny evidence-lapsed R30"),
        (REFUSE, timedelta(), "deny location-refused R17"),
        (REFUSE, 180 * DAY - HOUR, "deny location-refused R17"),
        (REFUSE, 180 * DAY, "deny unstated R01"),
    ],
)
def test_when_a_domain_changes_hands_a_yes_ends_and_a_no_stays_180_days(
    speak: Speak,
    answered: Callable[..., str],
    now: datetime,
    choice: Choice,
    ended_ago: timedelta,
    answer: str,
) -> None:
    location = speak(choice, at=now - 190 * DAY)
    end_control(location=location, reason="domain sold", at=now - ended_ago)
    assert answered() == answer


def test_the_new_controller_starts_empty_and_waits(
    speak: Speak, rui: Rightsholder, answered: Callable[..., str], now: datetime
) -> None:
    location = speak(ALLOW, at=now - 10 * DAY)
    end_control(location=location, reason="domain sold", at=now - 9 * DAY)
    new = register_location(
        rightsholder=rui, scope=Scope.HOST, value="host.example", reason="", at=now - 8 * DAY
    )
    assert answered() == "deny evidence-lapsed R30"
    say(new, ALLOW, now - 4 * DAY)
    assert answered() == "allow granted R02"


def test_who_shows_control_again_does_not_bring_back_an_old_yes(
    speak: Speak, host: Rightsholder, answered: Callable[..., str], now: datetime
) -> None:
    location = speak(ALLOW, at=now - 10 * DAY)
    end_control(location=location, reason="", at=now - 9 * DAY)
    register_location(
        rightsholder=host, scope=Scope.HOST, value="host.example", reason="", at=now - 8 * DAY
    )
    assert answered() == "deny evidence-lapsed R30"


# Hosts and authors


def test_a_host_is_not_the_author(
    speak: Speak,
    maya: Rightsholder,
    register: Callable[..., Work],
    answered: Callable[..., str],
) -> None:
    speak(ALLOW)
    assert answered() == "allow granted R02"
    work = register(maya, "Harbour", url())
    assert answered() == "deny unstated R01"  # she has not said yes
    declare(
        rightsholder=maya,
        work=work,
        choices={Usage.GENERATIVE_TRAINING: REFUSE},
        at=work.registered_at,
    )
    assert answered() == "deny refused R16"


def test_a_host_that_refuses_does_so_for_the_copies_there(
    speak: Speak,
    vouched: Rightsholder,
    register: Callable[..., Work],
    answered: Callable[..., str],
    ask: Ask,
) -> None:
    elsewhere = url("https://label.example/harbour.jpg")
    choices = {Usage.GENERATIVE_TRAINING: ALLOW}
    register(vouched, "Harbour", url(), elsewhere, hash_of("Harbour"), choices=choices)
    speak(REFUSE)
    assert answered() == "deny location-refused R17"
    assert answered(elsewhere.value) == "allow granted R02"
    assert ask(sha256=hash_of("Harbour").value).json()["verdict"] == "allow"


def test_an_author_who_grants_is_not_kept_from_it_by_a_host_that_grants(
    speak: Speak, vouched: Rightsholder, register: Callable[..., Work], answered: Ask
) -> None:
    register(vouched, "Harbour", url(), choices={Usage.GENERATIVE_TRAINING: ALLOW})
    speak(ALLOW)
    assert answered() == "allow granted R02"


def test_at_ones_own_place_ones_own_works_are_covered(
    speak: Speak,
    host: Rightsholder,
    register: Callable[..., Work],
    answered: Callable[..., str],
    now: datetime,
) -> None:
    speak(ALLOW)
    work = register(host, "Harbour", url())
    assert answered() == "allow granted R02"
    declare(rightsholder=host, work=work, choices={Usage.GENERATIVE_TRAINING: REFUSE}, at=now)
    assert answered() == "deny refused R04"  # the work is more specific than the place


def test_a_refusal_at_a_lost_place_goes_on_for_the_works_registered_there(
    speak: Speak,
    host: Rightsholder,
    register: Callable[..., Work],
    answered: Callable[..., str],
    now: datetime,
) -> None:
    location = speak(REFUSE, at=now - 900 * DAY)
    register(host, "Harbour", url())
    end_control(location=location, reason="", at=now - 800 * DAY)
    assert answered() == "deny location-refused R17"
    assert answered("https://host.example/other") == "deny unstated R01"


def test_a_removed_work_leaves_the_place_to_its_host(
    speak: Speak,
    maya: Rightsholder,
    register: Callable[..., Work],
    answered: Callable[..., str],
    now: datetime,
) -> None:
    speak(ALLOW)
    remove_work(work=register(maya, "Harbour", url()), at=now)
    assert answered() == "allow granted R02"


# As of, and in numbers


def test_what_is_said_at_a_place_counts_from_its_entry_on(
    speak: Speak, ask: Ask, publish: Callable[..., TreeHead], now: datetime
) -> None:
    before = publish(now - 4 * DAY - HOUR)
    location = speak(ALLOW)
    granted = publish(now - 3 * HOUR)
    end_control(location=location, reason="domain sold", at=now - 2 * HOUR)
    ended = publish(now - HOUR)
    say_no = register_location(
        rightsholder=location.rightsholder,
        scope=Scope.DOMAIN,
        value="host.example",
        reason="",
        at=now,
    )
    say(say_no, REFUSE, now)
    refused = publish()

    def basis(head: TreeHead) -> str:
        basis: str = ask(url=PAGE, tree_size=head.size).json()["basis"]
        return basis

    answers = [basis(head) for head in (before, granted, ended, refused)]
    assert answers == ["unstated", "granted", "evidence-lapsed", "location-refused"]


def test_a_batch_of_many_places_costs_no_more_than_one_of_two(
    speak: Speak,
    ask_many: Ask,
    acme_key: str,
    publish: Callable[..., TreeHead],
) -> None:
    for number in range(12):
        speak(REFUSE if number % 2 else ALLOW, f"s{number}.example")
    publish()

    def cost(count: int, **item: str) -> int:
        items = [item or {"url": f"https://s{n}.example/a/b"} for n in range(count)]
        ask_many({"items": items}, acme_key)
        with CaptureQueriesContext(connection) as queries:
            answer = ask_many({"items": items}, acme_key).json()
        assert len(answer["results"]) == count
        if not item:
            verdicts = [each["verdict"] for each in answer["results"]]
            assert verdicts == ["deny" if n % 2 else "allow" for n in range(count)]
        return len(queries)

    assert cost(2) == cost(12)
    hashes = cost(2, sha256="0" * 64)
    assert cost(2, url="https://nobody.example/a") == hashes + 1
    assert cost(2) == hashes + 2


def test_a_batch_keeps_each_answer_with_its_url(
    speak: Speak, maya: Rightsholder, register: Callable[..., Work], ask_many: Ask,
    acme_key: str, publish: Callable[..., TreeHead],
) -> None:  # fmt: skip
    speak(ALLOW)
    speak(REFUSE, "https://host.example/a", Scope.URL)
    register(maya, choices={Usage.GENERATIVE_TRAINING: REFUSE})
    publish()
    items = [
        {"url": "https://host.example/a/b"},
        {"sha256": hash_of("Harbour").value},
        {"url": "https://host.example/"},
        {"url": "not a url"},
        {"url": "https://nobody.example/"},
        {"url": "HTTP://host.example/a/b"},
    ]
    results = ask_many({"items": items}, acme_key).json()["results"]
    assert [each.get("basis") for each in results] == [
        "location-refused",
        "refused",
        "granted",
        None,
        "unstated",
        "location-refused",
    ]
