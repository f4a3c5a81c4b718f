"""Background work: each task alone, then a real worker and a real beat, killed on the way."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from celery import Task
from django.conf import settings as django_settings
from django.contrib.sessions.models import Session
from django.core import mail as outbox
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection

from config.celery import app
from registry import tasks
from registry.log import fsck
from registry.log.services import append_many
from registry.models import Heartbeat, Location, Mail, Reminder, Rightsholder, Work
from registry.selectors import operations
from registry.selectors.log import DECLARATIONS, head, pending_since
from registry.services.declarations import Terms, declare, withdraw
from registry.services.locations import register_location
from registry.services.mails import LEASE, MOST_ATTEMPTS, lease_mail, queue_mail
from registry.services.people import add_rightsholder, set_language
from registry.services.works import remove_work
from registry.vocabulary import Choice, Scope, Usage

PROJECT = Path(__file__).resolve().parents[2]
REFUSAL = {Usage.GENERATIVE_TRAINING: Choice.REFUSE}
PROMISED_SECONDS = 10

pytestmark = pytest.mark.django_db


# The log


def test_what_was_declared_is_published(maya: Rightsholder, now: datetime) -> None:
    declare(rightsholder=maya, choices=REFUSAL, at=now)
    tasks.integrate_log()
    assert pending_since() is None
    published = head()
    assert published
    assert published.size == 2  # Maya's standing and her declaration


def test_more_than_one_batch_is_published_at_once(
    maya: Rightsholder, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.log.services.BATCH", 2)
    monkeypatch.setattr(tasks.integrate, "__kwdefaults__", {"limit": 2})
    for _ in range(4):
        declare(rightsholder=maya, choices=REFUSAL, at=now)
    tasks.integrate_log()
    assert pending_since() is None


def test_the_heart_beats(now: datetime) -> None:
    assert not operations.is_worker_alive(at=now)
    tasks.beat_heart()
    tasks.beat_heart()
    assert operations.is_worker_alive(at=now)
    assert Heartbeat.objects.count() == 1


# Mails


@pytest.fixture
def waiting(now: datetime) -> Callable[[str], Mail]:
    def queue(recipient: str) -> Mail:
        return queue_mail(recipient=recipient, subject="Hello", body="A private link", at=now)

    return queue


def test_a_mail_is_sent_once_and_forgotten(waiting: Callable[[str], Mail]) -> None:
    waiting("maya@example.org")
    tasks.send_due_mails()
    tasks.send_due_mails()
    assert [message.to for message in outbox.outbox] == [["maya@example.org"]]
    assert outbox.outbox[0].body == "A private link"
    assert not Mail.objects.exists()


def test_a_mail_that_somebody_is_sending_is_left_to_them(
    waiting: Callable[[str], Mail], now: datetime
) -> None:
    waiting("maya@example.org")
    assert lease_mail(at=now)
    assert lease_mail(at=now + LEASE) is None
    assert lease_mail(at=now + LEASE + timedelta(seconds=1))


def test_a_mail_that_cannot_be_sent_waits_longer_each_time_and_holds_up_nobody(
    waiting: Callable[[str], Mail],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    send = EmailBackend.send_messages

    def refuse_rui(self: EmailBackend, messages: list[outbox.EmailMessage]) -> int:
        if messages[0].to == ["rui@example.org"]:
            raise OSError("no such mailbox: rui@example.org")
        return send(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", refuse_rui)
    refused = waiting("rui@example.org")
    waiting("maya@example.org")
    tasks.send_due_mails()
    assert [message.to for message in outbox.outbox] == [["maya@example.org"]]
    first_due = refused.due_at
    refused.refresh_from_db()
    assert (refused.attempts, refused.leased_until) == (1, None)
    assert refused.due_at > first_due + timedelta(seconds=59)
    assert f"mail {refused.pk} waits: OSError" in caplog.text
    assert "rui@" not in caplog.text


def test_a_mail_server_that_is_down_is_left_alone_after_three_tries(
    waiting: Callable[[str], Mail], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: EmailBackend, messages: list[outbox.EmailMessage]) -> int:
        raise ConnectionRefusedError

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    for number in range(5):
        waiting(f"maya{number}@example.org")
    tasks.send_due_mails()
    assert Mail.objects.filter(attempts=1, leased_until=None).count() == 3
    assert Mail.objects.filter(attempts=0, leased_until=None).count() == 2


def test_a_mail_is_given_up_after_the_last_attempt(
    waiting: Callable[[str], Mail],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def refuse(self: EmailBackend, messages: list[outbox.EmailMessage]) -> int:
        raise ConnectionRefusedError

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    waiting("maya@example.org")
    Mail.objects.update(attempts=MOST_ATTEMPTS - 1)
    tasks.send_due_mails()
    assert not Mail.objects.exists()
    assert "given up" in caplog.text


# Reminders


@pytest.fixture
def ending(maya: Rightsholder, now: datetime) -> Callable[..., None]:
    """Declares for a window of a month that ends in six days, as if it had been long ago."""

    def make(
        work: Work | None = None,
        choices: dict[Usage, Choice] = REFUSAL,
        location: Location | None = None,
    ) -> None:
        terms = Terms(ends_at=now + timedelta(days=6))
        long_ago = now - timedelta(days=24)
        about = {"work": work, "location": location}
        declare(rightsholder=maya, **about, choices=choices, terms=terms, at=long_ago)

    return make


def test_an_owner_is_reminded_once_a_week_before_an_answer_ends(
    maya: Rightsholder, register: Callable[..., Work], ending: Callable[..., None], now: datetime
) -> None:
    harbour = register(maya, "Harbour")
    ending(harbour)
    tasks.remind_of_endings()
    tasks.remind_of_endings()
    reminder = Mail.objects.get()
    ends_at = now + timedelta(days=6)
    assert reminder.recipient == "maya@example.org"
    assert reminder.subject == "An answer of yours about AI ends soon"
    assert "“Harbour”\n  Training generative AI: No\n  until " in reminder.body
    assert f"{ends_at:%H:%M} UTC" in reminder.body
    assert f"{django_settings.PUBLIC_URL}/" in reminder.body
    assert f"wrk_{harbour.id.hex}" in reminder.body
    assert Reminder.objects.count() == 1


def test_a_reminder_names_the_place_that_an_answer_is_about(
    maya: Rightsholder, ending: Callable[..., None], now: datetime
) -> None:
    kept, renewed = (
        register_location(rightsholder=maya, scope=Scope.HOST, value=value, reason="", at=now)
        for value in ("maya.example", "www.maya.example")
    )
    ending()
    ending(location=kept)
    ending(location=renewed)
    declare(rightsholder=maya, location=renewed, choices=REFUSAL, at=now)
    tasks.remind_of_endings()
    body = Mail.objects.get().body
    assert "All your works\n" in body
    assert "“maya.example”\n" in body
    assert "www.maya.example" not in body


def test_the_reminder_speaks_the_language_of_the_account(
    maya: Rightsholder, ending: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    set_language(user=maya.members.get(), language="fr")
    languages: list[str] = []
    render = tasks.render_to_string

    def noting(template: str, context: dict[str, object]) -> str:
        languages.append(tasks.translation.get_language() or "")
        return render(template, context)

    monkeypatch.setattr(tasks, "render_to_string", noting)
    ending()
    tasks.remind_of_endings()
    assert set(languages) == {"fr"}


def test_many_answers_that_end_together_come_in_one_mail(
    maya: Rightsholder, register: Callable[..., Work], ending: Callable[..., None]
) -> None:
    for number in range(tasks.MOST_LISTED + 3):
        ending(register(maya, f"Harbour {number}"))
    tasks.remind_of_endings()
    reminder = Mail.objects.get()
    assert reminder.subject == f"{tasks.MOST_LISTED + 3} of your answers about AI end soon"
    assert reminder.body.count("wrk_") == tasks.MOST_LISTED
    assert "And 3 more, here:" in reminder.body
    assert Reminder.objects.count() == tasks.MOST_LISTED + 3


def test_nobody_is_reminded_of_what_no_longer_stands(
    maya: Rightsholder, register: Callable[..., Work], ending: Callable[..., None], now: datetime
) -> None:
    removed, withdrawn, renewed = (register(maya, title) for title in ("A", "B", "C"))
    for work in (removed, withdrawn, renewed):
        ending(work)
    remove_work(work=removed, at=now)
    withdraw(rightsholder=maya, work=withdrawn, at=now)
    declare(rightsholder=maya, work=renewed, choices=REFUSAL, at=now)
    short = Terms(ends_at=now + timedelta(days=2))
    declare(rightsholder=maya, choices=REFUSAL, terms=short, at=now)
    far = Terms(ends_at=now + timedelta(days=30))
    declare(rightsholder=maya, choices={Usage.MINING: Choice.ALLOW}, terms=far, at=now)
    tasks.remind_of_endings()
    assert not Mail.objects.exists()


def test_what_stands_for_another_usage_is_still_worth_a_reminder(
    maya: Rightsholder, register: Callable[..., Work], ending: Callable[..., None], now: datetime
) -> None:
    work = register(maya)
    ending(work, choices={Usage.SEARCH: Choice.ALLOW, Usage.MINING: Choice.REFUSE})
    declare(rightsholder=maya, work=work, choices={Usage.MINING: Choice.REFUSE}, at=now)
    tasks.remind_of_endings()
    assert Mail.objects.count() == 1


def test_everybody_who_acts_for_a_rightsholder_is_reminded(
    maya: Rightsholder, account: Callable[..., object], ending: Callable[..., None]
) -> None:
    noor = account("noor@example.org")
    add_rightsholder(user=noor, name="Somebody else")
    maya.memberships.create(user=noor)
    ending()
    tasks.remind_of_endings()
    assert set(Mail.objects.values_list("recipient", flat=True)) == {
        "maya@example.org",
        "noor@example.org",
    }


# Celery itself


def test_losing_a_message_or_a_worker_is_planned_for() -> None:
    assert app.conf.task_acks_late
    assert app.conf.task_reject_on_worker_lost
    assert app.conf.task_retry_on_worker_lost
    assert app.conf.worker_prefetch_multiplier == 1
    assert app.conf.accept_content == ["json"]
    assert app.conf.task_soft_time_limit < app.conf.task_time_limit
    options = app.conf.broker_transport_options
    assert app.conf.task_time_limit < options["visibility_timeout"]
    [queue] = app.conf.task_queues
    assert queue.queue_arguments == {"x-queue-type": "quorum", "x-delivery-limit": 10}
    assert queue.name == app.conf.task_default_queue


def test_a_long_verification_is_neither_stopped_nor_started_twice() -> None:
    assert not tasks.verify_log.acks_late
    assert (
        tasks.verify_log.soft_time_limit == tasks.VERIFICATION_SECONDS < tasks.verify_log.time_limit
    )


def test_a_damaged_log_is_reported_by_night(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tasks.verify_log()
    assert caplog.records == []
    monkeypatch.setattr(tasks.audit, "findings", lambda: iter([fsck.Finding("root-differs", "7")]))
    tasks.verify_log()
    assert "the log has 1 findings" in caplog.text


def test_sessions_that_ended_are_forgotten(now: datetime) -> None:
    for key, seconds in (("ended", -1), ("open", 60)):
        ends_at = now + timedelta(seconds=seconds)
        Session.objects.create(session_key=key, session_data="", expire_date=ends_at)
    tasks.forget_sessions()
    assert [session.session_key for session in Session.objects.all()] == ["open"]


def test_the_timetable_names_tasks_that_exist() -> None:
    app.loader.import_default_modules()
    named = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert named <= set(app.tasks)


def test_a_broker_that_is_down_stops_nobody(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(type(app.tasks["registry.tasks.integrate_log"]), "delay", refuse)
    tasks.integrate_log.delay_on_commit()
    assert "on_commit" in caplog.text


# A real worker and a real beat


class Background:
    """Starts Celery's processes on the test's database, and ends what it started."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.running: list[subprocess.Popen[bytes]] = []
        database = connection.settings_dict
        account = f"{quote(database['USER'])}:{quote(database['PASSWORD'])}"
        place = f"{database['HOST']}:{database['PORT']}/{quote(database['NAME'])}"
        self.broker = f"pgmq://{account}@{place}"
        self.environment = os.environ | {
            "DATABASE_URL": f"postgresql://{account}@{place}",
            "CELERY_BROKER_URL": self.broker,
            "REGISTRY_STATE": str(state),
            "REGISTRY_SIGNING_KEYS": str(django_settings.REGISTRY_SIGNING_KEYS),
            "REGISTRY_SECRET_KEY": django_settings.SECRET_KEY,
        }

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Give a Celery process that leads its own group."""
        command = [sys.executable, "-m", "celery", "-q", "-A", "config.celery", *arguments]
        with (self.state / "celery.log").open("ab") as log:
            process = subprocess.Popen(
                command,
                cwd=PROJECT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.running.append(process)
        return process

    def worker(self, concurrency: int = 2) -> subprocess.Popen[bytes]:
        """Give a worker that has shown that it lives."""
        Heartbeat.objects.all().delete()
        options = ["--without-mingle", "--without-gossip"]
        process = self.start("worker", f"--concurrency={concurrency}", *options)
        until(Heartbeat.objects.exists, 60)
        return process

    def beat(self) -> subprocess.Popen[bytes]:
        """Give the process that sends what the timetable says."""
        return self.start("beat", "--pidfile=", "--schedule", str(self.state / "beat"))

    def nudge(self, task: Task) -> None:
        """Send one message."""
        options = {"conn_string": self.environment["DATABASE_URL"]}
        with app.connection_for_write(self.broker, transport_options=options) as broker:
            task.apply_async(producer=app.amqp.Producer(broker, auto_declare=False))

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """End a process and its children as a power cut would."""
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def end(self) -> None:
        """Kill whatever still runs."""
        for process in self.running:
            if process.poll() is None:
                self.kill(process)


@pytest.fixture
def background(transactional_db: None, tmp_path: Path) -> Iterator[Background]:
    processes = Background(tmp_path)
    yield processes
    processes.end()
    with connection.cursor() as cursor:  # of killed processes: they would hold up the flush
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    connection.close()
    connection.pool.check()  # our own idle ones ended with them


def until(is_so: Callable[[], object], seconds: float) -> float:
    """Wait until it is so; gives how long that took."""
    started = time.monotonic()
    while not is_so():
        assert time.monotonic() < started + seconds, "it did not happen in time"
        time.sleep(0.02)
    return time.monotonic() - started


def is_published() -> bool:
    return pending_since() is None


def is_integrating() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND database ="
            " (SELECT oid FROM pg_database WHERE datname = current_database()))"
        )
        return bool(cursor.fetchone()[0])


def test_what_was_declared_is_published_within_ten_seconds_with_and_without_a_nudge(
    background: Background, maya: Rightsholder, now: datetime
) -> None:
    worker = background.worker()
    declare(rightsholder=maya, choices=REFUSAL, at=now)
    background.nudge(tasks.integrate_log)
    until(is_published, PROMISED_SECONDS)
    background.beat()
    declare(rightsholder=maya, choices=REFUSAL, at=now)
    until(is_published, 30)  # beat starts meanwhile
    declare(rightsholder=maya, choices=REFUSAL, at=now)
    until(is_published, PROMISED_SECONDS)
    worker.terminate()
    assert worker.wait(20) == 0


def test_a_worker_killed_on_the_way_loses_nothing(
    background: Background, maya: Rightsholder, now: datetime
) -> None:
    count = 60_000
    worker = background.worker()
    said = [("test", b"%d" % number) for number in range(count)]
    append_many(log=DECLARATIONS, said=said, at=now)
    background.nudge(tasks.integrate_log)
    until(is_integrating, PROMISED_SECONDS)
    background.kill(worker)
    assert pending_since()
    background.worker()
    background.beat()
    until(is_published, 60)
    published = head()
    assert published
    assert published.size == count + 1  # Maya's standing came first
    assert list(fsck.findings(DECLARATIONS)) == []


@pytest.mark.slow
def test_a_task_whose_process_is_killed_runs_again(
    background: Background, maya: Rightsholder, now: datetime
) -> None:
    worker = background.worker(concurrency=1)
    append_many(log=DECLARATIONS, said=[("test", b"%d" % n) for n in range(60_000)], at=now)
    background.nudge(tasks.integrate_log)
    until(is_integrating, PROMISED_SECONDS)
    [child] = Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text().split()
    os.kill(int(child), signal.SIGKILL)
    assert pending_since()
    until(is_published, 60)  # without beat: the same message came back
