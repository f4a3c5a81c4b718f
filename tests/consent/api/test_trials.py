"""A test key gets fixed answers, one for each basis, and receipts that prove nothing."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from consent import receipts
from consent.errors import InvalidReceipt
from consent.models import Firm
from consent.selectors.trials import trial_hash
from consent.services import firms
from registry.models import Rightsholder
from registry.vocabulary import Basis, Choice, Usage
from tests.conftest import hash_of

pytestmark = pytest.mark.django_db

Ask = Callable[..., Any]


@pytest.fixture
def test_key(acme: Firm, now: datetime) -> str:
    """The key with which Acme tries its pipeline out."""
    return firms.issue_key(firm=acme, at=now, is_test=True)[1]


def test_each_basis_has_its_hash(test_key: str, ask_many: Ask, publish: Ask) -> None:
    publish()
    assert test_key.startswith("crk_test_")
    items = [{"sha256": trial_hash(basis)} for basis in Basis]
    results = ask_many({"items": items, "detail": "full"}, key=test_key).json()["results"]
    assert [result["basis"] for result in results] == list(Basis)
    allowed = {result["basis"] for result in results if result["verdict"] == "allow"}
    assert allowed == {Basis.GRANTED, Basis.PUBLIC_DOMAIN}


def test_records_and_single_questions_are_answered_alike(
    test_key: str, ask: Ask, ask_records: Ask, publish: Ask
) -> None:
    publish()
    body = b"".join(bytes.fromhex(trial_hash(basis)) for basis in Basis)
    assert ask_records(body, key=test_key).content == bytes([2, 2, *[1] * (len(Basis) - 2)])
    answer = ask(key=test_key, sha256=trial_hash(Basis.LICENSE_REQUIRED)).json()
    assert answer["basis"] == "license-required"
    assert answer["license"]["terms_url"]


def test_a_test_key_learns_nothing_of_what_is_registered(
    test_key: str, vouched: Rightsholder, register: Ask, publish: Ask, ask: Ask
) -> None:
    register(vouched, choices={Usage.GENERATIVE_TRAINING: Choice.ALLOW})
    publish()
    answer = ask(key=test_key, sha256=hash_of("Harbour").value).json()
    assert (answer["verdict"], answer["basis"]) == ("deny", "unstated")


def test_the_fixed_hashes_mean_nothing_to_a_live_key(acme_key: str, ask: Ask, publish: Ask) -> None:
    publish()
    answer = ask(key=acme_key, sha256=trial_hash(Basis.GRANTED)).json()
    assert (answer["verdict"], answer["basis"]) == ("deny", "unstated")


def test_the_receipt_of_a_test_is_not_genuine(
    test_key: str, ask: Ask, publish: Ask, settings: Any
) -> None:
    publish()
    receipt = ask(key=test_key, sha256=trial_hash(Basis.GRANTED)).json()["receipt"]
    with pytest.raises(InvalidReceipt):
        receipts.verify(receipt, keys=settings.REGISTRY_SIGNING_KEYS)


def test_a_key_cannot_pass_from_test_to_live(test_key: str, ask: Ask, publish: Ask) -> None:
    publish()
    changed = test_key.replace("crk_test_", "crk_live_")
    assert ask(key=changed, sha256="0" * 64).status_code == 401
