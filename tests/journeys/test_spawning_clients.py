"""Spawning's clients, unmodified, against the server that a stranger would start."""

from pathlib import Path
from typing import Any

import pytest
import requests

from tests.consent.api.clients import ask_as_dataset_viewer, run
from tests.journeys.conftest import Registry, eventually

ALLOWED, REFUSED, LICENSED = (
    f"https://label.example/{choice}.jpg" for choice in ("allow", "refuse", "license")
)
UNKNOWN = "https://nobody.example/picture.jpg"
PUBLISHED_SECONDS = 30


def test_spawnings_clients_work_by_changing_one_url(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    register_pictures(registry, tmp_path)
    registry.key = registry.command(
        "issue_key", "--firm", "Acme", "--plan", "unlimited"
    ).splitlines()[-1]
    eventually(lambda: registry.ask(url=ALLOWED).get("verdict") == "allow", PUBLISHED_SECONDS)

    datadiligence = real_client(registry, monkeypatch)
    ask_in_small_chunks(datadiligence(chunk_size=4))
    ask_ten_at_once(datadiligence())
    ask_fifty_at_once(registry)
    send_without_a_length(registry)
    refuse_a_large_body(registry)


def register_pictures(registry: Registry, folder: Path) -> None:
    registry.command(
        "create_account", "label@example.org", "--rightsholder", "Label", "--evidence-level", "4"
    )
    table = folder / "works.csv"
    table.write_text(
        "kind,value,title,medium,generative_training,terms_url\n"
        f"url,{ALLOWED},Boat,image,allow,\n"
        f"url,{REFUSED},Pier,image,refuse,\n"
        f"url,{LICENSED},Net,image,license,https://label.example/terms\n"
    )
    registry.command("register_works", str(table), "--rightsholder", "label@example.org")


def real_client(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("SPAWNING_OPTS_KEY", registry.key)
    from datadiligence.rules import SpawningAPI

    monkeypatch.setattr(SpawningAPI, "SPAWNING_AI_API_URL", f"{registry.url}/api/v2/query/urls/")
    return SpawningAPI


def ask_in_small_chunks(client: Any) -> None:
    urls = [ALLOWED, REFUSED, LICENSED, UNKNOWN, "", "no address", ALLOWED, ALLOWED, UNKNOWN] * 5
    expected = [url in ("", ALLOWED) for url in urls]
    assert client.is_allowed(urls=urls) == expected
    assert run(client.is_allowed_async(urls=urls)) == expected


def ask_ten_at_once(client: Any) -> None:
    """Ask about 100,001 URLs in eleven requests, ten of them at once, sync and async."""
    urls = [f"https://nobody.example/{n % 70_000}.jpg" for n in range(100_001)]
    urls[::10_000] = [ALLOWED] * 11
    expected = [url == ALLOWED for url in urls]
    assert client.is_allowed(urls=urls) == expected
    assert run(client.filter_allowed_async(urls=urls)) == [ALLOWED] * 11


def ask_fifty_at_once(registry: Registry) -> None:
    urls = [f"https://nobody.example/{n}.jpg" for n in range(50_000)]
    urls[:2] = [ALLOWED, REFUSED]
    opted_in, opted_out = ask_as_dataset_viewer(
        f"{registry.url}/api/v2/query/urls", key=registry.key, urls=urls, at_once=50
    )
    assert opted_in == [0]
    assert opted_out == list(range(1, len(urls)))


def send(registry: Registry, body: Any) -> requests.Response:
    headers = {"Authorization": f"API {registry.key}", "Content-Type": "text/plain"}
    address = f"{registry.url}/api/v2/query/urls"
    return requests.post(address, body, headers=headers, timeout=30)


def send_without_a_length(registry: Registry) -> None:
    """A body that the server does not read must not be answered as a blank line."""
    answer = send(registry, iter([b"https://example.org/\n", REFUSED.encode()]))
    assert (answer.status_code, answer.json()["code"]) == (411, "length-required")


def refuse_a_large_body(registry: Registry) -> None:
    """The refusal reaches a client that is still sending."""
    answer = send(registry, b"a" * 40_000_000)
    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")
