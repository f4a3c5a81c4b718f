"""Checks a whole log against itself: entries, tiles, checkpoints, signatures."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection

from registry.log import reads
from registry.log.leaves import kind_in
from registry.log.merkle import HASH_SIZE, leaf_hash, root_at
from registry.log.models import Checkpoint, Entry, Log, Tile
from registry.log.note import CheckpointText, NoteError, NoteKey, open_note
from registry.log.tiles import TILE_BYTES, TILE_WIDTH, edge_of, extend, node_reader, tiles_of

CHUNK = TILE_WIDTH * TILE_WIDTH

_SHAPE = """
SELECT head.size, head.integrated, tile.level, tile.number, octet_length(tile.hashes)
FROM (
    SELECT
        (SELECT max(size) FROM registry_checkpoint WHERE log_id = %(log)s) AS size,
        (SELECT max(index) + 1 FROM registry_entry WHERE log_id = %(log)s AND index >= 0)
            AS integrated
) AS head
LEFT JOIN registry_tile AS tile ON tile.log_id = %(log)s
"""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: a stable code, and where."""

    code: str
    where: str

    def __str__(self) -> str:
        """Both in a line."""
        return f"{self.code}: {self.where}"


@dataclass
class _Tree:
    """A tree that grows by hashes; keeps its right edge, and tiles above level 0 until settled."""

    size: int = 0
    edge: dict[int, bytes] = field(default_factory=dict)
    changed: dict[tuple[int, int], bytes] = field(default_factory=dict)

    def grow(self, hashes: bytes) -> None:
        changed = extend(self.size, self.edge, hashes)
        for (level, _), tile in changed.items():
            self.edge[level] = tile if len(tile) < TILE_BYTES else b""
        self.changed |= {place: tile for place, tile in changed.items() if place[0]}
        self.size += len(hashes) // HASH_SIZE

    def settled(self, *, is_whole: bool) -> dict[tuple[int, int], bytes]:
        """The changed tiles above level 0 that are full, or all once the tree is whole."""
        places = [
            place for place, tile in self.changed.items() if is_whole or len(tile) == TILE_BYTES
        ]
        return {place: self.changed.pop(place) for place in places}

    def root(self) -> bytes:
        edge = {(level, number): self.edge[level] for level, number in edge_of(self.size).items()}
        return root_at(self.size, node_reader(edge))


def findings(log: str) -> Iterator[Finding]:
    """Everything wrong with a log as published when asked; nothing for a sound one.

    Entries are compared with the tiles of level 0, those with the tiles above and with the root of
    every checkpoint: all roots come out of one growing tree, so each is consistent with the next.
    Needs the memory of 65,536 entries at a time. Raises Log.DoesNotExist for an unknown log.
    """
    row = Log.objects.get(name=log)
    size, wrong = _shape(row)
    yield from wrong
    keys = reads.note_keys(row)
    tree = _Tree()
    published_at: datetime | None = None
    for start in range(0, size + 1, CHUNK):
        end = min(start + CHUNK, size)
        hashes = _level_0(row, start, end)
        if len(hashes) != (end - start) * HASH_SIZE:
            yield Finding("unfinished", f"no tiles to go on with from entry {start}")
            return
        yield from _compare_entries(row, start, end, hashes)
        for checkpoint in _checkpoints(row, start, end):
            tree.grow(_between(hashes, tree.size - start, checkpoint.size - start))
            yield from _check_checkpoint(checkpoint, tree.root(), keys)
            if published_at and checkpoint.published_at < published_at:
                yield Finding("time-reversed", f"checkpoint {checkpoint.size}")
            published_at = checkpoint.published_at
        tree.grow(_between(hashes, tree.size - start, end - start))
        yield from _compare_tiles(row, tree.settled(is_whole=end == size))


def _between(hashes: bytes, first: int, last: int) -> bytes:
    return hashes[first * HASH_SIZE : last * HASH_SIZE]


def _shape(log: Log) -> tuple[int, list[Finding]]:
    """The size last published, and which entries or tiles are too many or too few for it."""
    with connection.cursor() as cursor:
        cursor.execute(_SHAPE, {"log": log.pk})
        rows = cursor.fetchall()
    size, integrated = rows[0][0] or 0, rows[0][1] or 0
    wrong = []
    if integrated != size:
        wrong.append(Finding("size-differs", f"{integrated} entries under a checkpoint of {size}"))
    widths = {(tile.level, tile.number): tile.width for tile in tiles_of(size)}
    for _, _, level, number, length in rows:
        if level is not None and widths.pop((level, number), 0) * HASH_SIZE != length:
            wrong.append(Finding("tile-size", f"tile {level}/{number} holds {length} bytes"))
    wrong += [Finding("tile-missing", f"tile {level}/{number}") for level, number in widths]
    return size, wrong


def _level_0(log: Log, start: int, end: int) -> bytes:
    tiles = Tile.objects.filter(
        log=log, level=0, number__gte=start // TILE_WIDTH, number__lt=-(-end // TILE_WIDTH)
    ).order_by("number")
    hashes = b"".join(bytes(tile) for tile in tiles.values_list("hashes", flat=True))
    return hashes[: (end - start) * HASH_SIZE]


def _entries(log: Log, start: int, end: int) -> Iterator[tuple[int, str, bytes]]:
    rows = Entry.objects.filter(log=log, index__gte=start, index__lt=end).order_by("index")
    for index, kind, leaf in rows.values_list("index", "kind", "leaf"):
        if index is not None:
            yield index, kind, bytes(leaf)


def _compare_entries(log: Log, start: int, end: int, hashes: bytes) -> Iterator[Finding]:
    expected = start
    for index, kind, leaf in _entries(log, start, end):
        yield from _missing(expected, index)
        expected = index + 1
        if leaf_hash(leaf) != _between(hashes, index - start, index - start + 1):
            yield Finding("entry-differs", f"entry {index} is not what its tile says")
        if kind_in(leaf) != kind:
            yield Finding("kind-differs", f"entry {index} is stored as {kind}")
    yield from _missing(expected, end)


def _missing(first: int, end: int) -> Iterator[Finding]:
    return (Finding("entry-missing", f"entry {index}") for index in range(first, end))


def _checkpoints(log: Log, start: int, end: int) -> Iterator[Checkpoint]:
    """Those over more than `start` entries, up to `end`; the empty one belongs to the start."""
    found = Checkpoint.objects.filter(log=log, size__gt=start or -1, size__lte=end)
    return found.select_related("log").order_by("size").iterator()


def _check_checkpoint(
    checkpoint: Checkpoint, root: bytes, keys: list[NoteKey]
) -> Iterator[Finding]:
    where = f"checkpoint {checkpoint.size}"
    if bytes(checkpoint.root) != root:
        yield Finding("root-differs", where)
    said = CheckpointText(checkpoint.log.origin, checkpoint.size, bytes(checkpoint.root))
    try:
        if open_note(checkpoint.note, keys) != str(said):
            yield Finding("note-differs", where)
    except NoteError as error:
        yield Finding("note-unsigned", f"{where}: {error}")


def _compare_tiles(log: Log, tiles: dict[tuple[int, int], bytes]) -> Iterator[Finding]:
    """Tiles as they should be against those stored; a missing one was found before."""
    stored = reads.tiles_at(log, tiles)
    for (level, number), tile in tiles.items():
        if stored.get((level, number), tile)[: len(tile)] != tile:
            yield Finding("tile-differs", f"tile {level}/{number}")
