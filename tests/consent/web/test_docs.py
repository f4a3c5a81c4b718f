"""The examples of the API page work as they stand."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from html import escape
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from consent.services import firms
from consent.web import docs
from consent.web.docs import EXAMPLES, example
from registry.models import Rightsholder, Work
from registry.statements import TreeHead
from registry.vocabulary import Choice, Usage
from tests.conftest import hash_of


@pytest.mark.django_db
def test_the_page_shows_every_example(client: Client) -> None:
    response = client.get("/api/docs/")
    assert response.status_code == 200
    for name in EXAMPLES:
        assert escape(example(name)) in response.content.decode()


@pytest.mark.django_db(transaction=True)
def test_the_examples_run(
    live_server: LiveServer,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    maya: Rightsholder,
    register: Callable[..., Work],
    publish: Callable[..., TreeHead],
) -> None:
    if not (shutil.which("curl") and shutil.which("openssl")):
        pytest.skip("curl and openssl are not installed")
    settings.PUBLIC_URL = live_server.url
    monkeypatch.setattr(docs, "EXAMPLE_HASH", hash_of("Harbour").value)
    for number in range(300):  # more than one tile
        register(maya, f"Sketch {number}")
    register(maya, "Harbour", choices={Usage.GENERATIVE_TRAINING: Choice.REFUSE})
    publish()

    key = firms.issue_key(firm=firms.found_firm(name="Acme"), at=timezone.now())[1]

    def run(name: str, program: str = "bash") -> str:
        text = example(name).replace("YOUR_KEY", key)
        done = subprocess.run(
            [program, "-c", text], cwd=tmp_path, capture_output=True, text=True, check=True
        )
        return done.stdout

    assert json.loads(run("single.sh"))["basis"] == "refused"
    batch = json.loads(run("batch.sh"))
    assert [result["verdict"] for result in batch["results"]] == ["deny"] * 3
    assert run("closed.py", sys.executable).strip() == "[False, False]"
    assert "counted once" in run("once.sh")
    assert run("records.sh").strip() == "['deny', 'deny']"
    assert "Signature Verified Successfully" in run("receipt.sh")
    assert run("proof.py", sys.executable).rstrip().endswith("is in the log")
    assert "IS NOT" not in run("proof.py", sys.executable)
    assert "verifier_keys" in run("checkpoint.sh")
