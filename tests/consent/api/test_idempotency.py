"""A batch that is sent again with the same Idempotency-Key is answered and charged once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Thread
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from consent import tasks
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
    assert again["RateLimit"] == first["RateLimit"]
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
