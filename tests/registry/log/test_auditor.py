"""An outsider with the RFC, the served bytes and openssl comes to the same tree.

Nothing here uses the registry's own arithmetic: the formulas are those of RFC 9162 §2.1.
"""

import shutil
import subprocess
from base64 import b64decode
from hashlib import sha256
from pathlib import Path

import pytest
from django.conf import settings as configured

from registry.log import reads
from registry.log.models import Log
from registry.log.services import append_many, integrate
from registry.log.tiles import TilePath
from tests.registry.log.conftest import NOW

SIZES = (1, 6, 255, 256, 300, 700)


def hashed(data: bytes) -> bytes:
    return sha256(data).digest()


def half(n: int) -> int:
    """The largest power of two smaller than n."""
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def mth(entries: list[bytes]) -> bytes:
    n = len(entries)
    if n == 0:
        return hashed(b"")
    if n == 1:
        return hashed(b"\x00" + entries[0])
    k = half(n)
    return hashed(b"\x01" + mth(entries[:k]) + mth(entries[k:]))


def path(m: int, entries: list[bytes]) -> list[bytes]:
    n = len(entries)
    if n == 1:
        return []
    k = half(n)
    if m < k:
        return [*path(m, entries[:k]), mth(entries[k:])]
    return [*path(m - k, entries[k:]), mth(entries[:k])]


def subproof(m: int, entries: list[bytes], is_whole: bool) -> list[bytes]:
    n = len(entries)
    if m == n:
        return [] if is_whole else [mth(entries)]
    k = half(n)
    if m <= k:
        return [*subproof(m, entries[:k], is_whole), mth(entries[k:])]
    return [*subproof(m - k, entries[k:], False), mth(entries[:k])]


def root_by_path(leaf: bytes, m: int, n: int, proof: list[bytes]) -> bytes:
    """The root that a proof leads to; proofs of the wrong length raise IndexError or are left."""
    if n == 1:
        assert not proof
        return leaf
    k = half(n)
    if m < k:
        return hashed(b"\x01" + root_by_path(leaf, m, k, proof[:-1]) + proof[-1])
    return hashed(b"\x01" + proof[-1] + root_by_path(leaf, m - k, n - k, proof[:-1]))


@pytest.fixture
def notes(log: Log) -> dict[int, str]:
    """The checkpoints of a log that grew to 700 entries."""
    append_many(log="tested", said=[("claim", b"%d" % n) for n in range(700)], at=NOW)
    found = {}
    for limit in (1, 5, 249, 1, 44, 400):
        integrate(log="tested", at=NOW, limit=limit)
        checkpoint = reads.latest_checkpoint("tested")
        assert checkpoint
        found[checkpoint.size] = checkpoint.note
    assert tuple(found) == SIZES
    return found


@pytest.fixture
def entries(notes: dict[int, str]) -> list[bytes]:
    """What the served bundles hold."""
    found = []
    for bundle in (TilePath(None, 0), TilePath(None, 1), TilePath(None, 2, 188)):
        data = reads.resource("tested", bundle) or b""
        while data:
            length = int.from_bytes(data[:2], "big")
            found.append(data[2 : 2 + length])
            data = data[2 + length :]
    assert len(found) == 700
    return found


def test_the_entries_give_the_root_of_every_checkpoint(
    notes: dict[int, str], entries: list[bytes]
) -> None:
    for size, note in notes.items():
        origin, count, root, *_ = note.split("\n")
        assert (origin, int(count)) == ("registry.example/log/tested", size)
        assert b64decode(root) == mth(entries[:size])


def test_inclusion_proofs_are_those_of_the_rfc_and_lead_to_the_root(entries: list[bytes]) -> None:
    for size in SIZES:
        for index in {0, 5, 255, 256, 298, 299, size - 1}:
            if index >= size:
                continue
            proof = reads.inclusion_proof("tested", index, size)
            assert proof == path(index, entries[:size])
            leaf = hashed(b"\x00" + entries[index])
            assert root_by_path(leaf, index, size, proof) == mth(entries[:size])
            assert root_by_path(hashed(b"x"), index, size, proof) != mth(entries[:size])


def test_consistency_proofs_are_those_of_the_rfc(entries: list[bytes]) -> None:
    for second in SIZES:
        for first in SIZES:
            if first <= second:
                proof = reads.consistency_proof("tested", first, second)
                assert proof == subproof(first, entries[:second], is_whole=True)


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not at hand")
def test_openssl_verifies_the_signature(notes: dict[int, str], tmp_path: Path) -> None:
    (public,) = configured.REGISTRY_SIGNING_KEYS.glob("log.*.pub")
    text, signature = notes[700].split("\n\n")
    (tmp_path / "text").write_text(text + "\n", encoding="utf-8")
    (tmp_path / "forged").write_text(text.replace("700", "701") + "\n", encoding="utf-8")
    (tmp_path / "signature").write_bytes(b64decode(signature.split()[2])[4:])

    def verify(file: str) -> int:
        command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", str(public), "-rawin"]
        files = ["-in", str(tmp_path / file), "-sigfile", str(tmp_path / "signature")]
        return subprocess.run([*command, *files], capture_output=True, check=False).returncode

    assert verify("text") == 0
    assert verify("forged") != 0
