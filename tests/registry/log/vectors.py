"""Published test vectors, where they are at hand, and a tree in memory to compare with."""

import json
from typing import Any

import pytest

from registry.log.merkle import ReadNode, leaf_hash, node_hash
from tests.conftest import SAMPLES

VECTORS = SAMPLES / "vectors"


def vectors(name: str) -> list[dict[str, Any]]:
    path = VECTORS / name
    if not path.exists():
        pytest.skip(f"{name} is not at hand; set REGISTRY_SAMPLES")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def reader(leaves: list[bytes]) -> ReadNode:
    """Nodes of a tree, each computed from its leaves."""

    def read(height: int, index: int) -> bytes:
        if height == 0:
            return leaf_hash(leaves[index])
        return node_hash(read(height - 1, 2 * index), read(height - 1, 2 * index + 1))

    return read
