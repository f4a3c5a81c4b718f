"""The committed description of the API is the one that the code generates, and is served."""

from pathlib import Path

import pytest
import yaml
from django.core.management import call_command
from django.test import Client

from config.bootstrap import PROJECT

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
