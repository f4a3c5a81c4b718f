"""A firm stands for a company address; two keys of a kind are in use at most, and each ends."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail

from consent.errors import (
    AddressUnconfirmed,
    AlreadyInFirm,
    FirmExists,
    PrivateAddress,
    TooManyKeys,
    UnknownPlan,
)
from consent.mailboxes import company_domain
from consent.models import ApiKey, Firm, FirmMember
from consent.services import firms
from consent.tasks import remind_of_key_ends
from consent.vocabulary import Role
from registry.models import Mail, User
from registry.services.people import create_account
from tests.conftest import firm_with

pytestmark = pytest.mark.django_db

Account = Callable[[str], User]


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("acme.example", "acme.example"),
        ("Mail.Acme.CO.UK", "acme.co.uk"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("gmail.com", None),
        ("orange.fr", None),
        ("sfr.fr", None),
        ("proton.me", None),
        ("mailinator.com", None),
        ("privaterelay.appleid.com", None),
        ("appleid.com", "appleid.com"),
        ("mozmail.com", None),
        ("riseup.net", None),
        ("anything.mailinator.com", None),
        ("co.uk", None),
        ("localhost", None),
        ("192.0.2.1", None),
        ("", None),
        ("a b", None),
    ],
)
def test_the_domain_of_an_address_is_a_companys_or_anybodys(host: str, domain: str | None) -> None:
    assert company_domain(host) == domain


def test_a_company_signs_up_with_its_domain_and_its_first_owner(account: Account) -> None:
    firm = firms.sign_up(name="Acme", user=account("ada@mail.acme.example"))
    assert firm.domain == "acme.example"
    assert firm.organisation.domains == ["acme.example"]
    assert FirmMember.objects.get().role == Role.OWNER


def test_an_address_that_anybody_can_have_signs_nobody_up(account: Account) -> None:
    with pytest.raises(PrivateAddress) as refusal:
        firms.sign_up(name="Acme", user=account("acme@gmail.com"))
    assert refusal.value.details["domain"] == "gmail.com"
    assert not Firm.objects.exists()


def test_an_address_must_be_confirmed_and_the_main_one(account: Account) -> None:
    stranger = create_account(email="stranger@acme.example")
    with pytest.raises(AddressUnconfirmed):
        firms.sign_up(name="Acme", user=stranger)
    EmailAddress.objects.create(user=stranger, email="stranger@acme.example", primary=True)
    with pytest.raises(AddressUnconfirmed):
        firms.sign_up(name="Acme", user=stranger)
    assert not Firm.objects.exists()


def test_there_is_one_firm_a_domain(account: Account) -> None:
    firms.sign_up(name="Acme", user=account("ada@acme.example"))
    with pytest.raises(FirmExists) as refusal:
        firms.sign_up(name="Other Acme", user=account("bob@labs.acme.example"))
    assert refusal.value.details["domain"] == "acme.example"
    assert Firm.objects.count() == 1


def test_one_account_acts_for_one_firm(account: Account) -> None:
    ada = account("ada@acme.example")
    firm_with(ada, name="Zed")
    with pytest.raises(AlreadyInFirm):
        firms.sign_up(name="Acme", user=ada)
    assert Firm.objects.count() == 1


def test_an_unknown_plan_is_refused() -> None:
    with pytest.raises(UnknownPlan):
        firms.found_firm(name="Acme", plan="golden")


@pytest.mark.parametrize("is_test", [False, True])
def test_two_keys_of_a_kind_are_in_use_at_most(is_test: bool, now: datetime) -> None:
    acme = firms.found_firm(name="Acme")
    firms.issue_key(firm=acme, at=now, is_test=not is_test)
    first, _ = firms.issue_key(firm=acme, at=now, is_test=is_test)
    firms.issue_key(firm=acme, at=now, is_test=is_test, days=30)
    with pytest.raises(TooManyKeys):
        firms.issue_key(firm=acme, at=now, is_test=is_test)
    firms.revoke_key(key=first, at=now)
    firms.issue_key(firm=acme, at=now, is_test=is_test)
    with pytest.raises(TooManyKeys):
        firms.issue_key(firm=acme, at=now, is_test=is_test)
    firms.issue_key(firm=acme, at=now + timedelta(days=30), is_test=is_test)


@pytest.fixture
def ending(account: Account, now: datetime) -> ApiKey:
    """Give a key of Acme that ends in thirty days; Acme has an owner, an engineer, a viewer."""
    acme = firm_with(account("owner@acme.example"))
    engineer = account("engineer@acme.example")
    User.objects.filter(pk=engineer.pk).update(language="fr")
    firms.join(firm=acme, user=engineer, role=Role.ENGINEER)
    firms.join(firm=acme, user=account("viewer@acme.example"), role=Role.VIEWER)
    return firms.issue_key(firm=acme, at=now, name="crawler", days=30)[0]


def test_those_who_make_keys_are_told_fourteen_and_three_days_before_one_ends(
    ending: ApiKey, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = []
    for hours in range(0, 31 * 24, 12):
        moment = now + timedelta(hours=hours)
        monkeypatch.setattr("django.utils.timezone.now", lambda moment=moment: moment)
        remind_of_key_ends()
        remind_of_key_ends()
        mails = list(Mail.objects.order_by("recipient"))
        if mails:
            told.append((hours / 24, [mail.recipient for mail in mails]))
            texts = [mail.subject + mail.body for mail in mails]
            assert all(ending.public_id in text for text in texts)
            assert all("crawler" in text for text in texts)
            assert "ends within" not in texts[0], "the engineer reads French"
            assert "ends within" in texts[1]
        Mail.objects.all().delete()
    both = ["engineer@acme.example", "owner@acme.example"]
    assert told == [(16.0, both), (27.0, both)]
    assert not mail.outbox, "mails are queued, not sent"


@pytest.mark.parametrize("change", ["revoked", "lasting"])
def test_nobody_is_told_of_a_key_that_is_revoked_or_lasts(
    change: str, ending: ApiKey, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    if change == "revoked":
        firms.revoke_key(key=ending, at=now)
    else:
        ApiKey.objects.update(expires_at=None)
    monkeypatch.setattr("django.utils.timezone.now", lambda: now + timedelta(days=29))
    remind_of_key_ends()
    assert not Mail.objects.exists()


def test_a_worker_that_was_away_for_long_tells_once(
    ending: ApiKey, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: now + timedelta(days=29))
    remind_of_key_ends()
    remind_of_key_ends()
    assert Mail.objects.count() == 2
