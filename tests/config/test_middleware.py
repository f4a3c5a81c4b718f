"""Who asks is never taken from what anybody may write."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from pytest_django import Settings

from config.middleware import ProxyMiddleware

PROXY = "127.0.0.1"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "192.0.2.7", PROXY),
        (1, "192.0.2.7", "192.0.2.7"),
        (1, "203.0.113.9, 192.0.2.7", "192.0.2.7"),  # the left part came from the client
        (2, "203.0.113.9, 192.0.2.7,10.0.0.2", "192.0.2.7"),
        (1, "2001:DB8::7", "2001:db8::7"),
        (2, "192.0.2.7", PROXY),
        (1, "somebody", PROXY),
        (1, "", PROXY),
        (1, None, PROXY),
    ],
)
def test_the_address_is_the_one_that_the_outermost_trusted_proxy_saw(
    proxies: int, forwarded: str | None, address: str, settings: Settings
) -> None:
    settings.TRUSTED_PROXIES = proxies
    seen: list[str] = []

    def answer(request: HttpRequest) -> HttpResponse:
        seen.append(request.META["REMOTE_ADDR"])
        return HttpResponse()

    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    ProxyMiddleware(answer)(RequestFactory().get("/", headers=headers))
    assert seen == [address]
