"""Noor, who operates the registry, signed in."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from consent.services.firms import issue_key
from registry.models import (
    Checkpoint,
    Claim,
    Declaration,
    Rightsholder,
    Signature,
    Standing,
    User,
    Work,
)
from registry.services.locations import register_location
from registry.services.mails import queue_mail
from registry.services.people import set_access
from registry.services.signatures import sign_statement
from registry.vocabulary import Capacity, Choice, Discipline, Scope, Usage
from tests.conftest import firm_with


@pytest.fixture
def noor(account: Callable[[str], User]) -> User:
    user = account("noor@example.org")
    set_access(user=user, is_active=True, is_administrator=True)
    return user


@pytest.fixture
def operator(client: Client, noor: User) -> Client:
    client.force_login(noor)
    return client


@pytest.fixture
def everything(
    maya: Rightsholder, register: Callable[..., Work], now: datetime, publish: Callable[..., object]
) -> list[object]:
    """One row at least behind each page of the site."""
    work = register(maya, choices={Usage.SEARCH: Choice.ALLOW})
    user = maya.members.get()
    sign_statement(
        user=user,
        name="Maya",
        capacity=Capacity.PERSON,
        discipline=Discipline.MUSIC,
        is_listed=True,
        at=now,
    )
    location = register_location(
        rightsholder=maya, scope=Scope.HOST, value="maya.example", reason="", at=now
    )
    firm = firm_with(user)
    key, _ = issue_key(firm=firm, at=now)
    publish()
    return [
        user,
        maya,
        Signature.objects.get(),
        work,
        location,
        Claim.objects.get(),
        Declaration.objects.get(),
        Standing.objects.get(),
        Checkpoint.objects.get(),
        queue_mail(recipient="maya@example.org", subject="Hello", body="a-private-link", at=now),
        firm,
        key,
        firm.plan,
        firm.memberships.get(),
    ]
