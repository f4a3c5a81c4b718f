"""Keys are made once, kept private, named by their thumbprint and never unlisted."""

import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc.jwk import OKPKey

from registry.signing import (
    is_signed,
    load_or_create_key,
    public_jwk,
    public_jwks,
    public_keys,
    thumbprint,
)

PROJECT = Path(__file__).parents[2]

# The example key of RFC 8037, appendix A.
EXAMPLE_X = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
EXAMPLE_PUBLIC = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
EXAMPLE_THUMBPRINT = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_the_thumbprint_of_the_rfc_example() -> None:
    assert thumbprint(EXAMPLE_PUBLIC) == EXAMPLE_THUMBPRINT
    assert public_jwk(EXAMPLE_PUBLIC) == {
        "kty": "OKP",
        "crv": "Ed25519",
        "x": EXAMPLE_X,
        "kid": EXAMPLE_THUMBPRINT,
        "alg": "Ed25519",
        "use": "sig",
    }


def test_a_key_is_made_once_and_then_loaded(tmp_path: Path) -> None:
    made = load_or_create_key(tmp_path / "keys", "log")
    loaded = load_or_create_key(tmp_path / "keys", "log")
    assert (made.kid, made.public) == (loaded.kid, loaded.public)
    assert load_or_create_key(tmp_path / "keys", "receipts").kid != made.kid


def test_a_signature_holds_for_its_key_and_data_alone(tmp_path: Path) -> None:
    key = load_or_create_key(tmp_path, "log")
    signature = key.sign(b"said")
    assert len(signature) == 64
    assert is_signed(key.public, signature, b"said")
    assert not is_signed(key.public, signature, b"not said")
    assert not is_signed(key.public, signature[:-1], b"said")
    assert not is_signed(load_or_create_key(tmp_path, "receipts").public, signature, b"said")
    assert not is_signed(b"no key", signature, b"said")


def test_only_the_owner_may_read_a_private_key(tmp_path: Path) -> None:
    load_or_create_key(tmp_path / "keys", "log")
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "keys" / "log.pem").stat().st_mode) == 0o600


def test_a_key_does_not_print_itself(tmp_path: Path) -> None:
    key = load_or_create_key(tmp_path, "log")
    assert repr(key) == f"SigningKey({key.kid})"


def test_processes_that_start_at_once_agree_on_the_key(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from registry.signing import load_or_create_key;"
        "sys.stdin.read(); print(load_or_create_key(Path(sys.argv[1]), 'log').kid)"
    )
    starting = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path / "keys")],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(6)
    ]
    for process in starting:
        assert process.stdin
        process.stdin.close()
        process.stdin = None
    kids = {process.communicate()[0].strip() for process in starting}
    assert kids == {load_or_create_key(tmp_path / "keys", "log").kid}
    assert len(list((tmp_path / "keys").iterdir())) == 2


def test_a_replaced_key_stays_listed(tmp_path: Path) -> None:
    old = load_or_create_key(tmp_path, "receipts")
    load_or_create_key(tmp_path, "log")
    (tmp_path / "receipts.pem").rename(tmp_path / "retired.pem")
    new = load_or_create_key(tmp_path, "receipts")
    assert public_keys(tmp_path, "receipts") == {new.kid: new.public, old.kid: old.public}
    listed = public_jwks(tmp_path, "receipts")["keys"]
    assert [key["kid"] for key in listed] == [new.kid, old.kid]
    assert all(set(key) == {"kty", "crv", "x", "kid", "alg", "use"} for key in listed)


def test_before_the_first_key_none_is_listed(tmp_path: Path) -> None:
    assert public_jwks(tmp_path / "keys", "receipts") == {"keys": []}


def test_a_key_made_elsewhere_may_be_put_there(tmp_path: Path) -> None:
    made = load_or_create_key(tmp_path / "elsewhere", "log")
    (tmp_path / "keys").mkdir()
    shutil.copy(tmp_path / "elsewhere" / "log.pem", tmp_path / "keys" / "log.pem")
    assert load_or_create_key(tmp_path / "keys", "log").kid == made.kid
    assert list(public_keys(tmp_path / "keys", "log")) == [made.kid]


def test_another_library_reads_the_same_key(tmp_path: Path) -> None:
    key = load_or_create_key(tmp_path, "receipts")
    read = OKPKey.import_key(key.private_jwk())
    assert read.is_private
    assert read.thumbprint() == key.kid
    assert OKPKey.import_key(public_jwks(tmp_path, "receipts")["keys"][0]).thumbprint() == key.kid


@pytest.mark.parametrize("purpose", ["", "../log", "Log", "log.old", "a b", "*"])
def test_a_purpose_is_a_plain_word(tmp_path: Path, purpose: str) -> None:
    with pytest.raises(ValueError, match="not a purpose"):
        load_or_create_key(tmp_path, purpose)


def test_a_file_that_holds_another_kind_of_key_is_refused(tmp_path: Path) -> None:
    other = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
    pem = other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "log.pem").write_bytes(pem)
    with pytest.raises(ValueError, match=r"log\.pem holds no Ed25519 key"):
        load_or_create_key(tmp_path, "log")


def test_an_empty_file_is_refused_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "log.pem").touch()
    with pytest.raises(ValueError, match="PEM"):
        load_or_create_key(tmp_path, "log")
    assert (tmp_path / "log.pem").read_bytes() == b""
