"""Tiles are named, sized and grown as C2SP tlog-tiles says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.log.merkle import consistency_proof, inclusion_proof, leaf_hash, root, root_at
from registry.log.tiles import (
    HASH_SIZE,
    TILE_BYTES,
    TilePath,
    bundle,
    edge_of,
    extend,
    leaves_in,
    level_sizes,
    node_reader,
    path_tiles,
    tiles_of,
)
from tests.registry.log.vectors import reader


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (TilePath(0, 0), "tile/0/000"),
        (TilePath(0, 999), "tile/0/999"),
        (TilePath(0, 1000), "tile/0/x001/000"),
        (TilePath(1, 1234067), "tile/1/x001/x234/067"),
        (TilePath(63, 0, 1), "tile/63/000.p/1"),
        (TilePath(2, 1000000, 255), "tile/2/x001/x000/000.p/255"),
        (TilePath(None, 273, 112), "tile/entries/273.p/112"),
    ],
)
def test_a_path_and_its_tile(tile: TilePath, path: str) -> None:
    assert str(tile) == path
    assert TilePath.parse(path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile/0/0",
        "tile/0/0000",
        "tile/0/x000/001",
        "tile/0/001/000",
        "tile/0/x001",
        "tile/00/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/",
        "tile/0/000/",
        "/tile/0/000",
        "tile/0/000\n",
        "tile/0/\u0660\u0660\u0660",
        "tile/entries/entries",
        "tile/0/" + "x999/" * 6 + "999",
    ],
)
def test_what_is_no_path_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="not a tile path"):
        TilePath.parse(path)


@given(
    st.builds(
        TilePath,
        st.none() | st.integers(0, 63),
        st.integers(0, 10**18 - 1),
        st.integers(1, 256),
    )
)
def test_paths_read_back(tile: TilePath) -> None:
    assert TilePath.parse(str(tile)) == tile


def test_the_specification_s_example_of_70_000_entries() -> None:
    tiles = list(tiles_of(70_000))
    assert [tile for tile in tiles if tile.width < 256] == [
        TilePath(0, 273, 112),
        TilePath(1, 1, 17),
        TilePath(2, 0, 1),
    ]
    assert len(tiles) == 273 + 1 + 1 + 1 + 1


def test_the_specification_s_example_of_256_entries() -> None:
    assert list(tiles_of(256)) == [TilePath(0, 0), TilePath(1, 0, 1)]
    assert edge_of(256) == {1: 0}
    assert list(tiles_of(0)) == []
    assert level_sizes(0) == []


def leaves(size: int) -> list[bytes]:
    return [b"%d" % number for number in range(size)]


def grown(sizes: list[int]) -> dict[tuple[int, int], bytes]:
    """The tiles of a tree that grew through these sizes."""
    tiles: dict[tuple[int, int], bytes] = {}
    size = 0
    for larger in sizes:
        edge = {level: tiles[level, number] for level, number in edge_of(size).items()}
        hashes = b"".join(leaf_hash(leaf) for leaf in leaves(larger)[size:])
        changed = extend(size, edge, hashes)
        for place, tile in changed.items():
            assert tile.startswith(tiles.get(place, b"")), "a tile only grows"
            assert tile != tiles.get(place), "only what changed is given"
        tiles |= changed
        size = larger
    return tiles


@pytest.mark.parametrize(
    "sizes",
    [
        [0, 1, 2, 3],
        [255, 256, 257],
        [256, 512, 513],
        [1000],
        [1, 700, 701, 65_535, 65_536, 65_537, 66_000],
        [65_536 + 256],
        [131_072, 131_072 + 300],
    ],
)
def test_growing_by_any_batches_ends_in_the_same_tree(sizes: list[int]) -> None:
    tiles = grown(sizes)
    size = sizes[-1]
    widths = {(tile.level, tile.number): tile.width * HASH_SIZE for tile in tiles_of(size)}
    assert {place: len(tile) for place, tile in tiles.items()} == widths
    for shown in {*sizes, size}:
        assert root_at(shown, node_reader(tiles)) == root(leaves(shown))


@given(st.lists(st.integers(0, 700), min_size=1, max_size=4).map(sorted), st.data())
def test_a_proof_needs_only_the_tiles_above_its_positions(
    sizes: list[int], data: st.DataObject
) -> None:
    stored = grown([*sizes, 701])
    size = data.draw(st.integers(1, 701))
    index = data.draw(st.integers(0, size - 1))
    read = reader(leaves(size))
    near = {place: stored[place] for place in path_tiles(size, index) if place in stored}
    assert inclusion_proof(index, size, node_reader(near)) == inclusion_proof(index, size, read)
    first = index + 1
    near = {place: stored[place] for place in path_tiles(size, index, first) if place in stored}
    expected = consistency_proof(first, size, read)
    assert consistency_proof(first, size, node_reader(near)) == expected


def test_the_tiles_above_a_position_reach_the_top_of_a_larger_tree() -> None:
    assert path_tiles(70_000, 5) == {(0, 0), (1, 0), (2, 0), (0, 273), (1, 1)}


def test_a_tile_too_short_gives_no_node() -> None:
    read = node_reader({(0, 0): bytes(3 * HASH_SIZE)})
    with pytest.raises(LookupError):
        read(2, 0)
    with pytest.raises(LookupError):
        read(8, 0)
    assert len(read(1, 0)) == HASH_SIZE


def test_a_full_tile_is_8192_bytes() -> None:
    assert {len(tile) for tile in grown([512]).values()} == {TILE_BYTES, 2 * HASH_SIZE}
    assert TILE_BYTES == 8192


@given(st.lists(st.binary(max_size=300), max_size=5))
def test_entries_read_back_from_their_bundle(entries: list[bytes]) -> None:
    assert leaves_in(bundle(entries)) == entries


def test_a_bundle_is_lengths_and_entries() -> None:
    assert bundle([b"ab", b""]) == b"\x00\x02ab\x00\x00"
    with pytest.raises(OverflowError):
        bundle([bytes(65_536)])


@pytest.mark.parametrize("broken", [b"\x00", b"\x00\x01", b"\x00\x01a\x00", b"\xff\xffa"])
def test_a_bundle_that_breaks_off_is_refused(broken: bytes) -> None:
    with pytest.raises(ValueError, match="breaks off"):
        leaves_in(broken)
