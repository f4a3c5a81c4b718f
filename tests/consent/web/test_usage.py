"""What a firm asked, counted with the quota and shown by day and by key."""

import csv
from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.test import Client

from consent.errors import QuotaExceeded
from consent.models import ApiKey, Firm, KeyUsage, Plan
from consent.services import firms, quotas
from registry.models import User
from tests.conftest import firm_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(account: Callable[[str], User]) -> User:
    """Owns Acme."""
    return account("ada@acme.example")


@pytest.fixture
def acme(ada: User) -> Firm:
    """Acme asks."""
    return firm_with(ada)


@pytest.fixture
def key(acme: Firm, now: datetime) -> ApiKey:
    """The key of Acme's crawler."""
    return firms.issue_key(firm=acme, at=now, name="crawler")[0]


@pytest.fixture
def browser(client: Client, ada: User) -> Client:
    """Ada, signed in."""
    client.force_login(ada)
    return client


def counted(key: ApiKey) -> list[tuple[Any, int, int]]:
    rows = KeyUsage.objects.filter(key=key).order_by("day")
    return list(rows.values_list("day", "requests", "items"))


@pytest.mark.parametrize("plan", [quotas.STANDARD, quotas.UNLIMITED])
def test_requests_and_items_are_counted_by_key_and_day(
    plan: str, acme: Firm, key: ApiKey, now: datetime
) -> None:
    firms.change_plan(firm=acme, plan=plan)
    other, _ = firms.issue_key(firm=acme, at=now)
    key.firm = other.firm = acme
    tomorrow = now + timedelta(days=1)
    for each, items, at in ((key, 1, now), (other, 7, now), (key, 30, now), (key, 5, tomorrow)):
        quotas.charge_key(key=each, items=items, at=at)
    assert counted(key) == [(now.date(), 2, 31), (tomorrow.date(), 1, 5)]
    assert counted(other) == [(now.date(), 1, 7)]


def test_what_was_refused_is_not_counted(acme: Firm, key: ApiKey, now: datetime) -> None:
    Plan.objects.create(name="two", items=2, period_seconds=3600, burst=2)
    firms.change_plan(firm=acme, plan="two")
    key.firm = acme
    quotas.charge_key(key=key, items=2, at=now)
    with pytest.raises(QuotaExceeded):
        quotas.charge_key(key=key, items=1, at=now)
    assert counted(key) == [(now.date(), 1, 2)]


def test_counting_costs_no_statement_more(
    acme: Firm, key: ApiKey, now: datetime, django_assert_num_queries: Any
) -> None:
    key.firm = acme
    with django_assert_num_queries(1):
        quotas.charge_key(key=key, items=2, at=now)


def test_the_page_shows_nothing_then_a_chart_and_sums(
    browser: Client, acme: Firm, key: ApiKey, now: datetime
) -> None:
    assert "Nothing was asked yet" in browser.get("/firm/usage/").content.decode()
    key.firm = acme
    for days, items in ((30, 77_777), (29, 1), (1, 2_345), (0, 10_000)):
        quotas.charge_key(key=key, items=items, at=now - timedelta(days=days))
    page = browser.get("/firm/usage/").content.decode()
    assert "12,346 items were asked for." in page
    assert "That took 3 requests." in page
    assert page.count("<rect") == 30
    assert page.count('height="100') == 1, "the busiest day is as high as the chart"
    assert "crawler" in page
    assert "77,777" not in page


def test_the_table_has_every_day_and_key_of_this_firm_alone(
    browser: Client, acme: Firm, key: ApiKey, account: Callable[[str], User], now: datetime
) -> None:
    zed = firm_with(account("zed@zed.example"), name="Zed")
    foreign, _ = firms.issue_key(firm=zed, at=now)
    for each, day, items in ((key, 0, 5), (key, 399, 8), (foreign, 0, 9)):
        KeyUsage.objects.create(
            key=each, day=(now - timedelta(days=day)).date(), requests=1, items=items
        )
    response = browser.get("/firm/usage.csv")
    assert response["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(StringIO(response.content.decode())))
    assert [(row["key"], row["requests"], row["items"]) for row in rows] == [
        (key.public_id, "1", "5"),
        (key.public_id, "1", "8"),
    ]
    assert rows[0]["day"] == now.date().isoformat()


@pytest.mark.parametrize("address", ["/firm/usage/", "/firm/usage.csv", "/firm/members/"])
def test_who_acts_for_no_firm_sees_none(
    address: str, client: Client, acme: Firm, account: Callable[[str], User]
) -> None:
    assert client.get(address)["Location"].startswith("/accounts/login/")
    client.force_login(account("zed@zed.example"))
    assert client.get(address).status_code == 404


def test_old_days_are_forgotten(key: ApiKey, now: datetime) -> None:
    for days in (400, 401):
        KeyUsage.objects.create(key=key, day=(now - timedelta(days=days)).date())
    quotas.forget_usage(at=now)
    assert [day for day, *_ in counted(key)] == [(now - timedelta(days=400)).date()]
