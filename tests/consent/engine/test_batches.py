"""Batches answered out of a snapshot say what the database says, and what was just published."""

import fcntl
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from consent.engine import snapshot
from consent.engine.snapshot import KINDS, USAGES
from consent.models import Firm
from consent.selectors import lookups, snapshots
from consent.services import firms
from consent.services import snapshots as service
from consent.tasks import build_snapshot
from registry.identifiers import parse
from registry.models import Rightsholder
from registry.services.declarations import Terms, declare, withdraw
from registry.services.locations import register_location
from registry.services.works import Draft, register_works, remove_work
from registry.vocabulary import Choice, IdentifierKind, Medium, Scope, Usage
from tests.conftest import hash_of
from tests.consent.api.conftest import acme, acme_key, ask, ask_many, ask_records

__all__ = ["acme", "acme_key", "ask", "ask_many", "ask_records"]

pytestmark = pytest.mark.django_db

Ask = Callable[..., Any]
TRAINING = Usage.GENERATIVE_TRAINING
URL = parse(IdentifierKind.URL, "https://label.example/harbour/1.jpg")
ITEMS = [
    *({"sha256": hash_of(f"Work {n}").value} for n in range(12)),
    {"url": URL.value},
    {"url": "https://label.example/elsewhere"},
    {"sha256": "0" * 64},
    {"isbn": "9780306406157"},
    {"isbn": "9780306406150"},
]


@pytest.fixture
def works(vouched: Rightsholder, maya: Rightsholder, register: Ask, publish: Ask) -> list[Any]:
    """Works of a label and of Maya, with every choice, published."""
    choices = list(Choice)
    made = [
        register(vouched if n % 2 else maya, f"Work {n}", choices={TRAINING: choices[n % 3]})
        for n in range(10)
    ]
    made.append(register(vouched, "Harbour", URL, choices={TRAINING: Choice.ALLOW}))
    publish()
    return made


@pytest.fixture
def built(works: list[Any], now: datetime, folder: Path) -> Path:
    """Build a snapshot of them."""
    head = lookups.present(at=now).head
    assert service.build_alone(head=head, at=now + timedelta(milliseconds=3))
    snapshots.open_newest()
    [file] = snapshots.files()
    return file


@pytest.fixture
def compare(ask_many: Ask, acme_key: str, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Ask for the items both ways; give the bases, and how many the database was asked for."""
    asked = 0
    exact = lookups.decisions

    def counted(items: Any, **question: Any) -> Any:
        nonlocal asked
        asked += len(items)
        return exact(items, **question)

    monkeypatch.setattr(lookups, "decisions", counted)

    def both(items: list[dict[str, str]] = ITEMS, key: str = "") -> tuple[list[str], int]:
        nonlocal asked
        strong = ask_many({"items": items, "consistency": "strong"}, key=key or acme_key).json()
        asked = 0
        brief = ask_many({"items": items}, key=key or acme_key).json()
        assert brief["results"] == strong["results"]
        assert brief["summary"] == strong["summary"]
        assert brief["state"]["tree_size"] == strong["state"]["tree_size"]
        return [each.get("basis", "error") for each in brief["results"]], asked

    return both


def test_a_batch_is_answered_without_the_database(built: Path, compare: Ask) -> None:
    bases, asked = compare()
    assert asked == 0
    assert bases.count("error") == 1
    assert {"refused", "license-required", "granted", "unproven-grant", "unstated"} <= set(bases)


def test_without_a_snapshot_the_database_answers(works: list[Any], compare: Ask) -> None:
    _bases, asked = compare()
    assert asked == len(ITEMS) - 1


def test_what_is_said_after_the_snapshot_counts_in_the_next_answer(
    built: Path, works: list[Any], vouched: Rightsholder, publish: Ask, now: datetime, compare: Ask
) -> None:
    granted = works[9]
    assert granted.rightsholder == vouched
    item = [{"sha256": hash_of("Work 9").value}]
    steps = [
        (lambda at: withdraw(rightsholder=vouched, work=granted, at=at), "unstated"),
        (
            lambda at: declare(
                rightsholder=vouched, work=granted, choices={TRAINING: Choice.ALLOW}, at=at
            ),
            "granted",
        ),
        (
            lambda at: declare(
                rightsholder=vouched, work=None, choices={TRAINING: Choice.REFUSE}, at=at
            ),
            "granted",
        ),
        (lambda at: remove_work(work=granted, at=at), "unstated"),
    ]
    assert compare(item)[0] == ["granted"]
    for n, (say, basis) in enumerate(steps, start=1):
        say(now)
        publish(now + timedelta(milliseconds=n + 1))
        bases, _asked = compare()
        assert bases[9] == compare(item)[0][0] == basis


def test_what_is_registered_after_the_snapshot_is_found(
    built: Path, vouched: Rightsholder, register: Ask, publish: Ask, now: datetime, compare: Ask
) -> None:
    assert compare()[0][11] == "unstated"
    register(vouched, "Work 11", choices={TRAINING: Choice.REFUSE})
    publish(now + timedelta(milliseconds=2))
    bases, asked = compare()
    assert (bases[11], asked) == ("refused", 1)


def test_a_second_work_under_a_key_is_left_to_the_database(
    works: list[Any], rui: Rightsholder, register: Ask, publish: Ask, now: datetime, compare: Ask
) -> None:
    register(rui, "Mine", hash_of("Work 1"), choices={TRAINING: Choice.REFUSE})
    publish(now + timedelta(milliseconds=2))
    service.build_alone(head=lookups.present(at=now).head, at=now + timedelta(milliseconds=3))
    snapshots.open_newest()
    bases, asked = compare()
    assert (bases[1], asked) == ("refused", 1)


def test_places_are_left_to_the_database_before_and_after(
    built: Path, vouched: Rightsholder, publish: Ask, now: datetime, compare: Ask
) -> None:
    assert compare()[1] == 0
    place = register_location(
        rightsholder=vouched, scope=Scope.DOMAIN, value="label.example", reason="test", at=now
    )
    declare(rightsholder=vouched, location=place, choices={TRAINING: Choice.REFUSE}, at=now)
    publish(now + timedelta(milliseconds=2))
    after = compare()
    assert after[0][13] == "location-refused"
    assert after[1] == 2
    later = now + timedelta(milliseconds=3)
    service.build_alone(head=lookups.present(at=later).head, at=later)
    snapshots.open_newest()
    assert compare() == after


def test_a_grant_to_one_firm_is_seen_by_that_firm_alone(
    works: list[Any], vouched: Rightsholder, acme: Firm, publish: Ask, now: datetime, compare: Ask
) -> None:
    declare(
        rightsholder=vouched,
        work=works[5],
        choices={TRAINING: Choice.ALLOW},
        terms=Terms(organisation=acme.organisation),
        at=now,
    )
    publish(now + timedelta(milliseconds=2))
    service.build_alone(head=lookups.present(at=now).head, at=now + timedelta(milliseconds=3))
    snapshots.open_newest()
    assert compare()[0][5] == "granted"
    zed = firms.issue_key(firm=firms.found_firm(name="Zed", plan="unlimited"), at=now)[1]
    bases, asked = compare(key=zed)
    assert (bases[5], asked) == ("refused", 0)


def test_a_wait_that_ends_after_the_snapshot_ends_in_the_answer(
    rightsholder: Ask, register: Ask, publish: Ask, now: datetime
) -> None:
    known = rightsholder("Known", 3)
    register(known, "Work 0", choices={TRAINING: Choice.ALLOW})
    publish()
    head = lookups.present(at=now).head
    service.build_alone(head=head, at=now + timedelta(milliseconds=3))
    snapshots.open_newest()
    bases = []
    for hours in (1, 71, 73):
        moment = lookups.Moment(head, now + timedelta(hours=hours))
        [decision] = snapshots.decisions(
            [hash_of("Work 0")], usage=TRAINING, organisation=None, moment=moment
        )
        bases.append(decision.basis)
        assert decision.changes_at is None or decision.changes_at > moment.decided_at
    assert bases == ["waiting-grant", "waiting-grant", "granted"]


@pytest.mark.parametrize("damage", ["cut", "altered", "emptied"])
def test_a_damaged_snapshot_is_refused_and_the_database_answers(
    damage: str, built: Path, compare: Ask, caplog: pytest.LogCaptureFixture
) -> None:
    octets = built.read_bytes()
    altered = octets[:-100] + bytes([octets[-100] ^ 1]) + octets[-99:]
    built.write_bytes({"cut": octets[:-1], "altered": altered, "emptied": b""}[damage])
    snapshots.open_newest()
    bases, asked = compare()
    assert asked == len(ITEMS) - 1
    assert "granted" in bases
    assert "cannot be used" in caplog.text


def test_a_damaged_snapshot_is_replaced(
    built: Path, works: list[Any], now: datetime, compare: Ask
) -> None:
    built.write_bytes(built.read_bytes()[:-1])
    snapshots.open_newest()
    assert not snapshots.files()
    service.build_if_due(head=lookups.present(at=now).head, at=now + timedelta(milliseconds=4))
    snapshots.open_newest()
    assert compare()[1] == 0


def test_a_snapshot_of_another_history_is_never_answered_from(
    folder: Path,
    vouched: Rightsholder,
    register: Ask,
    publish: Ask,
    now: datetime,
    compare: Ask,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with transaction.atomic():  # what a restored database no longer has
        register(vouched, "Work 0", choices={TRAINING: Choice.ALLOW})
        publish()
        head = lookups.present(at=now).head
        assert service.build_alone(head=head, at=now + timedelta(milliseconds=3))
        snapshots.open_newest()
        assert compare()[0][0] == "granted"
        transaction.set_rollback(True)
    for n in range(5):
        register(vouched, f"Another {n}", choices={TRAINING: Choice.REFUSE})
    publish()
    for _ in range(2):
        assert compare()[0][0] == "unstated"
    assert "another history" in caplog.text
    service.build_if_due(head=lookups.present(at=now).head, at=now + timedelta(milliseconds=4))
    snapshots.open_newest()
    bases, asked = compare()
    assert (bases[0], asked) == ("unstated", 0)


@pytest.mark.parametrize("words", [[[*KINDS], [*USAGES][::-1]], [[*KINDS][1:], [*USAGES]]])
def test_a_snapshot_with_other_words_is_not_read(
    words: Any, works: list[Any], now: datetime, monkeypatch: pytest.MonkeyPatch, compare: Ask
) -> None:
    with monkeypatch.context() as older:
        older.setattr(snapshot, "WORDS", words)
        service.build_alone(head=lookups.present(at=now).head, at=now + timedelta(milliseconds=3))
    snapshots.open_newest()
    assert compare()[1] == len(ITEMS) - 1
    assert not snapshots.files()


def test_a_snapshot_of_older_rules_is_not_answered_from(
    works: list[Any], now: datetime, monkeypatch: pytest.MonkeyPatch, compare: Ask
) -> None:
    head = lookups.present(at=now).head
    with monkeypatch.context() as older:
        older.setattr(service, "LATEST", "2025-01")
        service.build_alone(head=head, at=now + timedelta(milliseconds=3))
    snapshots.open_newest()
    assert compare()[1] == len(ITEMS) - 1
    assert snapshots.is_due(head, at=now + timedelta(milliseconds=4))


def test_records_and_urls_are_answered_from_it_too(
    built: Path, ask_records: Ask, client: Client, acme_key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody_asks(*_: Any, **__: Any) -> Any:
        raise AssertionError("the database was asked")

    monkeypatch.setattr(lookups, "decisions", nobody_asks)
    octets = b"".join(hash_of(f"Work {n}").key for n in range(12))
    verdicts = ask_records(octets, key=acme_key).content
    assert verdicts == bytes([1, 1, 1, 2, 1, 1, 1, 1, 1, 2, 1, 1])
    lines = f"{URL.value}\nhttps://label.example/other\n"
    answer = client.post(
        "/api/v2/query/urls/", lines, "text/plain", headers={"Authorization": f"API {acme_key}"}
    )
    assert [each["optIn"] for each in answer.json()["urls"]] == [True, False, False]


def test_records_can_ask_past_it(
    built: Path, ask_records: Ask, acme_key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    octets = b"".join(hash_of(f"Work {n}").key for n in range(12))
    expected = ask_records(octets, key=acme_key).content
    monkeypatch.setattr(snapshots, "decisions", None)  # whoever asks the snapshot fails
    strong = ask_records(octets, key=acme_key, query="?consistency=strong")
    assert strong.content == expected
    with pytest.raises(TypeError):
        ask_records(octets, key=acme_key)


def test_a_batch_costs_the_same_statements_whatever_its_size(
    built: Path, ask_many: Ask, acme_key: str
) -> None:
    def count(items: list[dict[str, str]]) -> int:
        ask_many({"items": items}, key=acme_key)
        with CaptureQueriesContext(connection) as queries:
            assert ask_many({"items": items}, key=acme_key).status_code == 200
        return len(queries)

    assert count(ITEMS[:2]) == count(ITEMS * 500) <= 3


def test_it_is_built_when_it_is_due(works: list[Any], now: datetime, folder: Path) -> None:
    head = lookups.present(at=now).head
    for minutes, count in ((0, 1), (1, 1), (59, 1), (61, 2), (62, 2), (180, 2)):
        service.build_if_due(head=head, at=now + timedelta(minutes=minutes))
        assert len(snapshots.files()) == count
    known = snapshots.newest()
    assert known
    assert known.decided_at == now + timedelta(minutes=180)
    assert (known.about.keys, known.about.tree_size) == (11, head.size)


def test_operators_see_it(built: Path, client: Client) -> None:
    state = client.get("/readyz").json()["snapshot"]
    assert state.pop("build_seconds") >= 0
    assert state.pop("age_seconds") < 60
    assert state.pop("shapes") >= 5
    assert state == {"tree_size": 24, "bytes": built.stat().st_size, "keys": 11}


def test_a_newer_file_is_found_within_a_second_without_anybody_waiting(
    built: Path, now: datetime, compare: Ask, register: Ask, vouched: Rightsholder, publish: Ask
) -> None:
    register(vouched, "Work 11", choices={TRAINING: Choice.REFUSE})
    publish(now + timedelta(milliseconds=4))
    assert compare()[1] == 1
    assert service.build_alone(
        head=lookups.present(at=now).head, at=now + timedelta(milliseconds=5)
    )
    deadline = time.monotonic() + 30
    while compare()[1] and time.monotonic() < deadline:
        time.sleep(0.05)
    assert compare()[1] == 0


def test_one_process_builds_at_a_time(works: list[Any], now: datetime, folder: Path) -> None:
    folder.mkdir()
    head = lookups.present(at=now).head
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert not service.build_alone(head=head, at=now)
    assert not snapshots.files()
    (folder / ".0.snapshot.99").write_bytes(b"left by one that was killed")
    assert service.build_alone(head=head, at=now)
    assert len(list(folder.iterdir())) == 2


def test_the_command_and_the_task_build_it(works: list[Any], folder: Path) -> None:
    out = StringIO()
    call_command("build_snapshot", stdout=out)
    assert "11 keys" in out.getvalue()
    [file] = snapshots.files()
    file.unlink()
    build_snapshot()
    assert len(snapshots.files()) == 1


def test_before_anything_is_published_there_is_nothing_to_build(folder: Path) -> None:
    build_snapshot()
    assert not snapshots.files()
    with pytest.raises(CommandError, match="Nothing is published"):
        call_command("build_snapshot")


def test_ten_thousand_keys_of_one_start_change_no_other_answer(
    works: list[Any], rui: Rightsholder, publish: Ask, now: datetime, compare: Ask
) -> None:
    victim = hash_of("Work 3")
    flood = [parse(IdentifierKind.SHA256, f"{victim.value[:16]}{n:048x}") for n in range(10_000)]
    for first in range(0, len(flood), 1_000):
        drafts = [
            Draft(
                title="Flood",
                medium=Medium.IMAGE,
                identifiers=(key,),
                choices={TRAINING: Choice.REFUSE},
            )
            for key in flood[first : first + 1_000]
        ]
        register_works(rightsholder=rui, drafts=drafts, at=now)
    publish(now + timedelta(milliseconds=2))
    service.build_alone(head=lookups.present(at=now).head, at=now + timedelta(milliseconds=3))
    snapshots.open_newest()
    known = snapshots.newest()
    assert known
    assert known.about.keys == 10_011
    bases, asked = compare()
    assert (bases[3], asked) == ("granted", 0)
    beside = [{"sha256": f"{victim.value[:16]}{'f' * 48}"}, {"sha256": flood[-1].value}]
    assert compare(beside) == (["unstated", "refused"], 0)


def test_an_empty_record_has_a_snapshot_too(
    rui: Rightsholder, publish: Ask, now: datetime, compare: Ask
) -> None:
    publish()
    service.build_alone(head=lookups.present(at=now).head, at=now + timedelta(milliseconds=3))
    snapshots.open_newest()
    bases, asked = compare()
    assert (set(bases), asked) == ({"unstated", "error"}, 0)
