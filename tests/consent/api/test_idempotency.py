"""A batch that is sent again with the same Idempotency-Key is answered and charged once."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Thread
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from consent import tasks
from consent.api import metering
from consent.models import ApiKey, Firm, KeptAnswer, Meter, Plan
from consent.services import firms, idempotency
from registry.models import Rightsholder
from registry.vocabulary import Choice, Usage
from tests.conftest import hash_of

Ask = Callable[..., Any]
ALLOW = {Usage.GENERATIVE_TRAINING: Choice.ALLOW}
BODY = {"items": [{"sha256": hash_of("Harbour").value}, {"sha256": "bad"}]}


@pytest.fixture
def metered(acme: Firm) -> Firm:
    """Acme with a quota."""
    acme.plan = Plan.objects.create(name="small", items=10, period_seconds=3600, burst=10)
    acme.save()
    return acme


@pytest.fixture
def send(client: Client, acme_key: str) -> Ask:
    """Send a batch with an Idempotency-Key; give the response."""

    def post(name: str = "first", body: Any = BODY, key: str = acme_key, **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": name}
        more.setdefault("content_type", "application/json")
        return client.post("/api/v1/consent", body, headers=headers, **more)

    return post


@pytest.mark.django_db
def test_the_same_request_gets_the_same_answer_and_is_charged_once(
    metered: Firm, vouched: Rightsholder, register: Ask, publish: Ask, send: Ask
) -> None:
    publish()
    first = send()
    assert first.status_code == 200
    assert "Idempotent-Replayed" not in first
    charged = Meter.objects.get().arrival_at
    register(vouched, choices=ALLOW)
    publish(timezone.now())
    again = send()
    assert (again.status_code, again.content) == (200, first.content)
    assert again["Idempotent-Replayed"] == "true"
    assert again["Content-Type"] == "application/json"
    assert {"RateLimit", "RateLimit-Policy"} <= set(first.headers)
    assert not {"RateLimit", "RateLimit-Policy"} & set(again.headers), "true of then, not of now"
    assert first["Cache-Control"] == again["Cache-Control"] == "private, no-store"
    assert Meter.objects.get().arrival_at == charged
    assert send("second").json()["results"][0]["verdict"] == "allow"


@pytest.mark.django_db
def test_records_are_replayed_with_their_receipt(publish: Ask, send: Ask) -> None:
    publish()
    body = hash_of("Harbour").key * 3
    first, again = (send(body=body, content_type="application/octet-stream") for _ in range(2))
    assert first.content == again.content == bytes([1, 1, 1])
    assert again["Consent-Receipt"] == first["Consent-Receipt"]
    assert again["Content-Type"] == "application/octet-stream"
    assert again["Idempotent-Replayed"] == "true"


@pytest.mark.django_db
def test_another_request_with_the_same_key_is_refused(
    publish: Ask, send: Ask, acme: Firm, now: datetime
) -> None:
    publish()
    send()
    for body in ({"items": BODY["items"][:1]}, {**BODY, "usage": "search"}):
        answer = send(body=body)
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency-key-reused")
    trial = firms.issue_key(firm=acme, at=now, is_test=True)[1]
    assert send(key=trial).json()["code"] == "idempotency-key-reused", "a test is no real request"


@pytest.mark.django_db
def test_firms_do_not_meet_in_a_key(publish: Ask, send: Ask, now: datetime) -> None:
    publish()
    zed = firms.issue_key(firm=firms.found_firm(name="Zed"), at=now)[1]
    send()
    other = send(key=zed)
    assert other.status_code == 200
    assert "Idempotent-Replayed" not in other


@pytest.mark.django_db
def test_all_keys_of_a_firm_share_its_answers(
    publish: Ask, send: Ask, acme: Firm, now: datetime
) -> None:
    publish()
    first = send()
    rotated = firms.issue_key(firm=acme, at=now)[1]
    assert send(key=rotated).content == first.content


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changed",
    [
        {"body": json.dumps(BODY) + " "},
        {"content_type": "application/json; charset=utf-8"},
        {"query_params": {"usage": "search"}},
    ],
    ids=["a space", "content type", "query"],
)
def test_a_request_is_the_same_to_its_last_octet(
    changed: dict[str, Any], publish: Ask, send: Ask
) -> None:
    publish()
    first = send()
    answer = send(**changed)
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency-key-reused")
    assert send().content == first.content


@pytest.mark.django_db
def test_after_the_quota_filled_up_the_same_key_works(
    metered: Firm, publish: Ask, send: Ask, now: datetime
) -> None:
    publish()
    Meter.objects.create(subject=f"firm:{metered.id}", arrival_at=now + timedelta(days=1))
    assert send().status_code == 429
    Meter.objects.all().delete()
    metering._remembered.clear()  # as a second later
    answer = send()
    assert answer.status_code == 200
    assert "Idempotent-Replayed" not in answer


@pytest.mark.django_db(transaction=True)
def test_after_a_crash_the_same_key_works(
    metered: Firm, acme_key: str, publish: Ask, send: Ask
) -> None:
    publish()
    headers = {"Authorization": f"Bearer {acme_key}", "Idempotency-Key": "first"}
    patient = Client(raise_request_exception=False)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE consent_meter RENAME TO lost")
    try:
        crashed = patient.post("/api/v1/consent", BODY, "application/json", headers=headers)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE lost RENAME TO consent_meter")
    assert crashed.status_code == 500
    assert not KeptAnswer.objects.exists()
    assert send().status_code == 200


@pytest.mark.django_db(transaction=True)
def test_whoever_comes_while_the_first_is_at_work_gets_its_answer_later(
    metered: Firm, acme_key: str, publish: Ask, send: Ask
) -> None:
    publish()
    send("before")  # so that there is a meter to hold
    stood_at = Meter.objects.get().arrival_at
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Meter.objects.select_for_update().get()
            first = pool.submit(_send_beside, acme_key)
            while not KeptAnswer.objects.filter(status=None).exists():
                assert not first.done()
            assert send().json()["code"] == "idempotency-in-progress"
        answer = first.result(30)
    again = send()
    assert answer.status_code == again.status_code == 200
    assert again.content == answer.content
    assert Meter.objects.get().arrival_at == stood_at + timedelta(seconds=720), "two items, once"


def _send_beside(key: str) -> Any:
    """Send the batch from a thread of its own, and hand its connection back."""
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": "first"}
    try:
        return Client().post("/api/v1/consent", BODY, "application/json", headers=headers)
    finally:
        connection.close()


@pytest.mark.django_db
def test_a_refused_request_may_be_sent_again(metered: Firm, publish: Ask, send: Ask) -> None:
    publish()
    too_many = {"items": BODY["items"] * 10}
    assert send(body=too_many).json()["code"] == "too-many-items"
    assert not KeptAnswer.objects.exists()
    assert send().status_code == 200


@pytest.mark.django_db
def test_a_revoked_key_gets_no_replay(publish: Ask, send: Ask, now: datetime) -> None:
    publish()
    send()
    firms.revoke_key(key=ApiKey.objects.get(), at=now)
    assert send().status_code == 401


@pytest.mark.django_db
def test_while_the_first_is_being_answered_the_second_is_told_to_wait(
    publish: Ask, send: Ask
) -> None:
    publish()
    send()
    KeptAnswer.objects.update(status=None)
    answer = send()
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency-in-progress")
    assert answer["Retry-After"]
    KeptAnswer.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert send().status_code == 200, "whoever worked on it is gone"


@pytest.mark.django_db
def test_one_who_lost_the_lease_overwrites_nothing(acme: Firm, now: datetime, publish: Ask) -> None:
    asked = {"firm": acme.id, "key": "first", "request_sha256": b"x" * 32}
    late = idempotency.claim(**asked, at=now)
    prompt = idempotency.claim(**asked, at=now + idempotency.LEASE)
    assert isinstance(late, idempotency.Claim)
    assert isinstance(prompt, idempotency.Claim)
    idempotency.keep(claim=prompt, answer=idempotency.Answer(200, {}, b"prompt"))
    idempotency.keep(claim=late, answer=idempotency.Answer(200, {}, b"late"))
    idempotency.release(claim=late)
    kept = idempotency.claim(**asked, at=now + 2 * idempotency.LEASE)
    assert isinstance(kept, idempotency.Answer)
    assert kept.body == b"prompt"


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["", " ", "a b", "a" * 256, "é"])
def test_a_strange_key_is_refused(name: str, publish: Ask, send: Ask) -> None:
    publish()
    answer = send(name)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid-idempotency-key")


@pytest.mark.django_db
def test_without_an_api_key_nothing_is_kept(client: Client, publish: Ask) -> None:
    publish()
    headers = {"Idempotency-Key": "first"}
    answer = client.post("/api/v1/consent", BODY, "application/json", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency-needs-key")


@pytest.mark.django_db
def test_answers_are_kept_for_a_day(publish: Ask, send: Ask) -> None:
    publish()
    send("old")
    send("new")
    KeptAnswer.objects.filter(key="old").update(created_at=timezone.now() - timedelta(days=1))
    assert "Idempotent-Replayed" not in send("old")
    KeptAnswer.objects.filter(key="old").update(created_at=timezone.now() - timedelta(days=1))
    tasks.forget_answers()
    assert KeptAnswer.objects.get().key == "new"


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_is_charged(
    metered: Firm, acme_key: str, publish: Ask, now: datetime
) -> None:
    publish()
    answers: list[Any] = []

    def send() -> None:
        headers = {"Authorization": f"Bearer {acme_key}", "Idempotency-Key": "first"}
        try:
            answers.append(
                Client().post("/api/v1/consent", BODY, "application/json", headers=headers)
            )
        finally:
            connection.close()

    threads = [Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    good = [answer for answer in answers if answer.status_code == 200]
    assert len(answers) == 6
    assert good
    assert {answer.status_code for answer in answers} <= {200, 409}
    assert len({answer.content for answer in good}) == 1
    each = timedelta(seconds=360)
    assert Meter.objects.get().arrival_at < now + 3 * each, "two items, once"
