"""Firms, keys and quotas: changed through services, never with a secret in sight."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import IntegrityError
from django.db.transaction import atomic
from django.test import Client

from consent.errors import KeyEnded, QuotaExceeded
from consent.models import ApiKey, Firm, Plan
from consent.services.firms import issue_key, key_in_use
from consent.services.quotas import FIRM, charge, set_plan
from registry.models import User
from registry.services.people import set_access
from tests.conftest import firm_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(client: Client, account: Callable[[str], User]) -> Client:
    noor = account("noor@example.org")
    set_access(user=noor, is_active=True, is_administrator=True)
    client.force_login(noor)
    return client


@pytest.fixture
def acme(account: Callable[[str], User]) -> Firm:
    return firm_with(account("acme@example.org"))


def test_a_firm_is_found_by_its_key_and_given_another_quota(
    operator: Client, acme: Firm, now: datetime
) -> None:
    key, _ = issue_key(firm=acme, at=now)
    for query in ("acm", "acme@example.org", key.public_id):
        assert ">Acme</a>" in operator.get("/admin/consent/firm/", {"q": query}).content.decode()
    unlimited = Plan.objects.get(name="unlimited")
    page = f"/admin/consent/firm/{acme.id}/change/"
    inlines = {
        f"{prefix}-{field}": "0"
        for prefix in ("keys", "memberships")
        for field in ("TOTAL_FORMS", "INITIAL_FORMS")
    }
    assert operator.post(page, {"plan": unlimited.pk, **inlines}).status_code == 302
    acme.refresh_from_db()
    assert acme.plan == unlimited


def test_a_key_is_revoked_at_once_and_after_a_question(
    operator: Client, acme: Firm, now: datetime
) -> None:
    key, text = issue_key(firm=acme, at=now)
    page = f"/admin/consent/apikey/{key.pk}/revoke/"
    assert "It cannot be undone." in operator.get(page).content.decode()
    assert key_in_use(text=text, at=now)
    assert operator.post(page, {"_form_submitted": "on"}).status_code == 302
    with pytest.raises(KeyEnded):
        key_in_use(text=text, at=now)


def test_no_page_shows_a_secret(operator: Client, acme: Firm, now: datetime) -> None:
    key, text = issue_key(firm=acme, at=now)
    digest = bytes(ApiKey.objects.get().secret_sha256)
    for page in ("firm/", f"firm/{acme.id}/change/", "apikey/", f"apikey/{key.pk}/change/"):
        shown = operator.get(f"/admin/consent/{page}").content.decode()
        assert key.public_id in shown or page == "firm/"
        assert text not in shown
        assert text.rpartition("_")[2] not in shown
        assert digest.hex() not in shown


def test_a_quota_is_made_and_changed_but_keeps_its_name(operator: Client) -> None:
    form = {"name": "large", "items": "5000000", "period_seconds": "3600", "burst": "500000"}
    assert operator.post("/admin/consent/plan/add/", form).status_code == 302
    large = Plan.objects.get(name="large")
    page = f"/admin/consent/plan/{large.pk}/change/"
    form |= {"name": "small", "items": "7"}
    assert operator.post(page, form).status_code == 302
    large.refresh_from_db()
    assert (large.name, large.items) == ("large", 7)


@pytest.mark.parametrize("wrong", [{"items": "0"}, {"burst": "0"}, {"period_seconds": "0"}])
def test_a_quota_that_allows_nothing_is_refused(operator: Client, wrong: dict[str, str]) -> None:
    form = {"name": "none", "items": "1", "period_seconds": "1", "burst": "1"} | wrong
    assert operator.post("/admin/consent/plan/add/", form).status_code == 200
    assert not Plan.objects.filter(name="none").exists()


def test_a_quota_too_fast_to_be_counted_is_refused(operator: Client) -> None:
    second = {"name": "fast", "period_seconds": "1", "burst": "1"}
    answer = operator.post("/admin/consent/plan/add/", second | {"items": "100001"})
    assert "More than 100,000 items a second cannot be counted." in answer.content.decode()
    longest = {"period_seconds": str(2**31 - 1), "items": str(100_000 * (2**31 - 1) + 1)}
    assert operator.post("/admin/consent/plan/add/", second | longest).status_code == 200
    assert not Plan.objects.filter(name="fast").exists()
    assert (
        operator.post("/admin/consent/plan/add/", second | {"items": "100000"}).status_code == 302
    )


def test_the_fastest_quota_is_counted(now: datetime) -> None:
    with pytest.raises(IntegrityError), atomic():
        set_plan(name="faster", items=360_000_001, period_seconds=3600, burst=3)
    fast = set_plan(name="fast", items=360_000_000, period_seconds=3600, burst=3)

    def left() -> int | None:
        allowance = charge(policy=FIRM, subject="acme", plan=fast, items=1, at=now)
        return allowance and allowance.remaining

    assert [left() for _ in range(3)] == [2, 1, 0]
    with pytest.raises(QuotaExceeded):
        left()
