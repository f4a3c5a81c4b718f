"""Browsers of the cast."""

from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client

from registry.models import Rightsholder


@pytest.fixture(autouse=True)
def _nothing_cached() -> None:
    """Forget the figures of the test before."""
    cache.clear()


@pytest.fixture
def browser() -> Callable[[Rightsholder], Client]:
    """Give a browser in which the account of a rightsholder is signed in."""

    def sign_in(rightsholder: Rightsholder) -> Client:
        client = Client()
        client.force_login(rightsholder.members.get())
        return client

    return sign_in


@pytest.fixture
def mayas(maya: Rightsholder, browser: Callable[[Rightsholder], Client]) -> Client:
    """Maya's browser."""
    return browser(maya)


@pytest.fixture
def ruis(rui: Rightsholder, browser: Callable[[Rightsholder], Client]) -> Client:
    """Rui's browser."""
    return browser(rui)
