"""The reference shows every operation in a browser, and asks nobody but this server for it."""

from urllib.parse import urlsplit

import pytest
import yaml
from django.test import Client
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from consent.api.v1.description import FILE

PAGE = "/api/docs/reference/"


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.django_db(transaction=True)
def test_it_draws_every_operation_without_the_internet(
    width: int, chromium: Browser, live_server: LiveServer
) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 900}, locale="en-GB")
    page = context.new_page()
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda message: complaints.append(message.text) if message.type == "error" else None,
    )

    page.goto(live_server.url + PAGE)
    operations = page.locator(".opblock")
    described = yaml.safe_load(FILE.read_text())["paths"]
    expect(operations).to_have_count(sum(map(len, described.values())))
    for path in described:
        expect(page.locator(f'[data-path="{path}"]').first).to_be_visible()
    page.locator("#operations-consent-ask .opblock-summary-control").click()
    expect(page.get_by_text("Name the item by exactly one of the identifiers")).to_be_visible()
    expect(page.locator("#operations-consent-ask .responses-table").first).to_contain_text("429")
    is_wider = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    context.close()

    assert not is_wider
    assert complaints == []
    here = urlsplit(live_server.url).netloc
    assert {urlsplit(url).netloc for url in asked if not url.startswith("data:")} == {here}


@pytest.mark.django_db
def test_its_policy_lets_nothing_in_from_elsewhere(client: Client) -> None:
    policy = client.get(PAGE)["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "http" not in policy
    assert "unsafe-eval" not in policy
    assert "'unsafe-inline'" not in client.get("/api/docs/")["Content-Security-Policy"]
