"""Keys for scripts, and receipts checked without a server."""

import json
from collections.abc import Callable
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from consent import receipts
from consent.errors import InvalidReceipt
from consent.models import Firm
from consent.services import firms
from registry.models import User
from tests.conftest import firm_with
from tests.consent.api.conftest import ask

__all__ = ["ask"]

pytestmark = pytest.mark.django_db


def printed(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_a_key_stands_alone_on_the_last_line_and_works(now: datetime) -> None:
    key = printed("issue_key", "--firm", "Acme", "--plan", "unlimited").splitlines()[-1]
    assert firms.key_in_use(text=key, at=now).firm.plan.name == "unlimited"


def test_the_same_name_is_the_same_firm(now: datetime) -> None:
    printed("issue_key", "--firm", "Acme")
    key = printed("issue_key", "--firm", "Acme").splitlines()[-1]
    assert Firm.objects.count() == 1
    assert firms.key_in_use(text=key, at=now).firm.plan.name == "standard"
    firms.revoke_key(key=firms.key_in_use(text=key, at=now), at=now)
    printed("issue_key", "--firm", "Acme", "--plan", "unlimited")
    assert Firm.objects.get().plan.name == "unlimited"


def test_a_third_key_is_refused_with_the_way_on() -> None:
    for _ in range(2):
        printed("issue_key", "--firm", "Acme")
    with pytest.raises(CommandError, match="Revoke one of them first"):
        printed("issue_key", "--firm", "Acme")


def test_whoever_took_the_name_first_gets_neither_key_nor_quota(
    account: Callable[[str], User], now: datetime
) -> None:
    zeds = firm_with(account("zed@example.org"))
    key = printed("issue_key", "--firm", "Acme", "--plan", "unlimited").splitlines()[-1]
    assert firms.key_in_use(text=key, at=now).firm != zeds
    assert not zeds.keys.exists()
    zeds.refresh_from_db()
    assert zeds.plan.name == "standard"
    printed("issue_key", "--firm", "Acme")
    assert Firm.objects.count() == 2


def test_an_unknown_plan_is_refused_and_leaves_nothing_behind() -> None:
    with pytest.raises(CommandError, match="no quota"):
        printed("issue_key", "--firm", "Acme", "--plan", "golden")
    assert not Firm.objects.exists()


def test_a_genuine_receipt_says_what_it_says(
    ask: Callable[..., Any], publish: Callable[..., object], tmp_path: Path
) -> None:
    publish()
    file = tmp_path / "receipt"
    file.write_text(ask(sha256="0" * 64, receipt=1).json()["receipt"] + "\n")
    said = json.loads(printed("verify_receipt", str(file)))
    assert said["item"]["basis"] == "unstated"


@pytest.mark.parametrize("text", ["", "nonsense", "a.b.c", "\x00" * 9])
def test_anything_else_is_refused(text: str, tmp_path: Path) -> None:
    file = tmp_path / "receipt"
    file.write_text(text)
    with pytest.raises(CommandError, match="not a receipt"):
        printed("verify_receipt", str(file))


def test_before_the_first_receipt_none_is_genuine(tmp_path: Path) -> None:
    with pytest.raises(InvalidReceipt):
        receipts.verify("a.b.c", keys=tmp_path)


def test_a_missing_file_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file"):
        printed("verify_receipt", str(tmp_path / "none"))
