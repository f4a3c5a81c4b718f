"""Reading a log: its checkpoints, tiles and entries as served, and proofs out of them."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import connection
from django.db.models import Min, Q, QuerySet

from registry.log import merkle
from registry.log.merkle import HASH_SIZE, ReadNode
from registry.log.models import Checkpoint, Entry, Log, Tile
from registry.log.note import NoteKey
from registry.log.tiles import TILE_WIDTH, TilePath, bundle, node_reader, path_tiles
from registry.signing import public_keys
from registry.statements import TreeHead

NEXT_IN_LINE = 1_000  # so that a long backlog costs a reader no more than a short one

# Every answer asks this, so it is one statement that nobody has to compile.
LATEST = """
SELECT newest.size, newest.root, newest.published_at, (
    SELECT min(created_at) FROM (
        SELECT created_at FROM registry_entry
        WHERE log_id = newest.log_id AND index IS NULL ORDER BY id LIMIT %(next_in_line)s
    ) AS pending)
FROM (
    SELECT checkpoint.* FROM registry_checkpoint checkpoint
    JOIN registry_log log ON log.id = checkpoint.log_id
    WHERE log.name = %(log)s ORDER BY checkpoint.size DESC LIMIT 1
) AS newest
"""


def latest_checkpoint(log: str) -> Checkpoint | None:
    """The checkpoint of the largest tree; None before the first."""
    return _checkpoints(log).order_by("-size").first()


def checkpoint_at(log: str, at: datetime) -> Checkpoint | None:
    """The newest checkpoint published by then."""
    return _checkpoints(log).filter(published_at__lte=at).order_by("-published_at", "-size").first()


def checkpoint_reaching(log: str, size: int) -> Checkpoint | None:
    """The first checkpoint over at least `size` entries."""
    return _checkpoints(log).filter(size__gte=size).order_by("size").first()


def tree_head(checkpoint: Checkpoint) -> TreeHead:
    """What a checkpoint says, as it leaves the app."""
    return TreeHead(
        log=checkpoint.log.name,
        size=checkpoint.size,
        root=bytes(checkpoint.root),
        published_at=checkpoint.published_at,
    )


def latest(log: str) -> tuple[TreeHead, datetime | None] | None:
    """The newest state and when its oldest pending entry was created; None before the first."""
    with connection.cursor() as cursor:
        cursor.execute(LATEST, {"log": log, "next_in_line": NEXT_IN_LINE})
        row = cursor.fetchone()
    if row is None:
        return None
    size, root, published_at, pending_since = row
    return TreeHead(log, size, bytes(root), published_at), pending_since


def oldest_pending_at(log: str) -> datetime | None:
    """When the oldest of the pending entries next in line was created; None where none waits."""
    pending = Entry.objects.filter(log__name=log, index__isnull=True).order_by("id")
    next_in_line = pending.values("created_at")[:NEXT_IN_LINE]
    oldest: datetime | None = next_in_line.aggregate(oldest=Min("created_at"))["oldest"]
    return oldest


def resource(log: str, path: TilePath) -> bytes | None:
    """The bytes of a tile or entry bundle, partial ones of any width; None past the tree's end."""
    if path.level is None:
        return _bundle(log, path)
    tile = Tile.objects.filter(log__name=log, level=path.level, number=path.number)
    hashes = bytes(tile.values_list("hashes", flat=True).first() or b"")
    size = path.width * HASH_SIZE
    return hashes[:size] if len(hashes) >= size else None


def inclusion_proof(log: str, index: int, tree_size: int) -> list[bytes] | None:
    """The audit path of an entry (RFC 9162 §2.1.3.1); None unless both are published."""
    if not 0 <= index < tree_size or not _is_published(log, tree_size):
        return None
    return merkle.inclusion_proof(index, tree_size, _node_reader(log, tree_size, index))


def consistency_proof(log: str, first: int, second: int) -> list[bytes] | None:
    """From one tree to a larger one (RFC 9162 §2.1.4.1); None unless both are published."""
    if not 0 < first <= second or not _is_published(log, second):
        return None
    return merkle.consistency_proof(first, second, _node_reader(log, second, first - 1, first))


def note_keys(log: Log) -> list[NoteKey]:
    """The keys that sign the log's checkpoints, the one in use first, then those it replaced."""
    keys = public_keys(settings.REGISTRY_SIGNING_KEYS, "log")
    return [NoteKey(log.origin, public) for public in keys.values()]


def tiles_at(log: Log, places: Iterable[tuple[int, int]]) -> dict[tuple[int, int], bytes]:
    """The stored tiles at each (level, number), in one query; what is not there is left out."""
    wanted = Q(pk__in=[])
    for level, number in places:
        wanted |= Q(level=level, number=number)
    found = Tile.objects.filter(wanted, log=log).values_list("level", "number", "hashes")
    return {(level, number): bytes(hashes) for level, number, hashes in found}


def _checkpoints(log: str) -> QuerySet[Checkpoint]:
    return Checkpoint.objects.filter(log__name=log).select_related("log")


def _is_published(log: str, size: int) -> bool:
    return _checkpoints(log).filter(size__gte=size).exists()


def _node_reader(log: str, size: int, *positions: int) -> ReadNode:
    return node_reader(tiles_at(Log.objects.get(name=log), path_tiles(size, *positions)))


def _bundle(log: str, path: TilePath) -> bytes | None:
    start = path.number * TILE_WIDTH
    leaves = Entry.objects.filter(
        log__name=log, index__gte=start, index__lt=start + path.width
    ).order_by("index")
    found = [bytes(leaf) for leaf in leaves.values_list("leaf", flat=True)]
    return bundle(found) if len(found) == path.width else None
