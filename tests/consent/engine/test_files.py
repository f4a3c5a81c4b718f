"""A file of arrays is whole or refused, and appears under its name only when it is whole."""

import os
from pathlib import Path

import numpy as np
import pytest

from consent.engine import files
from consent.engine.files import DamagedFile

ARRAYS = {
    "words": np.arange(1_000, dtype=np.uint64).reshape(250, 4),
    "codes": np.arange(7, dtype=np.uint16),
    "none": np.zeros((0, 4), dtype=np.uint64),
}
ABOUT = {"tree_size": 7, "rules": "2026-11"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "arrays"
    files.write(path, ABOUT, ARRAYS)
    return path


def test_what_was_written_is_read(path: Path) -> None:
    found = files.read(path)
    assert found.about == ABOUT
    assert found.size == path.stat().st_size
    for name, array in ARRAYS.items():
        assert found.arrays[name].dtype == array.dtype
        assert np.array_equal(found.arrays[name], array)
        assert not found.arrays[name].flags.writeable


def test_arrays_begin_where_a_line_of_the_cache_does(path: Path) -> None:
    words = files.read(path).arrays["words"]
    assert words.ctypes.data % 64 == 0


def test_every_bit_counts(path: Path) -> None:
    octets = path.read_bytes()
    for place in range(0, len(octets), 37):
        for bit in (0, 7):
            altered = bytearray(octets)
            altered[place] ^= 1 << bit
            path.write_bytes(altered)
            with pytest.raises(DamagedFile):
                files.read(path)


def test_a_file_cut_anywhere_is_refused(path: Path) -> None:
    octets = path.read_bytes()
    for length in [*range(0, len(octets), 101), len(octets) - 1]:
        path.write_bytes(octets[:length])
        with pytest.raises(DamagedFile):
            files.read(path)
    path.write_bytes(octets + b"\x00")
    with pytest.raises(DamagedFile):
        files.read(path)


def test_a_writer_that_fails_leaves_the_old_file_and_nothing_else(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    before = path.read_bytes()
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        files.write(path, {"tree_size": 8}, ARRAYS)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]
