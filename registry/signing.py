"""Ed25519 keys, one per purpose, kept as files: made once, named by thumbprint, never unlisted."""

import os
import re
import secrets
from base64 import urlsafe_b64encode
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

_PURPOSE = re.compile(r"[a-z]+(-[a-z]+)*")


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key in use; `public` is its raw 32 bytes (RFC 8032), `kid` its thumbprint."""

    kid: str
    public: bytes
    private: Ed25519PrivateKey

    def __repr__(self) -> str:
        """Names the key, never shows it."""
        return f"SigningKey({self.kid})"

    def sign(self, data: bytes) -> bytes:
        """The 64-byte Ed25519 signature over `data`."""
        return self.private.sign(data)

    def private_jwk(self) -> dict[str, str]:
        """The key as a private JWK (RFC 8037), for a library that signs by itself."""
        return public_jwk(self.public) | {"d": _base64url(self.private.private_bytes_raw())}


def load_or_create_key(directory: Path, purpose: str) -> SigningKey:
    """The key of a purpose in `<purpose>.pem`, made on first use; safe when many start at once.

    To rotate, move `<purpose>.pem` away: the next call makes a new key, and the public half of the
    old one stays listed as `<purpose>.<kid>.pub`. Raises ValueError for a file that holds no
    Ed25519 key, OSError where the directory cannot be read or written.
    """
    path = _private_path(directory, purpose)
    if not path.exists():
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_once(path, _private_pem(Ed25519PrivateKey.generate()))
    key = _load_private(path)
    # A mounted secret may be read-only; whoever mounts it keeps the old public keys there.
    if os.access(directory, os.W_OK):
        _keep_public(directory, purpose, key)
    return key


def public_keys(directory: Path, purpose: str) -> dict[str, bytes]:
    """Key id -> raw public key: of the one in use, first, and of each that ever was."""
    keys = {}
    path = _private_path(directory, purpose)
    if path.exists():
        current = _load_private(path)
        keys[current.kid] = current.public
    for old in sorted(directory.glob(f"{purpose}.*.pub")):
        public = _load_public(old)
        keys.setdefault(thumbprint(public), public)
    return keys


def public_jwks(directory: Path, purpose: str) -> dict[str, list[dict[str, str]]]:
    """The JWK set (RFC 7517) of a purpose, the key in use first."""
    return {"keys": [public_jwk(public) for public in public_keys(directory, purpose).values()]}


def public_jwk(public: bytes) -> dict[str, str]:
    """A public key as JWK: OKP of RFC 8037, algorithm name of RFC 9864."""
    return {
        "kty": "OKP",
        "crv": "Ed25519",
        "x": _base64url(public),
        "kid": thumbprint(public),
        "alg": "Ed25519",
        "use": "sig",
    }


def thumbprint(public: bytes) -> str:
    """The JWK thumbprint (RFC 7638, RFC 8037 appendix A.3) of a raw public key."""
    canonical = f'{{"crv":"Ed25519","kty":"OKP","x":"{_base64url(public)}"}}'
    return _base64url(sha256(canonical.encode()).digest())


def is_signed(public: bytes, signature: bytes, data: bytes) -> bool:
    """Whether the raw public key made this signature over `data`."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True


def _private_path(directory: Path, purpose: str) -> Path:
    if not _PURPOSE.fullmatch(purpose):
        raise ValueError(f"not a purpose of keys: {purpose!r}")
    return directory / f"{purpose}.pem"


def _write_once(path: Path, data: bytes) -> None:
    """Write a whole file or none; whoever links the name first wins, others keep theirs."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()


def _keep_public(directory: Path, purpose: str, key: SigningKey) -> None:
    path = directory / f"{purpose}.{key.kid}.pub"
    if not path.exists():
        pem = key.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        _write_once(path, pem)


def _private_pem(private: Ed25519PrivateKey) -> bytes:
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _load_private(path: Path) -> SigningKey:
    private = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(private, Ed25519PrivateKey):
        raise ValueError(f"{path.name} holds no Ed25519 key")
    public = private.public_key().public_bytes_raw()
    return SigningKey(kid=thumbprint(public), public=public, private=private)


def _load_public(path: Path) -> bytes:
    public = load_pem_public_key(path.read_bytes())
    if not isinstance(public, Ed25519PublicKey):
        raise ValueError(f"{path.name} holds no Ed25519 key")
    return public.public_bytes_raw()


def _base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
