"""The main job, from a sign-up in a browser to a receipt that somebody else's tool verifies."""

import json
import re
import shutil
import subprocess
from base64 import b64decode, urlsafe_b64decode
from hashlib import sha256
from pathlib import Path

import iscc_samples
import psutil
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from playwright.sync_api import Browser, Page, expect

from tests.consent.api.test_receipts import leaves_in
from tests.journeys.conftest import Registry, eventually
from tests.registry.log.test_auditor import hashed, root_by_path

EMAIL = "maya@example.org"
PASSWORD = "pomegranate-lighthouse-7"
FILES = [iscc_samples.images()[2], iscc_samples.audios()[3], iscc_samples.texts()[8]]
HASHES = [sha256(file.read_bytes()).hexdigest() for file in FILES]
PUBLISHED_SECONDS = 10


def test_from_sign_up_to_a_verified_receipt(
    registry: Registry, chromium: Browser, tmp_path: Path
) -> None:
    context = chromium.new_context(
        viewport={"width": 1280, "height": 900}, locale="en-GB", base_url=registry.url
    )
    page = context.new_page()

    registry.key = issue_key(registry)
    sign_up(page, registry)
    sign_the_statement(page)
    register_files(page)
    answers = [
        eventually(lambda value=value: refused(registry, value), PUBLISHED_SECONDS)
        for value in HASHES
    ]
    for answer in answers:
        assert (answer["verdict"], answer["basis"], answer["rule"]) == ("deny", "refused", "R04")
        verify_with_openssl(answer["receipt"], registry, tmp_path)
        verify_inclusion(answer, registry)

    lose_nothing_to_a_kill(page, registry)
    work = allow_training(page, registry)
    vouched_allow(registry, tmp_path)
    unknown = registry.ask(sha256="0" * 64)
    assert (unknown["verdict"], unknown["basis"]) == ("deny", "unstated")
    look_at_it_in_french(context.storage_state(), chromium, registry, work)
    stop_and_start_again(registry)


def issue_key(registry: Registry) -> str:
    printed = registry.command("issue_key", "--firm", "Acme", "--plan", "unlimited")
    return printed.splitlines()[-1]


def sign_up(page: Page, registry: Registry) -> None:
    page.goto("/accounts/signup/")
    page.fill("[name=name]", "Maya")
    page.fill("[name=email]", EMAIL)
    page.fill("[name=password1]", PASSWORD)
    page.locator("main form button").last.click()
    expect(page).to_have_url(re.compile("confirm-email"))
    mail = eventually(lambda: registry.mails_to(EMAIL), 30)[0]
    [link] = re.findall(r"http\S+/confirm-email/\S+", mail.replace("=\n", ""))
    page.goto(link)
    page.locator("main form button").first.click()
    expect(page).to_have_url(re.compile("/works/"))


def sign_the_statement(page: Page) -> None:
    page.goto("/statement/")
    page.fill("[name=name]", "Maya")
    page.select_option("[name=discipline]", "visual-arts")
    page.get_by_role("button", name="Sign", exact=True).click()
    expect(page.get_by_role("heading", name="You have signed")).to_be_visible()
    expect(page.get_by_text("1 person or organisation has signed it here.")).to_be_visible()


def register_files(page: Page) -> None:
    page.goto("/works/new/")
    page.set_input_files("input[type=file]", FILES)
    expect(page.locator(".file[data-state=done]")).to_have_count(3)
    page.locator("label", has_text="No training").click()
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.post_data or ""))
    page.get_by_role("button", name="Register", exact=True).click()
    expect(page).to_have_url(re.compile("/works/$"))
    assert max(map(len, requests)) < 10_000, "the files themselves are never sent"


def refused(registry: Registry, value: str) -> dict[str, object] | None:
    answer = registry.ask(sha256=value)
    return answer if answer.get("basis") == "refused" else None


def decoded(part: str) -> bytes:
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))


def verify_with_openssl(receipt: str, registry: Registry, folder: Path) -> None:
    if not shutil.which("openssl"):
        pytest.fail("openssl is not installed")
    header, payload, signature = receipt.split(".")
    kid = json.loads(decoded(header))["kid"]
    keys = json.loads(registry.get("/.well-known/jwks.json"))["keys"]
    [x] = [key["x"] for key in keys if key["kid"] == kid]
    pem = Ed25519PublicKey.from_public_bytes(decoded(x)).public_bytes(
        Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
    )
    (folder / "key.pem").write_bytes(pem)
    (folder / "signed").write_bytes(f"{header}.{payload}".encode())
    (folder / "signature").write_bytes(decoded(signature))
    verify = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "key.pem", "-rawin"]
    subprocess.run([*verify, "-in", "signed", "-sigfile", "signature"], cwd=folder, check=True)
    (folder / "receipt").write_text(receipt)
    said = registry.command("verify_receipt", str(folder / "receipt"))
    assert '"refused"' in said


def verify_inclusion(answer: dict[str, object], registry: Registry) -> None:
    state = answer["state"]
    assert isinstance(state, dict)
    size, root = state["tree_size"], b64decode(state["root"])
    entries = answer["entries"]
    assert isinstance(entries, list)
    assert entries
    for index in entries:
        proof = json.loads(
            registry.get("/api/v1/log/declarations/inclusion", index=index, tree_size=size)
        )
        bundle = registry.get(f"/log/declarations/tile/entries/000.p/{size}")
        leaf = hashed(b"\x00" + leaves_in(bundle)[index])
        path = [b64decode(each) for each in proof["hashes"]]
        assert root_by_path(leaf, index, size, path) == root


def lose_nothing_to_a_kill(page: Page, registry: Registry) -> None:
    registry.kill("config.celery worker")
    page.goto("/works/new/")
    page.fill("textarea[name=lines]", "https://example.org/harbour")
    page.locator("label", has_text="No AI use").click()
    page.get_by_role("button", name="Register", exact=True).click()
    page.get_by_role("button", name="Register", exact=True).click()
    expect(page).to_have_url(re.compile("/works/wrk_"))
    registry.kill("granian")
    url = "https://example.org/harbour"
    eventually(lambda: answers_refused(registry, url), 60)
    for value in HASHES:
        assert registry.ask(sha256=value)["basis"] == "refused"


def answers_refused(registry: Registry, url: str) -> bool:
    try:
        return registry.ask(url=url).get("basis") == "refused"
    except OSError:
        return False


def allow_training(page: Page, registry: Registry) -> str:
    eventually(lambda: page.goto("/works/"))
    page.get_by_role("link", name="demo").first.click()
    page.wait_for_url(re.compile("/works/wrk_"))
    page.get_by_role("button", name="Training allowed").click()
    expect(page.get_by_role("status").first).to_be_visible()
    work = page.url.split("/works/")[1].strip("/#")

    def unproven() -> bool:
        return "unproven-grant" in [registry.ask(sha256=value)["basis"] for value in HASHES]

    eventually(unproven, PUBLISHED_SECONDS)
    expect(page.locator("main")).to_contain_text("A yes counts only once")
    return work.split("/")[0]


def vouched_allow(registry: Registry, folder: Path) -> None:
    registry.command(
        "create_account", "label@example.org", "--rightsholder", "Label", "--evidence-level", "4"
    )
    value = sha256(b"a song of the label").hexdigest()
    columns = "kind,value,title,medium,generative_training,other_training,inference,search,mining"
    (folder / "works.csv").write_text(f"{columns}\nsha256,{value},Song,audio,allow,,,,refuse\n")
    registry.command(
        "register_works", str(folder / "works.csv"), "--rightsholder", "label@example.org"
    )
    eventually(lambda: registry.ask(sha256=value)["verdict"] == "allow", PUBLISHED_SECONDS)
    answer = registry.ask(sha256=value)
    assert (answer["basis"], answer["rule"]) == ("granted", "R02")
    assert registry.ask(sha256=value, usage="mining")["basis"] == "refused"


def look_at_it_in_french(session: object, chromium: Browser, registry: Registry, work: str) -> None:
    context = chromium.new_context(
        viewport={"width": 390, "height": 844},
        locale="fr-FR",
        base_url=registry.url,
        storage_state=session,  # type: ignore[arg-type]  # what another context gave
    )
    page = context.new_page()
    for path in ("/", "/statement/", "/works/", f"/works/{work}/", f"/record/{work}/", "/check/"):
        page.goto(path)
        assert page.locator("html").get_attribute("lang") == "fr"
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 390, f"{path} is {width} pixels wide"
        expect(page.locator("h1")).to_be_visible()
        assert EMAIL not in page.locator("main").inner_text()
    page.goto(f"/check/?sha256={HASHES[1]}")
    expect(page.locator("main")).to_contain_text("Non")


def stop_and_start_again(registry: Registry) -> None:
    assert registry.process
    children = psutil.Process(registry.process.pid).children(recursive=True)
    assert registry.stop() == 0
    psutil.wait_procs(children, timeout=5)
    assert not [child for child in children if child.is_running()]
    registry.start()
    assert "refused" in [registry.ask(sha256=value)["basis"] for value in HASHES]
    assert registry.command("verify_log").strip() == "0 findings"
    assert registry.stop() == 0
