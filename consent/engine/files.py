"""Flat arrays in one file: written under another name, synced, sealed by a hash, then renamed.

Layout: eight octets that name the format, the SHA-256 of all that follows, the length of the
header in eight octets, the header in JSON, then each array at a multiple of 64 octets.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from io import SEEK_END
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

MAGIC = b"CONSENT1"
DIGEST = slice(len(MAGIC), len(MAGIC) + 32)
LENGTH = slice(DIGEST.stop, DIGEST.stop + 8)
ALIGNMENT = 64  # octets: a line of a processor's cache
BLOCK = 1 << 22

Array = NDArray[Any]


class DamagedFile(Exception):
    """The file is no such file, cut, or altered: nothing may be read from it."""


@dataclass(frozen=True, slots=True)
class Arrays:
    """What a file holds: `about` in JSON's types, and the arrays by name, mapped read-only."""

    about: dict[str, Any]
    arrays: dict[str, Array]
    size: int  # octets


def write(path: Path, about: Mapping[str, Any], arrays: Mapping[str, Array]) -> None:
    """Write the file so that `path` is either what it was or whole, whatever stops us."""
    header = _header(about, arrays)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with temporary.open("w+b") as file:
            file.write(MAGIC + bytes(32) + len(header).to_bytes(8, "big") + header)
            for array in arrays.values():
                file.write(bytes(-file.tell() % ALIGNMENT))
                file.write(np.ascontiguousarray(array).data.cast("B") if array.size else b"")
            file.flush()
            digest = _digest(file)
            file.seek(DIGEST.start)
            file.write(digest)
            file.flush()
            os.fsync(file.fileno())
        temporary.rename(path)
        _sync_folder(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


def about(path: Path) -> dict[str, Any]:
    """Give what a file says about itself, believed unseen; raise DamagedFile where it cannot."""
    try:
        with path.open("rb") as file:
            start = file.read(LENGTH.stop)
            found = json.loads(file.read(int.from_bytes(start[LENGTH], "big")))["about"]
    except (ValueError, KeyError, TypeError, MemoryError, OverflowError) as error:
        raise DamagedFile(path.name) from error
    return dict(found)


def read(path: Path) -> Arrays:
    """Give the file mapped into memory; raise DamagedFile where an octet is not what was written.

    All of it is read once, which also brings it into memory for whoever comes next.
    """
    with path.open("rb") as file:
        start = file.read(LENGTH.stop)
        if len(start) < LENGTH.stop or start[: len(MAGIC)] != MAGIC:
            raise DamagedFile(path.name)
        if _digest(file) != start[DIGEST]:
            raise DamagedFile(path.name)
        file.seek(LENGTH.stop)
        header = json.loads(file.read(int.from_bytes(start[LENGTH], "big")))
        size = file.seek(0, SEEK_END)
        mapped = np.asarray(np.memmap(file, mode="r", dtype=np.uint8))  # a plain view is faster
    arrays = {
        name: mapped[at : at + octets].view(np.dtype(kind)).reshape(shape)
        for name, kind, shape, at, octets in header["arrays"]
    }
    return Arrays(header["about"], arrays, size)


def _header(about: Mapping[str, Any], arrays: Mapping[str, Array]) -> bytes:
    """Give the header, in which each array's place depends on the header's own length."""
    length = 0
    while True:
        places = _places(arrays, LENGTH.stop + length)
        header = json.dumps({"about": dict(about), "arrays": places}).encode()
        if len(header) == length:
            return header
        length = len(header)


def _places(arrays: Mapping[str, Array], at: int) -> list[Any]:
    places = []
    for name, array in arrays.items():
        at += -at % ALIGNMENT
        places.append([name, array.dtype.str, list(array.shape), at, array.nbytes])
        at += array.nbytes
    return places


def _digest(file: IO[bytes]) -> bytes:
    file.seek(DIGEST.stop)
    digest = sha256()
    while block := file.read(BLOCK):
        digest.update(block)
    return digest.digest()


def _sync_folder(folder: Path) -> None:
    """Let the new name survive a power cut, too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
