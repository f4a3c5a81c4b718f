"""Who may ask, and how much."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from consent.errors import (
    InvalidKey,
    KeyEnded,
    QuotaExceeded,
    TooManyItems,
    UnknownPlan,
)
from consent.models import ApiKey, Firm, Plan
from consent.services import firms, quotas
from consent.vocabulary import KeyScope

pytestmark = pytest.mark.django_db

Ask = Callable[..., Any]
NOBODY = "0" * 64


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch, now: datetime) -> Callable[[float], None]:
    """Set the clock to so many seconds after now."""

    def set_to(seconds: float) -> None:
        moment = now + timedelta(seconds=seconds)
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    set_to(0.01)  # when what was published is there
    return set_to


@pytest.fixture
def one_in_ten_seconds(acme: Firm) -> Plan:
    """Give Acme a quota that is used up by three items and lets one in every ten seconds."""
    plan = Plan.objects.create(name="slow", items=360, period_seconds=3600, burst=3)
    firms.change_plan(firm=acme, plan="slow")
    return plan


def test_a_key_is_known_by_its_hash_alone(acme_key: str) -> None:
    [row] = ApiKey.objects.all()
    assert acme_key.startswith(f"crk_live_{row.public_id}_")
    assert acme_key.encode() not in bytes(row.secret_sha256)


def test_a_mistyped_key_never_reaches_the_database(
    acme_key: str, now: datetime, django_assert_num_queries: Any
) -> None:
    last = "a" if acme_key[-1] != "a" else "b"
    with django_assert_num_queries(0), pytest.raises(InvalidKey):
        firms.key_in_use(text=acme_key[:-1] + last, at=now)


def test_a_revoked_or_expired_key_ends_at_once(acme_key: str, acme: Firm, now: datetime) -> None:
    key = firms.key_in_use(text=acme_key, at=now)
    ApiKey.objects.update(expires_at=now)
    with pytest.raises(KeyEnded):
        firms.key_in_use(text=acme_key, at=now)
    ApiKey.objects.update(expires_at=None)
    firms.revoke_key(key=key, at=now)
    with pytest.raises(KeyEnded):
        firms.key_in_use(text=acme_key, at=now)


def test_an_ended_key_is_challenged(acme_key: str, now: datetime, ask: Ask) -> None:
    firms.revoke_key(key=ApiKey.objects.get(), at=now)
    answer = ask(key=acme_key, sha256=NOBODY)
    assert (answer.status_code, answer.json()["code"]) == (401, "key-ended")
    assert answer["WWW-Authenticate"] == 'Bearer realm="consent", error="invalid_token"'


def test_a_key_asks_for_nothing_but_what_it_is_for(
    acme: Firm, now: datetime, client: Any, ask: Ask, ask_many: Ask, publish: Ask
) -> None:
    publish()
    key = firms.issue_key(firm=acme, at=now, scopes=[KeyScope.CHECKS])[1]
    refusals = [
        ask(key=key, sha256=NOBODY),
        ask_many({"items": [{"sha256": NOBODY}]}, key=key),
        client.post(
            "/api/v2/query/urls/", "x", "text/plain", headers={"Authorization": f"API {key}"}
        ),
    ]
    assert [(each.status_code, each.json()["code"]) for each in refusals] == [
        (403, "key-scope")
    ] * 3
    ApiKey.objects.update(scopes=[KeyScope.LOOKUPS, KeyScope.CHECKS])
    assert ask(key=key, sha256=NOBODY).status_code == 200


@pytest.mark.parametrize(
    ("header", "error"),
    [
        ("Bearer nonsense", ', error="invalid_token"'),
        ("Bearer", ', error="invalid_token"'),
        ("Bearer crk_live_é_", ', error="invalid_token"'),
        ("Basic YTpi", ""),
        ("API key", ""),
    ],
)
def test_a_bad_key_is_never_taken_for_an_anonymous_question(
    header: str, error: str, client: Any, publish: Ask
) -> None:
    publish()
    answer = client.get("/api/v1/consent", {"sha256": "0" * 64}, headers={"Authorization": header})
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid-key")
    assert answer["WWW-Authenticate"] == f'Bearer realm="consent"{error}'


def test_use_is_noted_once_a_minute(acme_key: str, now: datetime) -> None:
    firms.key_in_use(text=acme_key, at=now)
    firms.key_in_use(text=acme_key, at=now + timedelta(seconds=30))
    assert ApiKey.objects.get().last_used_at == now
    firms.key_in_use(text=acme_key, at=now + timedelta(seconds=61))
    assert ApiKey.objects.get().last_used_at == now + timedelta(seconds=61)


def test_a_quota_counts_items_and_fills_up_again(now: datetime) -> None:
    plan = Plan.objects.create(name="ten", items=10, period_seconds=10, burst=5)

    def charge(items: int, seconds: float) -> quotas.Allowance | None:
        at = now + timedelta(seconds=seconds)
        return quotas.charge(policy="firm", subject="acme", plan=plan, items=items, at=at)

    allowance = charge(4, 0)
    assert allowance
    assert allowance.remaining == 1
    with pytest.raises(QuotaExceeded) as refusal:
        charge(2, 0)
    assert refusal.value.details["retry_after"] == 1
    assert charge(1, 0), "a refusal costs nothing"
    assert charge(3, 3)
    with pytest.raises(TooManyItems):
        charge(6, 1000)


def test_all_keys_of_a_firm_share_one_quota(
    acme: Firm, acme_key: str, now: datetime, ask: Ask, publish: Ask
) -> None:
    publish()
    Plan.objects.create(name="two", items=1, period_seconds=3600, burst=2)
    firms.change_plan(firm=acme, plan="two")
    other_key = firms.issue_key(firm=acme, at=now)[1]
    first = ask(key=acme_key, sha256="0" * 64)
    assert first["RateLimit-Policy"] == '"firm";q=1;w=3600'
    assert first["RateLimit"].startswith('"firm";r=1;t=')
    assert ask(key=other_key, sha256="0" * 64).status_code == 200
    refused = ask(key=acme_key, sha256="0" * 64)
    assert (refused.status_code, refused.json()["code"]) == (429, "quota-exceeded")
    assert int(refused["Retry-After"]) > 0
    assert refused["RateLimit"].startswith('"firm";r=0;t=')


@pytest.fixture
def used_up(
    one_in_ten_seconds: Plan, acme_key: str, ask: Ask, publish: Ask, clock: Callable[[float], None]
) -> str:
    """Give Acme's key, with its quota used up and one refusal more."""
    publish()
    statuses = [ask(key=acme_key, sha256=NOBODY).status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    return acme_key


def test_who_asks_on_is_refused_again_without_the_database(
    used_up: str, ask: Ask, clock: Callable[[float], None], django_assert_num_queries: Any
) -> None:
    clock(0.91)
    with django_assert_num_queries(0):
        refused = ask(key=used_up, sha256=NOBODY)
    assert (refused.status_code, refused.json()["code"]) == (429, "quota-exceeded")
    assert refused["Retry-After"] == "10", "of the 10 seconds from the first refusal, 9.1 are left"
    assert refused["RateLimit-Policy"] == '"firm";q=360;w=3600'
    assert refused["RateLimit"] == '"firm";r=0;t=30'
    assert refused["Cache-Control"] == "no-store"


def test_a_refusal_is_remembered_for_a_second_so_that_a_new_plan_counts(
    used_up: str, acme: Firm, ask: Ask, clock: Callable[[float], None]
) -> None:
    firms.change_plan(firm=acme, plan=quotas.UNLIMITED)
    clock(1.0)
    assert ask(key=used_up, sha256=NOBODY).status_code == 429
    clock(1.02)
    assert ask(key=used_up, sha256=NOBODY).status_code == 200


def test_a_refusal_is_never_remembered_longer_than_it_is_true(
    acme: Firm, acme_key: str, ask: Ask, publish: Ask, clock: Callable[[float], None]
) -> None:
    publish()
    Plan.objects.create(name="brisk", items=5, period_seconds=1, burst=1)
    firms.change_plan(firm=acme, plan="brisk")
    assert ask(key=acme_key, sha256=NOBODY).status_code == 200
    assert ask(key=acme_key, sha256=NOBODY).status_code == 429
    clock(0.20)
    assert ask(key=acme_key, sha256=NOBODY)["Retry-After"] == "1"
    clock(0.21)
    assert ask(key=acme_key, sha256=NOBODY).status_code == 200


def test_a_key_revoked_meanwhile_never_gets_an_answer(
    used_up: str, now: datetime, ask: Ask, clock: Callable[[float], None]
) -> None:
    firms.revoke_key(key=ApiKey.objects.get(), at=now)
    statuses = []
    for seconds in (0.02, 0.5, 1.0, 1.02, 60, 61):
        clock(seconds)
        statuses.append(ask(key=used_up, sha256=NOBODY).status_code)
    assert statuses == [429, 429, 429, 401, 401, 401]


def test_one_firms_refusal_is_nobody_elses(used_up: str, now: datetime, ask: Ask) -> None:
    zed_key = firms.issue_key(firm=firms.found_firm(name="Zed"), at=now)[1]
    assert ask(key=zed_key, sha256=NOBODY).status_code == 200
    assert ask(sha256=NOBODY).status_code == 200
    assert ask(key=used_up, sha256=NOBODY).status_code == 429
    assert ask(key=used_up[:-1], sha256=NOBODY).status_code == 401


def test_a_refused_batch_leaves_room_for_smaller_ones(
    one_in_ten_seconds: Plan,
    acme_key: str,
    ask: Ask,
    ask_many: Ask,
    publish: Ask,
    clock: Callable[[float], None],
) -> None:
    publish()
    assert ask(key=acme_key, sha256=NOBODY).status_code == 200

    def batch(count: int) -> int:
        return ask_many({"items": [{"sha256": NOBODY}] * count}, key=acme_key).status_code

    assert [batch(3), batch(3), batch(2), batch(2)] == [429, 429, 200, 429]
    assert ask(key=acme_key, sha256=NOBODY).status_code == 429


def test_the_anonymous_share_a_quota_by_address(client: Any, publish: Ask) -> None:
    publish()
    Plan.objects.filter(name="anonymous").update(items=1, period_seconds=3600, burst=1)

    def status(address: str) -> int:
        query = {"sha256": "0" * 64}
        return client.get("/api/v1/consent", query, REMOTE_ADDR=address).status_code

    assert status("192.0.2.1") == 200
    assert status("192.0.2.1") == 429
    assert status("192.0.2.2") == 200
    assert status("::ffff:192.0.2.3") == 200, "as a socket for both families reports IPv4"
    assert status("192.0.2.3") == 429
    assert status("2001:db8::1") == 200
    assert status("2001:db8::ffff") == 429, "one household has a whole /64"
    assert status("2001:db8:0:1::1") == 200


def test_a_bad_question_costs_nothing(client: Any, publish: Ask) -> None:
    publish()
    Plan.objects.filter(name="anonymous").update(items=1, period_seconds=3600, burst=1)
    for _ in range(3):
        assert client.get("/api/v1/consent", {"sha256": "short"}).status_code == 422
    assert client.get("/api/v1/consent", {"sha256": "0" * 64}).status_code == 200


def test_an_unknown_plan_is_refused() -> None:
    with pytest.raises(UnknownPlan):
        firms.found_firm(name="Acme", plan="golden")
