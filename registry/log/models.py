"""The rows of a log: its entries, the tiles over them, and the checkpoints it published."""

from django.db import models
from django.db.models import F, Q


class Log(models.Model):
    """A log by name; its origin names it in every checkpoint, for ever."""

    id = models.SmallAutoField(primary_key=True)
    name = models.SlugField(unique=True, max_length=40)
    origin = models.CharField(unique=True, max_length=200)

    class Meta:
        """Belongs to the registry."""

        app_label = "registry"

    def __str__(self) -> str:
        """The name."""
        return self.name


class Entry(models.Model):
    """One leaf: a public commitment to a row kept elsewhere; pending until it has an index.

    Append-only by trigger: `index` is set once, `salt` falls only by erasure.
    """

    id = models.BigAutoField(primary_key=True)
    log = models.ForeignKey(Log, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=40)
    salt = models.BinaryField(null=True)
    leaf = models.BinaryField()
    index = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        """Two partial indexes, so that an entry is in one of them at a time."""

        app_label = "registry"
        verbose_name_plural = "entries"
        constraints = [
            models.UniqueConstraint(
                fields=["log", "index"],
                condition=Q(index__isnull=False),
                name="registry_entry_index",
            ),
            models.CheckConstraint(condition=Q(index__gte=0), name="registry_entry_index_from_0"),
        ]
        indexes = [
            models.Index(
                fields=["log", "id"], condition=Q(index__isnull=True), name="registry_entry_pending"
            ),
        ]

    def __str__(self) -> str:
        """The kind and where it stands."""
        return f"{self.kind} {'pending' if self.index is None else self.index}"


class Tile(models.Model):
    """Up to 256 hashes of one level; the last of a level grows, and every prefix of it is served.

    Append-only by trigger: an update may only extend the hashes.
    """

    id = models.BigAutoField(primary_key=True)
    log = models.ForeignKey(Log, on_delete=models.PROTECT, related_name="+", db_index=False)
    level = models.PositiveSmallIntegerField()
    number = models.BigIntegerField()
    hashes = models.BinaryField()

    class Meta:
        """One row a tile."""

        app_label = "registry"
        constraints = [
            models.UniqueConstraint(fields=["log", "level", "number"], name="registry_tile_place"),
        ]

    def __str__(self) -> str:
        """Level and number."""
        return f"{self.level}/{self.number}"


class Checkpoint(models.Model):
    """A signed tree head as published; append-only by trigger."""

    id = models.BigAutoField(primary_key=True)
    log = models.ForeignKey(Log, on_delete=models.PROTECT, related_name="+", db_index=False)
    size = models.BigIntegerField()
    root = models.BinaryField()
    note = models.TextField()
    published_at = models.DateTimeField()

    class Meta:
        """One checkpoint a size, found by size or by time."""

        app_label = "registry"
        constraints = [
            models.UniqueConstraint(fields=["log", "size"], name="registry_checkpoint_size"),
            models.CheckConstraint(
                condition=Q(size__gte=0), name="registry_checkpoint_size_from_0"
            ),
        ]
        indexes = [
            models.Index("log", F("published_at").desc(), name="registry_checkpoint_time"),
        ]

    def __str__(self) -> str:
        """The size."""
        return str(self.size)
