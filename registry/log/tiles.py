"""Tiles as C2SP tlog-tiles has them: paths, widths, entry bundles, and growing by a batch."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Self

from registry.log.merkle import HASH_SIZE, ReadNode

TILE_WIDTH = 256
TILE_BYTES = TILE_WIDTH * HASH_SIZE

_PATH = re.compile(
    r"tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/){0,5}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?"
)


@dataclass(frozen=True, slots=True)
class TilePath:
    """Where a tile is served; `level` is None for a bundle of entries; `width` 256 means full."""

    level: int | None
    number: int
    width: int = TILE_WIDTH

    def __str__(self) -> str:
        """The path below the log's prefix, as `tile/0/x001/234.p/5`."""
        digits = str(self.number)
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        groups = [digits[i : i + 3] for i in range(0, len(digits), 3)]
        number = "/".join([f"x{group}" for group in groups[:-1]] + groups[-1:])
        suffix = "" if self.width == TILE_WIDTH else f".p/{self.width}"
        return f"tile/{'entries' if self.level is None else self.level}/{number}{suffix}"

    @classmethod
    def parse(cls, path: str) -> Self:
        """The tile that a path names; raises ValueError unless it is written the one right way."""
        found = _PATH.fullmatch(path)
        if not found:
            raise ValueError(f"not a tile path: {path!r}")
        level, groups, width = found.groups()
        tile = cls(
            level=None if level == "entries" else int(level),
            number=int(groups.replace("x", "").replace("/", "")),
            width=int(width or TILE_WIDTH),
        )
        if str(tile) != path or (tile.level or 0) > 63:
            raise ValueError(f"not a tile path: {path!r}")
        return tile


def level_sizes(size: int) -> list[int]:
    """How many hashes each level of tiles holds for a tree of `size`, level 0 first."""
    sizes = []
    while size:
        sizes.append(size)
        size //= TILE_WIDTH
    return sizes


def tiles_of(size: int) -> Iterator[TilePath]:
    """Every tile of a tree of `size`, full ones and the partial one that ends each level."""
    for level, hashes in enumerate(level_sizes(size)):
        yield from _row(level, hashes)


def path_tiles(size: int, *positions: int) -> set[tuple[int, int]]:
    """The (level, number) of the tiles above leaf positions and above the end of a tree of `size`.

    Every hash of a proof about those positions in that tree stands in one of them.
    """
    return {
        (level, position // TILE_WIDTH ** (level + 1))
        for level in range(len(level_sizes(size)))
        for position in (size, *positions)
    }


def edge_of(size: int) -> dict[int, int]:
    """Level -> number of each tile that is partial in a tree of `size`."""
    return {
        level: hashes // TILE_WIDTH
        for level, hashes in enumerate(level_sizes(size))
        if hashes % TILE_WIDTH
    }


def extend(
    size: int, edge: Mapping[int, bytes], leaf_hashes: bytes
) -> dict[tuple[int, int], bytes]:
    """The tiles, by (level, number), that change when leaf hashes are appended to a tree of `size`.

    `edge` holds the partial tile of each level that has one (see `edge_of`); `leaf_hashes` are
    concatenated. Each tile comes whole, from its first hash to its new last one.
    """
    changed: dict[tuple[int, int], bytes] = {}
    level, row = 0, leaf_hashes
    while row:
        number = size // TILE_WIDTH ** (level + 1)
        row = edge.get(level, b"") + row
        roots = []
        for start in range(0, len(row), TILE_BYTES):
            tile = changed[level, number] = row[start : start + TILE_BYTES]
            if len(tile) == TILE_BYTES:
                roots.append(perfect_root(tile))
            number += 1
        level, row = level + 1, b"".join(roots)
    return changed


def perfect_root(hashes: bytes) -> bytes:
    """The Merkle tree hash over a power of two of concatenated hashes."""
    while len(hashes) > HASH_SIZE:
        hashes = b"".join(
            [sha256(b"\x01" + hashes[i : i + 64]).digest() for i in range(0, len(hashes), 64)]
        )
    return hashes


def node_reader(tiles: Mapping[tuple[int, int], bytes]) -> ReadNode:
    """Reads nodes for `merkle` out of tiles by (level, number).

    Reading a node raises LookupError where its tile is missing or too short to hold it.
    """

    def read(height: int, index: int) -> bytes:
        level, rest = divmod(height, 8)
        number, offset = divmod(index << rest, TILE_WIDTH)
        end = offset + (1 << rest)
        hashes = tiles[level, number][offset * HASH_SIZE : end * HASH_SIZE]
        if len(hashes) != HASH_SIZE << rest:
            raise LookupError(f"tile {level}/{number} holds no hashes {offset} to {end - 1}")
        return perfect_root(hashes)

    return read


def bundle(leaves: Iterable[bytes]) -> bytes:
    """Entries as served: each behind its length in two bytes, big-endian.

    Raises OverflowError for a leaf above 65,535 bytes.
    """
    return b"".join([len(leaf).to_bytes(2, "big") + leaf for leaf in leaves])


def leaves_in(data: bytes) -> list[bytes]:
    """The entries of a bundle; raises ValueError where it breaks off."""
    leaves, start = [], 0
    while start < len(data):
        end = start + 2 + int.from_bytes(data[start : start + 2], "big")
        if start + 2 > len(data) or end > len(data):
            raise ValueError("the bundle breaks off within an entry")
        leaves.append(data[start + 2 : end])
        start = end
    return leaves


def _row(level: int, hashes: int) -> Iterator[TilePath]:
    full, partial = divmod(hashes, TILE_WIDTH)
    for number in range(full):
        yield TilePath(level, number)
    if partial:
        yield TilePath(level, full, partial)
