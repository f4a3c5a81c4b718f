"""A firm with a key, and the ways to ask."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from consent.models import Firm
from consent.services import firms
from consent.services.quotas import UNLIMITED


@pytest.fixture
def acme(db: None) -> Firm:
    """Acme asks."""
    return firms.found_firm(name="Acme", plan=UNLIMITED)


@pytest.fixture
def acme_key(acme: Firm, now: datetime) -> str:
    """The key of Acme's pipeline."""
    return firms.issue_key(firm=acme, at=now)[1]


@pytest.fixture
def ask(client: Client) -> Callable[..., Any]:
    """Ask about one item; give the response."""

    def get(key: str | None = None, **query: object) -> Any:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return client.get("/api/v1/consent", query, headers=headers)

    return get


@pytest.fixture
def ask_many(client: Client) -> Callable[..., Any]:
    """Ask about a batch; give the response."""

    def post(body: object, key: str | None = None) -> Any:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return client.post("/api/v1/consent", body, "application/json", headers=headers)

    return post


@pytest.fixture
def ask_records(client: Client) -> Callable[..., Any]:
    """Ask about SHA-256 records of 32 octets; give the response."""

    def post(body: bytes, key: str | None = None, query: str = "") -> Any:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        address = f"/api/v1/consent{query}"
        return client.post(address, body, "application/octet-stream", headers=headers)

    return post
