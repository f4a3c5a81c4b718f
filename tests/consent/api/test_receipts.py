"""Receipts: what was answered, provable with somebody else's tools."""

import json
import shutil
import subprocess
from base64 import b64decode, urlsafe_b64decode
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from consent import receipts
from consent.errors import InvalidReceipt
from registry.log import merkle
from registry.models import Rightsholder
from registry.services import declarations
from registry.vocabulary import Choice, Usage
from tests.conftest import hash_of

pytestmark = pytest.mark.django_db

ALLOW = {Usage.GENERATIVE_TRAINING: Choice.ALLOW}
Ask = Callable[..., Any]


def decoded(part: str) -> bytes:
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))


@pytest.fixture
def receipt(ask: Ask, publish: Ask, acme_key: str) -> str:
    publish()
    return ask(key=acme_key, sha256="0" * 64).json()["receipt"]


def test_a_key_gets_a_receipt_and_the_anonymous_only_when_asking(
    ask: Ask, publish: Ask, acme_key: str
) -> None:
    publish()
    assert "receipt" not in ask(sha256="0" * 64).json()
    assert "receipt" in ask(sha256="0" * 64, receipt=1).json()
    answer = ask(key=acme_key, sha256="0" * 64)
    assert "receipt" in answer.json()
    assert answer["Cache-Control"] == "private, no-store"


def test_a_receipt_says_what_was_asked_and_answered(
    receipt: str, acme: Any, settings: Any, publish: Ask
) -> None:
    payload = receipts.verify(receipt, keys=settings.REGISTRY_SIGNING_KEYS)
    asked = b"sha256=" + b"0" * 64 + b"&usage=generative-training"
    assert payload["req"] == {
        "usage": "generative-training",
        "n": 1,
        "body_sha256": sha256(asked).hexdigest(),
    }
    assert payload["item"] == {
        "kind": "sha256",
        "value": "0" * 64,
        "verdict": "deny",
        "preference": "unknown",
        "basis": "unstated",
        "rule": "R01",
    }
    assert payload["firm"] == f"frm_{acme.id.hex}"
    assert payload["state"]["rules"] == "2026-11"
    assert payload["rid"].startswith("rcp_")
    assert payload["valid_until"] - payload["iat"] == 7 * 24 * 3600


def test_a_receipt_ends_before_its_answer_may_change(
    vouched: Rightsholder,
    register: Ask,
    publish: Ask,
    ask: Ask,
    acme_key: str,
    now: datetime,
    settings: Any,
) -> None:
    work = register(vouched)
    ends_at = now + timedelta(hours=3)
    terms = declarations.Terms(ends_at=ends_at)
    declarations.declare(rightsholder=vouched, work=work, choices=ALLOW, terms=terms, at=now)
    publish()
    text = ask(key=acme_key, sha256=hash_of("Harbour").value).json()["receipt"]
    payload = receipts.verify(text, keys=settings.REGISTRY_SIGNING_KEYS)
    assert payload["valid_until"] == int(ends_at.timestamp())


def test_an_altered_receipt_is_refused(receipt: str, settings: Any) -> None:
    header, payload, signature = receipt.split(".")
    other = decoded(payload).replace(b'"deny"', b'"allow"')
    from base64 import urlsafe_b64encode

    forged = urlsafe_b64encode(other).decode().rstrip("=")
    for text in (f"{header}.{forged}.{signature}", f"{header}.{payload}.AAAA", "", "a.b.c", "é"):
        with pytest.raises(InvalidReceipt):
            receipts.verify(text, keys=settings.REGISTRY_SIGNING_KEYS)


def test_openssl_verifies_a_receipt_with_the_published_key(
    receipt: str, client: Any, tmp_path: Path
) -> None:
    if not shutil.which("openssl"):
        pytest.skip("openssl is not installed")
    header, payload, signature = receipt.split(".")
    kid = json.loads(decoded(header))["kid"]
    keys = client.get("/.well-known/jwks.json").json()["keys"]
    [x] = [key["x"] for key in keys if key["kid"] == kid]
    public = Ed25519PublicKey.from_public_bytes(decoded(x))
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "key.pem").write_bytes(pem)
    (tmp_path / "signed").write_bytes(f"{header}.{payload}".encode())
    (tmp_path / "signature").write_bytes(decoded(signature))
    verify = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "key.pem", "-rawin"]
    files = ["-in", "signed", "-sigfile", "signature"]
    done = subprocess.run(
        [*verify, *files], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_entries_of_an_answer_are_proven_to_be_in_the_log_it_names(
    vouched: Rightsholder, register: Ask, publish: Ask, ask: Ask, client: Any
) -> None:
    for number in range(5):
        register(vouched, f"Work {number}", choices=ALLOW)
    publish()
    answer = ask(sha256=hash_of("Work 3").value).json()
    size, root = answer["state"]["tree_size"], b64decode(answer["state"]["root"])
    for index in answer["entries"]:
        query = {"index": index, "tree_size": size}
        proof = client.get("/api/v1/log/declarations/inclusion", query).json()
        width = min(256, size)
        bundle = client.get(f"/log/declarations/tile/entries/000.p/{width}").content
        leaf = leaves_in(bundle)[index]
        hashes = [b64decode(each) for each in proof["hashes"]]
        assert merkle.verify_inclusion(
            leaf_hash=merkle.leaf_hash(leaf), index=index, size=size, proof=hashes, root=root
        )


def leaves_in(bundle: bytes) -> list[bytes]:
    """Read a C2SP entry bundle: each leaf behind its length in two bytes."""
    leaves = []
    while bundle:
        length = int.from_bytes(bundle[:2])
        leaves.append(bundle[2 : 2 + length])
        bundle = bundle[2 + length :]
    return leaves
