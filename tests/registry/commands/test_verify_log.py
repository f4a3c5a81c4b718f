"""The checker is silent about a sound record, and names the row that was tampered with."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from registry.identifiers import location_key
from registry.log.models import Entry
from registry.log.services import append, integrate, open_log
from registry.models import Claim, Declaration, Location, Rightsholder, Standing, Work
from registry.selectors import audit
from registry.services import declarations, works
from registry.services.declarations import Terms
from registry.services.locations import end_control, register_location
from registry.vocabulary import Choice, Medium, Scope, Usage
from tests.registry.commands.conftest import Ran

pytestmark = pytest.mark.django_db

REFUSE = {Usage.GENERATIVE_TRAINING: Choice.REFUSE, Usage.SEARCH: Choice.ALLOW}
DAY = timedelta(days=1)


@pytest.fixture
def harbour(
    maya: Rightsholder, rui: Rightsholder, register: Callable[..., Work], now: datetime
) -> Work:
    """A joint work with two declarations, one removed and taken up again, a place given up."""
    harbour = register(maya, "Harbour", choices=REFUSE, holders=("Rui",))
    terms = Terms(starts_at=now + DAY, ends_at=now + 2 * DAY, terms_url="https://maya.example")
    choices = {Usage.MINING: Choice.LICENSE}
    declarations.declare(rightsholder=maya, work=harbour, choices=choices, terms=terms, at=now)
    declarations.declare(rightsholder=rui, choices=REFUSE, at=now)
    declarations.withdraw(rightsholder=rui, at=now)
    works.remove_work(work=register(rui, "Lullaby"), at=now)
    register(rui, "Lullaby")
    site = register_location(
        rightsholder=rui, scope=Scope.HOST, value="rui.example", reason="DNS record read", at=now
    )
    declarations.declare(rightsholder=rui, location=site, choices=REFUSE, at=now)
    end_control(location=site, reason="domain sold", at=now)
    integrate(log="declarations", at=now)
    register(rui, "Winter", choices=REFUSE)
    return harbour


def codes(lines: list[str]) -> set[str]:
    return {line.split(":")[0] for line in lines[:-1]}


def test_a_sound_record_has_no_findings_pending_entries_included(
    run: Callable[..., Ran], harbour: Work
) -> None:
    assert Entry.objects.filter(index=None).count() == 2
    assert run("verify_log") == (0, ["0 findings"])


def test_an_empty_registry_has_no_findings(run: Callable[..., Ran], db: None) -> None:
    assert run("verify_log") == (0, ["0 findings"])


def test_moments_of_another_time_zone_are_kept_as_they_were_said(
    run: Callable[..., Ran], maya: Rightsholder
) -> None:
    paris = datetime.fromisoformat("2027-03-01T09:30:00+01:00")
    terms = Terms(ends_at=paris + DAY)
    declarations.declare(rightsholder=maya, choices=REFUSE, terms=terms, at=paris)
    assert run("verify_log") == (0, ["0 findings"])


def test_what_is_only_shown_may_change(
    run: Callable[..., Ran], harbour: Work, now: datetime
) -> None:
    works.correct_work(work=harbour, title="Pier", medium=Medium.TEXT, year=1999, at=now)
    assert run("verify_log") == (0, ["0 findings"])


@pytest.mark.parametrize(
    ("table", "statement", "expected"),
    [
        (
            "declaration",
            "UPDATE registry_declaration SET generative_training = 'allow'"
            " WHERE generative_training = 'refuse' AND work_id = %(work)s",
            {"row-differs"},
        ),
        (
            "declaration",
            "UPDATE registry_declaration SET generative_training = 'refuse', search = 'refuse'"
            " WHERE generative_training = 'withdrawn'",
            {"row-differs"},
        ),
        ("declaration", "UPDATE registry_declaration SET ends_at = NULL", {"row-differs"}),
        ("declaration", "UPDATE registry_declaration SET contact = 'zed'", {"row-differs"}),
        ("declaration", "DELETE FROM registry_declaration", {"row-missing"}),
        ("standing", "UPDATE registry_standing SET level = 4", {"row-differs"}),
        ("standing", "DELETE FROM registry_standing", {"row-missing"}),
        (
            "claim",
            "UPDATE registry_claim SET is_withdrawal = true WHERE work_id = %(work)s",
            {"row-differs", "removal-differs"},
        ),
        (
            "claim",
            "UPDATE registry_claim SET rightsholder_id ="
            " (SELECT id FROM registry_rightsholder WHERE name = 'Rui')",
            {"row-differs", "rightsholder-differs"},
        ),
        ("identifier", "DELETE FROM registry_identifier", {"row-differs"}),
        (
            "identifier",
            "UPDATE registry_identifier SET value = repeat('0', 64)",
            {"row-differs", "key-differs"},
        ),
        ("identifier", "UPDATE registry_identifier SET value = ''", {"row-differs", "key-differs"}),
        ("identifier", "UPDATE registry_identifier SET key = '\\x00'", {"key-differs"}),
        (
            "identifier",
            "UPDATE registry_identifier SET work_id = %(work)s WHERE work_id <> %(work)s",
            {"work-differs"},
        ),
        ("holder", "DELETE FROM registry_holder WHERE name = 'Rui'", {"row-differs"}),
        ("holder", "UPDATE registry_holder SET rightsholder_id = NULL", {"row-differs"}),
        (
            "location",
            "UPDATE registry_location SET value = 'maya.example'",
            {"row-differs", "key-differs"},
        ),
        (
            "location",
            "UPDATE registry_location SET scope = 'domain'",
            {"row-differs", "key-differs"},
        ),
        ("location", "UPDATE registry_location SET key = sha256('')", {"key-differs"}),
        (
            "location",
            "UPDATE registry_location SET rightsholder_id ="
            " (SELECT id FROM registry_rightsholder WHERE name = 'Maya')",
            {"row-differs"},
        ),
        (
            "locationevent",
            "UPDATE registry_locationevent SET kind = 'renewed' WHERE kind = 'ended'",
            {"row-differs"},
        ),
        (
            "locationevent",
            "UPDATE registry_locationevent SET happened_at = happened_at + interval '1 day'",
            {"row-differs"},
        ),
        ("locationevent", "UPDATE registry_locationevent SET reason = ''", {"row-differs"}),
        (
            "locationevent",
            "DELETE FROM registry_locationevent WHERE kind = 'ended'",
            {"row-missing"},
        ),
        (
            "locationevent",
            "DELETE FROM registry_locationevent",
            {"row-missing", "event-missing"},
        ),
        (
            "declaration",
            "UPDATE registry_declaration SET scope = 'catalogue', location_id = NULL"
            " WHERE location_id IS NOT NULL",
            {"row-differs"},
        ),
        (
            "entry",
            "UPDATE registry_entry SET salt = sha256(salt)",
            {"row-differs"},
        ),
        ("entry", "UPDATE registry_entry SET salt = NULL", {"salt-missing"}),
        (
            "entry",
            "UPDATE registry_entry SET leaf = overlay(leaf PLACING repeat('A', 43)::bytea FROM 16)",
            {"row-differs", "entry-differs"},
        ),
        (
            "work",
            "UPDATE registry_work SET removed_at = now() WHERE id = %(work)s",
            {"removal-differs"},
        ),
        (
            "work",
            "UPDATE registry_work SET removed_at = NULL WHERE removed_at IS NOT NULL",
            {"removal-differs"},
        ),
        (
            "work",
            "UPDATE registry_work SET rightsholder_id ="
            " (SELECT id FROM registry_rightsholder WHERE name = 'Rui') WHERE id = %(work)s",
            {"rightsholder-differs"},
        ),
    ],
)  # fmt: skip
def test_a_changed_row_is_found(
    run: Callable[..., Ran],
    damage: Callable[..., None],
    harbour: Work,
    table: str,
    statement: str,
    expected: set[str],
) -> None:
    damage(table, statement.replace("%(work)s", f"'{harbour.id}'"))
    code, lines = run("verify_log")
    assert (code, codes(lines)) == (1, expected)
    assert lines[-1] == f"{len(lines) - 1} findings"


def test_a_finding_names_the_row_and_its_place(
    run: Callable[..., Ran], damage: Callable[..., None], harbour: Work
) -> None:
    [row] = Declaration.objects.filter(work=harbour, mining="license")
    damage("declaration", "UPDATE registry_declaration SET mining = 'allow' WHERE mining <> ''")
    _, lines = run("verify_log")
    assert lines == [f"row-differs: declaration {row.id}, entry {row.entry.index}", "1 findings"]


def test_an_entry_that_says_nothing_is_found(
    run: Callable[..., Ran], harbour: Work, now: datetime
) -> None:
    entry = append(log="declarations", kind="claim", payload=b"nothing", at=now)
    _, lines = run("verify_log")
    assert lines[0] == f"row-missing: row {entry.id} of the log, entry pending"


def test_a_row_in_another_log_is_found(
    run: Callable[..., Ran], maya: Rightsholder, now: datetime
) -> None:
    open_log(name="other", origin="registry.example/log/other")
    entry = append(log="other", kind="standing", payload=b"", at=now)
    Standing.objects.create(rightsholder=maya, level=4, reason="", set_at=now, entry=entry)
    _, lines = run("verify_log")
    assert codes(lines) == {"entry-missing"}


def test_two_rows_that_share_an_entry_are_found(
    run: Callable[..., Ran], damage: Callable[..., None], maya: Rightsholder
) -> None:
    declarations.declare(rightsholder=maya, choices=REFUSE, at=Standing.objects.get().set_at)
    damage(
        "declaration",
        "UPDATE registry_declaration SET entry_id = (SELECT entry_id FROM registry_standing)",
    )
    _, lines = run("verify_log")
    assert "row-twice" in codes(lines)


def test_a_work_that_nobody_claimed_is_found(
    run: Callable[..., Ran], maya: Rightsholder, now: datetime
) -> None:
    work = Work.objects.create(
        rightsholder=maya, title="Harbour", medium=Medium.IMAGE, registered_at=now
    )
    _, lines = run("verify_log")
    assert lines[0] == f"claim-missing: work wrk_{work.id.hex}"


def test_a_place_that_nothing_was_logged_about_is_found(
    run: Callable[..., Ran], maya: Rightsholder
) -> None:
    place = Location.objects.create(
        rightsholder=maya,
        scope="host",
        value="maya.example",
        key=location_key(Scope.HOST, "maya.example"),
    )
    assert run("verify_log") == (1, [f"event-missing: location {place.id}", "1 findings"])


def test_pages_miss_nothing_between_them(
    run: Callable[..., Ran],
    damage: Callable[..., None],
    harbour: Work,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(audit, "PAGE", 2)
    assert run("verify_log") == (0, ["0 findings"])
    damage("work", "UPDATE registry_work SET removed_at = '2020-01-01'")
    _, lines = run("verify_log")
    assert len(lines) - 1 == Work.objects.count() == 4
    damage("identifier", "DELETE FROM registry_identifier")
    _, lines = run("verify_log")
    identified = Claim.objects.filter(is_withdrawal=False)
    assert len([line for line in lines if line.startswith("row-")]) == identified.count()
