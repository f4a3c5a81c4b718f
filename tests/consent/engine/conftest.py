"""Snapshots of a test's own."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from consent.selectors import snapshots


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Iterator[Path]:
    """Keep the snapshots of a test to itself."""
    settings.SNAPSHOT_FOLDER = tmp_path / "snapshots"
    snapshots.open_newest()
    yield settings.SNAPSHOT_FOLDER
    settings.SNAPSHOT_FOLDER = tmp_path / "none"
    snapshots.open_newest()
