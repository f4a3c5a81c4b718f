"""The examples of the API page work as they stand."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from email.message import Message
from html import escape
from io import BytesIO
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request

import pytest
import yaml
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from consent import receipts
from consent.api.concurrency import LONGEST_WAIT
from consent.api.content import ANONYMOUS_LIMIT, BODY_LIMIT
from consent.api.v1.questions import MOST_ITEMS
from consent.api.v1.views import BATCH_FIELDS, CACHED_SECONDS, RECORDS_PARAMETERS
from consent.labels import BASIS_SENTENCES
from consent.services import firms
from consent.services.idempotency import KEPT
from consent.web import docs
from consent.web.docs import ENDPOINTS, EXAMPLES, example
from registry.identifiers import MAX_URL_LENGTH
from registry.models import Rightsholder, Work
from registry.statements import TreeHead
from registry.vocabulary import Basis, Choice, Usage
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

    firm = firms.found_firm(name="Acme")
    keys = {
        "YOUR_KEY": firms.issue_key(firm=firm, at=timezone.now())[1],
        "YOUR_TEST_KEY": firms.issue_key(firm=firm, at=timezone.now(), is_test=True)[1],
    }

    def run(name: str, text: str = "") -> str:
        text = text or example(name)
        for place, key in keys.items():
            text = text.replace(place, key)
        program = sys.executable if name.endswith(".py") else "bash"
        done = subprocess.run(
            [program, "-c", text], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{name}: {done.stderr}"
        return done.stdout.strip()

    said = {name: run(name) for name in EXAMPLES if name != "proof.py"}
    assert json.loads(said["single.sh"])["basis"] == "refused"
    assert said["single.py"] == "deny refused"
    assert json.loads(said["as_of.sh"])["basis"] == "refused"
    assert said["as_of.py"] == "As it was: True"
    batch = json.loads(said["batch.sh"])
    assert [result["verdict"] for result in batch["results"]] == ["deny"] * 3
    assert [line.split()[:2] for line in said["batch.py"].splitlines()] == [
        ["False", "refused"],
        ["False", "unstated"],
        ["False", "invalid-identifier"],
    ]
    assert said["closed.py"] == "[False, False]"
    assert json.loads(said["patient.sh"])["basis"] == "refused"
    assert "counted once" in said["once.sh"]
    assert said["once.py"] == "The same answer: True - counted again: False"
    assert said["records.sh"] == "['deny', 'deny']"
    assert said["records.py"].startswith("[False, False] ey")
    assert json.loads(said["trial.sh"])["basis"] == "granted"
    assert said["trial.py"].splitlines() == [
        f"{basis} {'allow' if basis in {Basis.GRANTED, Basis.PUBLIC_DOMAIN} else 'deny'}"
        for basis in Basis
    ]
    assert [each["optIn"] for each in json.loads(said["spawning.sh"])["urls"]] == [False] * 2
    assert said["spawning.py"] == "[False, False]"
    assert "Signature Verified Successfully" in said["receipt.sh"]
    leaf, comparison = said["opened.py"].splitlines()
    item = [0, "sha256", docs.EXAMPLE_HASH, "deny", "refused"]
    assert json.loads(leaf)[:5] == item
    assert comparison == "The receipt is about this body: True - and these answers: True"
    assert run("proof.py").endswith("is in the log")
    assert "IS NOT" not in run("proof.py")
    forged = example("opened.py").replace('"verdict"]', '"verdict"].replace("deny", "allow")')
    assert run("opened.py", forged).endswith("these answers: False")
    assert "verifier_keys" in said["checkpoint.sh"]


@pytest.mark.parametrize("status", [429, 503])
def test_the_careful_example_waits_as_long_as_it_is_told(
    status: int, rehearsal: Callable[..., list[float]], capsys: pytest.CaptureFixture[str]
) -> None:
    waited = rehearsal([(status, b"{}"), (200, b'{"results": [{"verdict": "allow"}]}')])
    assert waited == [7]
    assert capsys.readouterr().out == "[True]\n"


@pytest.mark.parametrize(
    "answer",
    [
        (200, b"not JSON"),
        (200, b"{}"),
        (200, b"[]"),
        (200, b'{"results": [{"error": {}}]}'),
        (200, b'{"results": [{"verdict": "ALLOW"}]}'),
        (200, b'{"results": [{"verdict": "allow"}, {"verdict": "allow"}]}'),
        (401, b"{}"),
        (500, b'{"results": [{"verdict": "allow"}]}'),
        (None, b""),
    ],
)
def test_the_careful_example_takes_anything_else_as_a_no(
    answer: tuple[int | None, bytes],
    rehearsal: Callable[..., list[float]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    rehearsal([answer] * 9)
    assert capsys.readouterr().out == "[False]\n"


@pytest.fixture
def rehearsal(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[float]]:
    """Run the careful example about one item against scripted answers; give how long it waited."""

    def run(answers: list[tuple[int | None, bytes]]) -> list[float]:
        waited: list[float] = []
        left = iter(answers)

        def urlopen(request: Request, timeout: float) -> BytesIO:
            status, body = next(left)
            if status is None:
                raise URLError("no route")
            if status != 200:
                headers = Message()
                headers["Retry-After"] = "7"
                raise HTTPError(request.full_url, status, "", headers, BytesIO(body))
            return BytesIO(body)

        monkeypatch.setattr("urllib.request.urlopen", urlopen)
        monkeypatch.setattr("time.sleep", waited.append)
        one, two = '{"sha256": "' + docs.EXAMPLE_HASH + '"}', ', {"sha256": "no hash"}'
        text = example("closed.py")
        assert one + two in text
        exec(compile(text.replace(one + two, one), "closed.py", "exec"), {})  # noqa: S102
        return waited

    return run


@pytest.mark.django_db
def test_the_table_of_addresses_is_that_of_the_description(client: Client) -> None:
    described = yaml.safe_load(client.get("/api/v1/openapi.yaml").content)
    operations = {
        (method.upper(), path) for path, methods in described["paths"].items() for method in methods
    }
    assert {(method, path) for method, path, _ in ENDPOINTS} == operations
    page = client.get("/api/docs/").content.decode()
    for method, path in operations:
        assert f"<code>{method} {path}</code>" in page


@pytest.mark.django_db
def test_the_limits_on_the_page_are_those_of_the_code(client: Client) -> None:
    page = client.get("/api/docs/").content.decode()
    assert f"1 to {MOST_ITEMS:,} items" in page
    assert f"{BODY_LIMIT >> 20} MB with a key, {ANONYMOUS_LIMIT >> 20} MB without" in page
    assert f"{MAX_URL_LENGTH:,} characters" in page
    assert "120 items in 60 seconds" in page
    assert LONGEST_WAIT == 10
    assert timedelta(days=1) == KEPT
    assert CACHED_SECONDS == 5


@pytest.mark.django_db
def test_the_page_names_all_that_a_batch_may_say(client: Client) -> None:
    page = client.get("/api/docs/").content.decode()
    section = page.partition('id="many"')[2].partition('id="spawning"')[0]
    for name in BATCH_FIELDS | RECORDS_PARAMETERS:
        assert name in section


@pytest.mark.django_db
def test_the_page_explains_every_member_of_a_receipt(
    client: Client, publish: Callable[..., TreeHead], settings: Settings
) -> None:
    publish()
    query = {"sha256": docs.EXAMPLE_HASH, "receipt": "1"}
    receipt = client.get("/api/v1/consent", query).json()["receipt"]
    payload = receipts.verify(receipt, keys=settings.REGISTRY_SIGNING_KEYS)
    page = client.get("/api/docs/").content.decode()
    section = page.partition('id="receipt"')[2].partition("</section>")[0]
    for name in payload:
        assert f"<code>{name}</code>" in section
    for name in (*payload["req"], "items_root", "allow", "deny", "basis"):
        assert name in section


@pytest.mark.django_db
def test_the_page_explains_every_basis(client: Client) -> None:
    page = client.get("/api/docs/").content.decode()
    for basis, sentence in BASIS_SENTENCES.items():
        assert f"<code>{basis.value}</code></dt><dd>{escape(str(sentence))}" in page
