"""A firm signs up, gets keys that are shown once, and sees nothing of other firms."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from consent.models import ApiKey, Firm, FirmMember, Plan
from consent.services import firms
from consent.services.quotas import FIRM, charge
from consent.vocabulary import Role
from registry.models import User
from registry.statements import TreeHead
from tests.conftest import firm_with, hash_of

pytestmark = pytest.mark.django_db

KEY = re.compile(r"crk_live_[0-9A-Za-z]{8}_[0-9A-Za-z]{38}")


@pytest.fixture
def engineer(account: Callable[..., User]) -> User:
    """Works at Acme."""
    return account("engineer@acme.example")


@pytest.fixture
def acme(engineer: User) -> Firm:
    """Acme asks."""
    return firm_with(engineer)


@pytest.fixture
def zed(account: Callable[..., User]) -> Firm:
    """Zed must see nothing."""
    return firm_with(account("zed@zed.example"), name="Zed")


@pytest.fixture
def browser(client: Client, engineer: User) -> Client:
    """The engineer, signed in."""
    client.force_login(engineer)
    return client


def form(**more: object) -> dict[str, object]:
    """What a browser sends for a key, each time from a page loaded anew."""
    return {"name": "", "days": "365", "scopes": "lookups", "once": str(uuid4())} | more


def text_of(response: Any) -> str:
    return response.content.decode()


def test_visitors_see_what_it_is_for_and_nothing_else(client: Client, acme: Firm) -> None:
    response = client.get("/firm/")
    assert response.status_code == 200
    assert "Acme" not in text_of(response)
    assert "/accounts/login/?next=/firm/" in text_of(response)


@pytest.mark.parametrize("address", ["/firm/found/", "/firm/keys/", "/firm/keys/abcdefgh/revoke/"])
def test_nothing_is_done_without_signing_in(address: str, client: Client) -> None:
    response = client.post(address, {"name": "Acme"})
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")
    assert not Firm.objects.exists()


@pytest.mark.parametrize("address", ["/firm/found/", "/firm/keys/", "/firm/keys/abcdefgh/revoke/"])
def test_reading_changes_nothing(address: str, browser: Client, acme: Firm) -> None:
    response = browser.get(address)
    assert response.status_code == 302
    assert response["Location"] == "/firm/"
    assert not ApiKey.objects.exists()


def test_a_firm_signs_up_by_its_name(browser: Client, engineer: User) -> None:
    assert "Ask as an organisation" in text_of(browser.get("/firm/"))
    response = browser.post("/firm/found/", {"name": "  Acme  Laboratories "}, follow=True)
    assert response.status_code == 200
    assert "Acme Laboratories" in text_of(response)
    assert "acme.example" in text_of(response)
    assert FirmMember.objects.get().user == engineer


def test_an_address_of_nobody_in_particular_is_told_what_to_do(
    client: Client, account: Callable[..., User]
) -> None:
    client.force_login(account("somebody@gmail.com"))
    page = text_of(client.get("/firm/"))
    assert "Anybody can get an address like somebody@gmail.com" in page
    assert "/accounts/email/" in page
    response = client.post("/firm/found/", {"name": "Acme"})
    assert response.status_code == 422
    assert "gmail.com gives addresses to anybody" in text_of(response)
    assert not Firm.objects.exists()


def test_colleagues_are_sent_to_each_other(browser: Client, account: Callable[..., User]) -> None:
    firms.sign_up(name="Acme", user=account("ada@acme.example"))
    response = browser.post("/firm/found/", {"name": "Acme"})
    assert response.status_code == 409
    assert "Somebody signed up for acme.example already" in text_of(response)


def test_one_account_acts_for_one_firm(browser: Client, acme: Firm) -> None:
    response = browser.post("/firm/found/", {"name": "Acme again"})
    assert response.status_code == 409
    assert "acts for a firm already" in text_of(response)
    assert Firm.objects.count() == 1


@pytest.mark.parametrize("name", ["", "   ", "a" * 201, "a\x00b"])
def test_a_name_that_cannot_be_taken_stays_in_the_form(name: str, browser: Client) -> None:
    response = browser.post("/firm/found/", {"name": name})
    assert response.status_code == 422
    assert "errorlist" in text_of(response)
    assert not Firm.objects.exists()


def test_a_key_is_shown_once_and_kept_nowhere(browser: Client, acme: Firm) -> None:
    response = browser.post("/firm/keys/", form(name="crawler"))
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    [key] = set(KEY.findall(text_of(response)))
    secret = key.rpartition("_")[2]
    later = browser.get("/firm/")
    assert "crawler" in text_of(later)
    assert secret not in text_of(later)
    for session in Session.objects.all():
        assert secret not in str(session.get_decoded())
    assert secret not in str(response.cookies)
    assert secret.encode() not in bytes(ApiKey.objects.get().secret_sha256)


def test_a_key_from_the_page_asks_for_its_firm(
    browser: Client, acme: Firm, publish: Callable[..., TreeHead]
) -> None:
    publish()
    [key] = set(KEY.findall(text_of(browser.post("/firm/keys/", form()))))
    headers = {"Authorization": f"Bearer {key}"}
    query = {"sha256": hash_of("Harbour").value}
    assert Client().get("/api/v1/consent", query, headers=headers).status_code == 200
    assert "Never" not in text_of(browser.get("/firm/"))


def test_a_revoked_key_ends_at_once_and_stays_in_the_list(
    browser: Client, acme: Firm, now: datetime
) -> None:
    key, text = firms.issue_key(firm=acme, at=now)
    response = browser.post(f"/firm/keys/{key.public_id}/revoke/", follow=True)
    assert response.status_code == 200
    assert f"The key {key.public_id} is revoked." in text_of(response)
    assert "Revoked on" in text_of(response)
    answer = Client().get("/api/v1/consent", headers={"Authorization": f"Bearer {text}"})
    assert answer.json()["code"] == "key-ended"


@pytest.mark.parametrize("public_id", ["of Zed", "abcdefgh"])
def test_the_key_of_another_firm_is_not_found(
    public_id: str, browser: Client, acme: Firm, zed: Firm, now: datetime
) -> None:
    key, _text = firms.issue_key(firm=zed, at=now)
    wanted = key.public_id if public_id == "of Zed" else public_id
    assert browser.post(f"/firm/keys/{wanted}/revoke/").status_code == 404
    key.refresh_from_db()
    assert key.revoked_at is None
    assert key.public_id not in text_of(browser.get("/firm/"))


def test_who_acts_for_no_firm_gets_no_key(browser: Client) -> None:
    assert browser.post("/firm/keys/", form()).status_code == 404
    assert not ApiKey.objects.exists()


def test_a_note_that_is_too_long_is_refused_with_its_text(browser: Client, acme: Firm) -> None:
    response = browser.post("/firm/keys/", form(name="a" * 81))
    assert response.status_code == 422
    assert "a" * 81 in text_of(response)
    assert not ApiKey.objects.exists()


def test_a_forged_form_is_refused(engineer: User, acme: Firm) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(engineer)
    assert client.post("/firm/keys/", {"name": ""}).status_code == 403
    assert not ApiKey.objects.exists()


def test_many_keys_cost_no_more_queries_than_one(
    browser: Client, acme: Firm, now: datetime
) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert browser.get("/firm/").status_code == 200
        return len(queries)

    firms.issue_key(firm=acme, at=now)
    one = count()
    for _ in range(20):
        key, _text = firms.issue_key(firm=acme, at=now)
        firms.revoke_key(key=key, at=now)
    assert count() == one <= 8


def test_a_key_lasts_as_long_and_may_do_what_was_chosen(
    browser: Client, acme: Firm, now: datetime
) -> None:
    chosen = {"days": "90", "scopes": ["lookups", "checks"], "is_test": "on"}
    browser.post("/firm/keys/", form(**chosen))
    key = ApiKey.objects.get()
    assert (key.scopes, key.is_test) == (["lookups", "checks"], True)
    assert key.expires_at
    assert timedelta(days=90) <= key.expires_at - now < timedelta(days=90, minutes=5)
    page = text_of(browser.get(f"/firm/keys/{key.public_id}/"))
    assert "In use until" in page
    assert "Questions: one item, or a batch, Checks of whole files" in page


@pytest.mark.parametrize(
    "wrong", [{"days": "0"}, {"days": "9999"}, {"scopes": "all"}, {"scopes": ""}]
)
def test_a_key_without_an_end_or_a_purpose_is_refused(
    wrong: dict[str, str], browser: Client, acme: Firm
) -> None:
    assert browser.post("/firm/keys/", form(**wrong)).status_code == 422
    assert not ApiKey.objects.exists()


def test_a_page_that_is_loaded_again_issues_no_second_key(browser: Client, acme: Firm) -> None:
    sent = form()
    assert browser.post("/firm/keys/", sent).status_code == 200
    again = browser.post("/firm/keys/", sent, follow=True)
    assert "This form was sent before" in text_of(again)
    assert ApiKey.objects.count() == 1


def test_a_third_key_is_refused_with_the_way_on(browser: Client, acme: Firm) -> None:
    statuses = [browser.post("/firm/keys/", form()).status_code for _ in range(2)]
    response = browser.post("/firm/keys/", form(name="third"))
    assert [*statuses, response.status_code] == [200, 200, 409]
    assert "Revoke one of them first" in text_of(response)
    assert 'value="third"' in text_of(response)


def test_a_key_is_made_less_strict_and_strict_again(
    browser: Client, acme: Firm, now: datetime
) -> None:
    key, _ = firms.issue_key(firm=acme, at=now)
    for word, is_strict in (("no", False), ("yes", True), ("no", False), ("nonsense", True)):
        address = f"/firm/keys/{key.public_id}/strictness/"
        page = browser.post(address, {"is_strict": word}, follow=True)
        assert "Saved." in text_of(page)
        key.refresh_from_db()
        assert key.is_strict is is_strict


def test_an_ended_key_offers_nothing_to_change(browser: Client, acme: Firm, now: datetime) -> None:
    key, _ = firms.issue_key(firm=acme, at=now)
    assert "Revoke this key" in text_of(browser.get(f"/firm/keys/{key.public_id}/"))
    firms.revoke_key(key=key, at=now)
    page = text_of(browser.get(f"/firm/keys/{key.public_id}/"))
    assert "Revoked on" in page
    assert "Revoke this key" not in page


def test_a_viewer_sees_keys_and_changes_nothing(
    client: Client, acme: Firm, account: Callable[..., User], now: datetime
) -> None:
    viewer = account("viewer@acme.example")
    firms.join(firm=acme, user=viewer, role=Role.VIEWER)
    client.force_login(viewer)
    key, _ = firms.issue_key(firm=acme, at=now)
    assert key.public_id in text_of(client.get("/firm/"))
    assert "Issue a key" not in text_of(client.get("/firm/"))
    assert "Revoke this key" not in text_of(client.get(f"/firm/keys/{key.public_id}/"))
    for address in ("", f"{key.public_id}/revoke/", f"{key.public_id}/strictness/"):
        assert client.post(f"/firm/keys/{address}", form()).status_code == 403
    key.refresh_from_db()
    assert key.revoked_at is None
    assert ApiKey.objects.count() == 1


def test_the_page_shows_the_quota_and_what_is_left(
    browser: Client, acme: Firm, now: datetime
) -> None:
    Plan.objects.filter(name="standard").update(items=10, period_seconds=36_000, burst=5)
    acme.refresh_from_db()
    charge(policy=FIRM, subject=str(acme.id), plan=acme.plan, items=2, at=now)
    page = text_of(browser.get("/firm/"))
    assert "3 items" in page
    assert "5 items at most" in page
    assert "1 item an hour" in page
    firms.change_plan(firm=acme, plan="unlimited")
    assert "no limit" in text_of(browser.get("/firm/"))
