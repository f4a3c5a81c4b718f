"""Writing a log: append entries, then integrate them into the tree and publish a checkpoint."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction

from registry.log import reads
from registry.log.leaves import seal
from registry.log.merkle import HASH_SIZE, leaf_hash, root_at
from registry.log.models import Checkpoint, Entry, Log, Tile
from registry.log.note import CheckpointText, NoteError, open_note, sign_note
from registry.log.tiles import TILE_WIDTH, edge_of, extend, level_sizes, node_reader
from registry.signing import load_or_create_key
from registry.statements import TreeHead

BATCH = 65_536

_LOCK = 0x6C6F67  # "log": the first half of the advisory lock, the log's id is the second

_TAKE_IDS = """
SELECT nextval(pg_get_serial_sequence('registry_entry', 'id')) FROM generate_series(1, %s)
"""

_COPY = """
COPY registry_entry (id, log_id, kind, salt, leaf, created_at) FROM STDIN (FORMAT BINARY)
"""

# The bounds let PostgreSQL read the stretch of the table where these ids are, not all of it.
_SET_INDEXES = """
UPDATE registry_entry AS entry SET index = %(size)s + given.place - 1
FROM unnest(%(ids)s::bigint[]) WITH ORDINALITY AS given (id, place)
WHERE entry.id = given.id AND entry.index IS NULL
    AND entry.id BETWEEN %(first)s AND %(last)s
RETURNING entry.index, entry.leaf
"""


class LogDamagedError(Exception):
    """The stored tiles do not give the root last published; nothing more may be signed."""


def open_log(*, name: str, origin: str) -> Log:
    """The log of that name, made with this origin if there is none; an origin never changes."""
    return Log.objects.get_or_create(name=name, defaults={"origin": origin})[0]


def append(*, log: str, kind: str, payload: bytes, at: datetime) -> Entry:
    """A pending entry that commits to the payload, in the transaction of what it describes.

    Raises Log.DoesNotExist for an unknown log.
    """
    salt, leaf = seal(kind, payload)
    return Entry.objects.create(
        log=Log.objects.get(name=log), kind=kind, salt=salt, leaf=leaf, created_at=at
    )


def append_many(*, log: str, said: Iterable[tuple[str, bytes]], at: datetime) -> list[int]:
    """Pending entries for many (kind, payload), in that order; gives the ids of their rows."""
    log_id = Log.objects.get(name=log).pk
    sealed = [(kind, *seal(kind, payload)) for kind, payload in said]
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_IDS, [len(sealed)])
        ids = [row[0] for row in cursor.fetchall()]
        with cursor.copy(_COPY) as copy:
            copy.set_types(["bigint", "smallint", "varchar", "bytea", "bytea", "timestamptz"])
            for entry_id, (kind, salt, leaf) in zip(ids, sealed, strict=True):
                copy.write_row((entry_id, log_id, kind, salt, leaf, at))
    return ids


@transaction.atomic
def integrate(*, log: str, at: datetime, limit: int = BATCH) -> TreeHead | None:
    """Give up to `limit` pending entries their place, and publish a checkpoint over them.

    Gives the head after it, unchanged where nothing was pending, or None while another process
    integrates the same log. A log without a checkpoint gets one, if over no entries.
    Raises LogDamagedError where the tree no longer agrees with what was published.
    """
    row = Log.objects.get(name=log)
    if not _is_ours(row):
        return None
    last = reads.latest_checkpoint(log)
    size = last.size if last else 0
    hashes = _index_pending(row, size, limit)
    if last and not hashes:
        return reads.tree_head(last)
    if last:
        _require_own_key(row, last)
    root = _grow(row, last, hashes)
    # A clock set back must not make a larger tree the older one.
    published_at = max(at, last.published_at) if last else at
    return reads.tree_head(_publish(row, size + len(hashes), root, published_at))


def _require_own_key(log: Log, last: Checkpoint) -> None:
    """Refuse to go on under a new key where the key that signed the last checkpoint is lost."""
    try:
        open_note(last.note, reads.note_keys(log))
    except NoteError as error:
        raise LogDamagedError(f"no key in use signed the last checkpoint of {log}") from error


def _is_ours(log: Log) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [_LOCK, log.pk])
        return bool(cursor.fetchone()[0])


def _index_pending(log: Log, size: int, limit: int) -> list[bytes]:
    """Leaf hashes of the entries that got the indexes from `size` on, in that order.

    Ids may become visible out of order; what is visible now comes next, in the order of ids.
    """
    pending = Entry.objects.filter(log=log, index__isnull=True).order_by("id")
    ids = list(pending.values_list("id", flat=True)[:limit])
    if not ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_SET_INDEXES, {"size": size, "ids": ids, "first": ids[0], "last": ids[-1]})
        rows = sorted(cursor.fetchall())
    return [leaf_hash(leaf) for _, leaf in rows]


def _edge(log: Log, last: Checkpoint | None) -> dict[tuple[int, int], bytes]:
    """The partial tiles of the tree last published, found to give its root."""
    size = last.size if last else 0
    sizes = level_sizes(size)
    tiles = reads.tiles_at(log, edge_of(size).items())
    for level, number in edge_of(size).items():
        if len(tiles.get((level, number), b"")) != sizes[level] % TILE_WIDTH * HASH_SIZE:
            raise LogDamagedError(f"tile {level}/{number} of {log} does not fit its size {size}")
    if last and root_at(size, node_reader(tiles)) != bytes(last.root):
        raise LogDamagedError(f"the tiles of {log} do not give its root at {size}")
    return tiles


def _grow(log: Log, last: Checkpoint | None, hashes: list[bytes]) -> bytes:
    """Write the tiles that the new leaf hashes change; gives the new root."""
    size = last.size if last else 0
    edge = _edge(log, last)
    by_level = {level: tile for (level, _), tile in edge.items()}
    changed = extend(size, by_level, b"".join(hashes))
    Tile.objects.bulk_create(
        [
            Tile(log=log, level=level, number=number, hashes=tile)
            for (level, number), tile in changed.items()
        ],
        update_conflicts=True,
        unique_fields=["log", "level", "number"],
        update_fields=["hashes"],
    )
    return root_at(size + len(hashes), node_reader(edge | changed))


def _publish(log: Log, size: int, root: bytes, at: datetime) -> Checkpoint:
    key = load_or_create_key(settings.REGISTRY_SIGNING_KEYS, "log")
    text = str(CheckpointText(origin=log.origin, size=size, root=root))
    return Checkpoint.objects.create(
        log=log, size=size, root=root, note=sign_note(text, log.origin, key), published_at=at
    )
