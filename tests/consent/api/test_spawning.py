"""Clients of Spawning's API work here by changing one URL."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import datetime
from hashlib import sha256
from itertools import islice
from threading import Barrier, Event, Thread
from typing import Any
from uuid import uuid4

import pytest
from datadiligence.exceptions import SpawningAIAPIError
from django.conf import settings
from django.db import connection
from pytest_django.live_server_helper import LiveServer

from config.env import CONNECTIONS, WEB_THREADS
from consent import receipts
from consent.api import concurrency
from consent.api.content import BODY_LIMIT
from consent.errors import TooManyAtOnce
from consent.models import ApiKey, Firm, Plan
from consent.services import firms
from registry.identifiers import Identifier, parse
from registry.models import Rightsholder
from registry.vocabulary import Choice, IdentifierKind, Usage
from tests.consent.api.clients import ask_as_dataset_viewer, run

Ask = Callable[..., Any]
PATH = "/api/v2/query/urls/"
CHOICES = {"allowed": Choice.ALLOW, "refused": Choice.REFUSE, "licensed": Choice.LICENSE}


def address(name: str) -> str:
    return f"https://label.example/{name}.jpg"


def url(text: str) -> Identifier:
    return parse(IdentifierKind.URL, text)


@pytest.fixture
def label(vouched: Rightsholder, register: Ask, publish: Ask) -> None:
    """A label has said yes to one picture, no to another, and wants to be asked for a third."""
    for name, choice in CHOICES.items():
        choices = {Usage.GENERATIVE_TRAINING: choice}
        register(vouched, name, url(address(name)), choices=choices)
    publish()


@pytest.fixture
def lenient_key(acme: Firm, now: datetime) -> str:
    """A key whose client hears of refusals alone as opt-outs."""
    return firms.issue_key(firm=acme, at=now, is_strict=False)[1]


@pytest.fixture
def send(client: Any) -> Ask:
    """Send lines as these clients do; give the response."""

    def post(body: str | bytes, key: str, path: str = PATH, scheme: str = "API") -> Any:
        headers = {"Authorization": f"{scheme} {key}"}
        return client.post(path, body, "text/plain", headers=headers)

    return post


LINES = [address("allowed"), address("refused"), address("licensed"), address("unknown")]
LINES += ["", "no address", address("allowed")]


@pytest.mark.django_db
def test_a_strict_key_hears_of_every_no_as_an_opt_out(
    label: None, send: Ask, acme_key: str
) -> None:
    answer = send("\n".join(LINES), acme_key)
    assert answer.status_code == 200
    urls = answer.json()["urls"]
    assert [each["url"] for each in urls] == LINES
    assert [each["optIn"] for each in urls] == [True, False, False, False, False, False, True]
    assert [each["optOut"] for each in urls] == [False, True, True, True, False, True, False]
    assert [each.get("basis") for each in urls] == [
        "granted",
        "refused",
        "license-required",
        "unstated",
        None,
        None,
        "granted",
    ]
    assert urls[5]["error"] == "invalid-url"


@pytest.mark.django_db
def test_a_lenient_key_hears_of_refusals_alone(label: None, send: Ask, lenient_key: str) -> None:
    urls = send("\n".join(LINES), lenient_key).json()["urls"]
    assert [each["optOut"] for each in urls] == [False, True, False, False, False, False, False]
    assert [each["optIn"] for each in urls] == [True, False, False, False, False, False, True]


@pytest.mark.django_db
def test_both_forms_of_the_address_answer_without_a_redirect(
    label: None, send: Ask, acme_key: str
) -> None:
    for path in (PATH, PATH.rstrip("/")):
        for scheme in ("API", "Bearer"):
            assert send(address("allowed"), acme_key, path, scheme).status_code == 200


@pytest.mark.django_db
def test_the_receipt_commits_to_the_body(
    label: None, send: Ask, acme_key: str, settings: Any
) -> None:
    body = "\n".join(LINES)
    answer = send(body, acme_key).json()
    payload = receipts.verify(answer["receipt"], keys=settings.REGISTRY_SIGNING_KEYS)
    assert payload["req"]["body_sha256"] == sha256(body.encode()).hexdigest()
    assert (payload["req"]["n"], payload["res"]["allow"]) == (5, 2)
    assert payload["state"]["root"] == answer["state"]["root"]


@pytest.mark.django_db
def test_only_lines_that_ask_something_are_counted(
    label: None, send: Ask, acme: Firm, acme_key: str
) -> None:
    acme.plan = Plan.objects.create(name="small", items=1000, period_seconds=3600, burst=10)
    acme.save()
    answer = send("\n\n" + address("allowed") + "\n\n", acme_key)
    assert answer["RateLimit"].startswith('"firm";r=9;')
    refused = send("\n".join([address("allowed")] * 10), acme_key)
    assert (refused.status_code, refused.json()["code"]) == (429, "quota-exceeded")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"https://example.org/\xff", 422, "invalid-lines"),
        (b"\n" * 10_001, 422, "too-many-items"),
        (b"\n".join([b"https://example.org/"] * 10_001), 422, "too-many-items"),
        (b"", 422, "invalid-lines"),
    ],
)
def test_bad_bodies_get_a_problem(
    body: bytes, status: int, code: str, label: None, send: Ask, acme_key: str
) -> None:
    answer = send(body, acme_key)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.django_db
def test_ten_thousand_urls_may_end_with_a_line_feed(label: None, send: Ask, acme_key: str) -> None:
    urls = send((address("allowed") + "\n") * 10_000, acme_key).json()["urls"]
    assert [each["optIn"] for each in urls] == [True] * 10_000 + [False]
    assert urls[-1] == {"url": "", "optOut": False, "optIn": False}


@pytest.mark.django_db
def test_a_body_that_is_too_large_is_refused(label: None, send: Ask, acme_key: str) -> None:
    answer = send(b"a" * (BODY_LIMIT + 1), acme_key)
    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")


@pytest.mark.django_db
def test_another_use_may_be_asked_about(label: None, send: Ask, acme_key: str) -> None:
    [entry] = send(address("allowed"), acme_key, f"{PATH}?usage=search").json()["urls"]
    assert (entry["optIn"], entry["basis"]) == (False, "unstated")
    for wrong, code in (("usage=fun", "unknown-usage"), ("use=search", "unknown-parameter")):
        assert send(address("allowed"), acme_key, f"{PATH}?{wrong}").json()["code"] == code


@pytest.mark.django_db
def test_a_key_can_be_made_lenient_and_strict_again(label: None, send: Ask, acme_key: str) -> None:
    key = ApiKey.objects.get()
    for is_strict in (False, True):
        firms.set_strictness(key=key, is_strict=is_strict)
        [entry] = send(address("unknown"), acme_key).json()["urls"]
        assert entry["optOut"] is is_strict


@pytest.mark.django_db
def test_whoever_asks_has_a_key(label: None, client: Any, send: Ask, acme_key: str) -> None:
    asked = "https://example.org/"
    challenge = 'API realm="consent"'
    for answer, error in (
        (client.post(PATH, asked, "text/plain"), ""),
        (send(asked, acme_key, scheme="Basic"), ""),
        (send(asked, "nonsense"), ', error="invalid_token"'),
        (send(asked, "nonsense", scheme="Bearer"), ', error="invalid_token"'),
    ):
        assert (answer.status_code, answer.json()["code"]) == (401, "invalid-key")
        assert answer["WWW-Authenticate"] == challenge + error


@pytest.mark.django_db
def test_another_content_type_or_method_is_refused(label: None, client: Any, acme_key: str) -> None:
    headers = {"Authorization": f"API {acme_key}"}
    answer = client.post(PATH, {"urls": []}, "application/json", headers=headers)
    assert answer.json()["code"] == "unsupported-media-type"
    assert client.get(PATH, headers=headers).json()["code"] == "method-not-allowed"


@pytest.mark.django_db
def test_a_body_of_five_megabytes_is_read(label: None, send: Ask, acme_key: str) -> None:
    long = [f"https://example.org/{n}/{'a' * 500}" for n in range(9_999)]
    answer = send("\n".join([*long, address("allowed")]), acme_key)
    urls = answer.json()["urls"]
    assert len(urls) == 10_000
    assert urls[-1]["optIn"]


@pytest.fixture
def many_urls() -> list[str]:
    """10,001 URLs with duplicates and blanks, one in a hundred of them allowed."""
    urls = [f"https://example.org/{n % 5_000}.jpg" for n in range(10_001)]
    urls[::100] = [address("allowed")] * len(urls[::100])
    urls[50::1_000] = [""] * len(urls[50::1_000])
    return urls


@pytest.fixture
def spawning(
    live_server: LiveServer,
    settings: Any,
    label: None,
    acme_key: str,
    monkeypatch: pytest.MonkeyPatch,
) -> Any:
    """The real client, with its one URL changed."""
    monkeypatch.setenv("SPAWNING_OPTS_KEY", acme_key)
    from datadiligence.rules import SpawningAPI

    monkeypatch.setattr(SpawningAPI, "SPAWNING_AI_API_URL", live_server.url + PATH)
    return SpawningAPI


@pytest.mark.django_db(transaction=True)
def test_datadiligence_works_unmodified(spawning: Any, many_urls: list[str]) -> None:
    expected = [line in ("", address("allowed")) for line in many_urls]
    assert spawning().is_allowed(urls=many_urls) == expected
    assert run(spawning().is_allowed_async(urls=many_urls)) == expected
    kept = [line for line, is_kept in zip(many_urls, expected, strict=True) if is_kept]
    assert spawning().filter_allowed(urls=many_urls) == kept
    assert run(spawning().filter_allowed_async(urls=many_urls)) == kept


@pytest.mark.django_db(transaction=True)
def test_datadiligence_works_in_chunks_of_four(spawning: Any) -> None:
    urls = [*LINES[:5], *LINES[:5], address("unknown"), address("allowed")] * 5
    expected = [line in ("", address("allowed")) for line in urls]
    client = spawning(chunk_size=4)
    assert client.is_allowed(urls=urls) == expected
    assert run(client.is_allowed_async(urls=urls)) == expected


@pytest.mark.django_db(transaction=True)
def test_a_bad_key_is_an_error_in_datadiligence_and_never_a_yes(
    spawning: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPAWNING_OPTS_KEY", "nonsense")
    with pytest.raises(SpawningAIAPIError):
        spawning().is_allowed(urls=[address("allowed")])


@pytest.mark.django_db(transaction=True)
def test_the_request_form_of_dataset_viewer_works_fifty_at_once(
    live_server: LiveServer, label: None, acme_key: str
) -> None:
    urls = [f"https://example.org/{n}.jpg" for n in range(50_001)]
    urls[::1_000] = [address("allowed")] * 51  # the last one is alone in its request
    opted_in, opted_out = ask_as_dataset_viewer(
        live_server.url + PATH.rstrip("/"), key=acme_key, urls=urls, at_once=50
    )
    assert opted_in == list(range(0, 50_001, 1_000))
    assert len(opted_out) == 49_950


@pytest.mark.django_db
def test_a_firm_in_a_crowd_waits_and_another_does_not(
    acme_key: str, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(concurrency, "LONGEST_WAIT", 0.2)
    acme_row = ApiKey.objects.select_related("firm").get()
    zed = firms.issue_key(firm=firms.found_firm(name="Zed"), at=now)[0]
    inside, leave = Barrier(concurrency.AT_ONCE + 1), Barrier(concurrency.AT_ONCE + 1)

    def occupy() -> None:
        with concurrency.turn(acme_row):
            inside.wait(10)
            leave.wait(10)

    threads = [Thread(target=occupy) for _ in range(concurrency.AT_ONCE)]
    for thread in threads:
        thread.start()
    inside.wait(10)
    with pytest.raises(TooManyAtOnce), concurrency.turn(acme_row):
        pass
    monkeypatch.setattr(concurrency, "MOST_WAITING", 0)
    with pytest.raises(TooManyAtOnce), concurrency.turn(acme_row):
        pass
    with concurrency.turn(zed):
        pass
    leave.wait(10)
    for thread in threads:
        thread.join(10)
    with concurrency.turn(acme_row):
        pass


@pytest.mark.django_db(transaction=True)
def test_whoever_waits_holds_no_database_connection(
    acme_key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(concurrency, "LONGEST_WAIT", 0.2)
    key = ApiKey.objects.select_related("firm").get()
    gate = concurrency._gates.setdefault(key.firm_id, concurrency._Gate())
    held = []

    def wait() -> None:
        connection.ensure_connection()
        with pytest.raises(TooManyAtOnce), concurrency.turn(key):
            pass
        held.append(connection.connection)

    for _ in range(concurrency.AT_ONCE):
        gate.free.acquire()
    thread = Thread(target=wait)
    thread.start()
    thread.join(10)
    assert held == [None]


def test_one_firm_never_takes_every_thread_or_place() -> None:
    assert concurrency.MOST_WAITING < settings.WAITING_PLACES < WEB_THREADS
    assert concurrency.AT_ONCE < CONNECTIONS


def test_when_other_firms_crowd_every_thread_one_more_is_answered() -> None:
    each = concurrency.AT_ONCE + concurrency.MOST_WAITING
    firms_in_crowd = WEB_THREADS // each + 1
    at_work = firms_in_crowd * concurrency.AT_ONCE
    refused = firms_in_crowd * each - at_work - settings.WAITING_PLACES
    leave = Event()

    def ask(key: ApiKey, until: Event | None = None) -> bool:
        try:
            with concurrency.turn(key):
                return until is None or until.wait(30)
        except TooManyAtOnce:
            return False

    crowd_keys = [ApiKey(firm_id=uuid4()) for _ in range(firms_in_crowd)]
    with ThreadPoolExecutor(WEB_THREADS) as threads:
        crowd = [threads.submit(ask, key, leave) for _ in range(each) for key in crowd_keys]
        try:
            assert threads.submit(ask, ApiKey(firm_id=uuid4())).result(5)
            first = islice(as_completed(crowd, timeout=5), refused)
            assert [future.result() for future in first] == [False] * refused
        finally:
            leave.set()
    assert sum(future.result() for future in crowd) == at_work + settings.WAITING_PLACES


@pytest.mark.django_db
def test_a_crowd_is_told_when_to_come_back(
    label: None, send: Ask, acme_key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(concurrency, "MOST_WAITING", 0)
    gate = concurrency._gates.setdefault(ApiKey.objects.get().firm_id, concurrency._Gate())
    for _ in range(concurrency.AT_ONCE):
        gate.free.acquire()
    answer = send(address("allowed"), acme_key)
    assert (answer.status_code, answer.json()["code"]) == (429, "too-many-at-once")
    assert int(answer["Retry-After"]) > 0
