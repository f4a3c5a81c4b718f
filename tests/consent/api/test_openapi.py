"""The committed description of the API is the one that the code generates, and is served."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
import yaml
from django.core.management import call_command
from django.test import Client
from django.urls import URLResolver, get_resolver

from config.bootstrap import PROJECT
from consent.statuses import catalogue, status_of
from registry.vocabulary import Basis, IdentifierKind, MatchKind, Preference, Usage, Verdict

FILE = PROJECT / "consent" / "api" / "v1" / "openapi.yaml"


def test_the_committed_description_is_what_the_code_generates(tmp_path: Path) -> None:
    made = tmp_path / "openapi.yaml"
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(made))
    assert made.read_text() == FILE.read_text(), "see CONTRIBUTING.md on how to make it anew"


@pytest.mark.django_db
def test_it_is_served_as_it_is(client: Client) -> None:
    answer = client.get("/api/v1/openapi.yaml")
    assert (answer.status_code, answer.content) == (200, FILE.read_bytes())
    assert answer["Content-Type"] == "application/yaml"
    described = yaml.safe_load(answer.content)
    assert described["openapi"].startswith("3.1")
    assert {"/api/v1/consent", "/api/v2/query/urls"} <= {
        path.rstrip("/") for path in described["paths"]
    }


def test_every_refusal_stands_under_its_own_status() -> None:
    codes = set()
    for name, responses in answers().items():
        for status, response in responses.items():
            content = response.get("content", {}).get("application/problem+json")
            if content:
                narrowed = content["schema"]["allOf"][1]["properties"]
                assert narrowed["status"]["const"] == int(status), name
                for code in narrowed["code"]["enum"]:
                    assert str(int(status_of(code))) == status, (name, code)
                    codes.add(code)
    assert codes <= set(catalogue())
    assert {"quota-exceeded", "idempotency-key-reused", "invalid-records", "stale-state"} <= codes


def test_what_does_not_say_to_wait_is_not_worth_repeating() -> None:
    for name, responses in answers().items():
        for status, response in responses.items():
            says = "Retry-After" in response.get("headers", {})
            assert says == (status in {"409", "429", "503"}), (name, status)


def test_its_words_are_those_of_the_vocabulary() -> None:
    schemas = described()["components"]["schemas"]
    for name, words in {
        "Usage": Usage,
        "Verdict": Verdict,
        "Preference": Preference,
        "Basis": Basis,
        "Kind": IdentifierKind,
    }.items():
        assert schemas[name]["enum"] == list(words)
    assert schemas["Match"]["properties"]["kind"]["enum"] == list(MatchKind)
    assert list(schemas["Question"]["properties"]) == list(IdentifierKind)


def test_every_address_of_the_api_is_described() -> None:
    addresses = {
        re.sub(r"<\w+:(\w+)>", r"{\1}", route).replace("^", "").replace("/?$", "/")
        for route in routes(get_resolver().url_patterns)
    }
    ours = {
        f"/{address}" for address in addresses if re.match(r"(api/v|log/|\.well-known/)", address)
    }
    assert ours - {"/api/v1/openapi.yaml"} == set(described()["paths"])


def described() -> dict[str, Any]:
    return cast("dict[str, Any]", yaml.safe_load(FILE.read_text()))


def answers() -> dict[str, dict[str, Any]]:
    """Give the answers of each operation by status, references followed."""
    description = described()
    shared = description["components"]["responses"]
    return {
        operation["operationId"]: {
            status: shared[each["$ref"].rpartition("/")[2]] if "$ref" in each else each
            for status, each in operation["responses"].items()
        }
        for path in description["paths"].values()
        for operation in path.values()
    }


def routes(patterns: list[Any], prefix: str = "") -> Iterator[str]:
    """Give every address that Django serves, as it is written in the URL modules."""
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        else:
            yield route
