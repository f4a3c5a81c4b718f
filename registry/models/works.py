"""Works, their holders, and the identifiers by which an item is recognised as one of them."""

from django.contrib.postgres.indexes import HashIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.ids import new_id
from registry.labels import IDENTIFIER_KINDS, MEDIA
from registry.models.people import Rightsholder
from registry.vocabulary import STANDARD_KINDS


class Work(models.Model):
    """A creative work, as one rightsholder registered it.

    Only what no decision reads may change here: title, medium, year. `removed_at` repeats the
    newest claim for the sake of lists.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    rightsholder = models.ForeignKey(Rightsholder, models.PROTECT, related_name="works")
    title = models.CharField(_("title"), max_length=300)
    medium = models.CharField(_("medium"), max_length=12, choices=MEDIA)
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    registered_at = models.DateTimeField(_("registered"))
    removed_at = models.DateTimeField(_("removed"), null=True, blank=True)

    class Meta:
        verbose_name = _("work")
        verbose_name_plural = _("works")
        indexes = [
            models.Index(fields=["rightsholder", "-registered_at"], name="work_newest_of_holder")
        ]

    def __str__(self) -> str:
        return self.title


class Claim(models.Model):
    """The statement that a work is mine, or its withdrawal; append-only, in the log."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    work = models.ForeignKey(Work, models.PROTECT, related_name="claims")
    rightsholder = models.ForeignKey(Rightsholder, models.PROTECT, related_name="claims")
    is_withdrawal = models.BooleanField(_("withdrawal"), default=False)
    claimed_at = models.DateTimeField(_("claimed"))
    entry = models.OneToOneField("registry.Entry", models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")

    def __str__(self) -> str:
        return str(self.id)


class Identifier(models.Model):
    """One exact way to recognise a work; `key` is what lookups probe (`identifiers.py`)."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="identifiers")
    work = models.ForeignKey(Work, models.PROTECT, related_name="identifiers")
    kind = models.CharField(_("kind"), max_length=8, choices=IDENTIFIER_KINDS)
    key = models.BinaryField(_("key"), max_length=32)
    value = models.TextField(_("value"))

    class Meta:
        verbose_name = _("identifier")
        verbose_name_plural = _("identifiers")
        constraints = [
            models.UniqueConstraint(fields=["claim", "kind", "key"], name="identifier_once_a_claim")
        ]
        indexes = [
            HashIndex(fields=["key"], name="identifier_key"),
            models.Index(
                fields=["work"],
                condition=models.Q(kind__in=STANDARD_KINDS),
                name="identifier_number_of_work",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}"


class Holder(models.Model):
    """Somebody named as holding rights in a work; known by name only without `rightsholder`."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="holders")
    name = models.CharField(_("name"), max_length=200)
    rightsholder = models.ForeignKey(
        Rightsholder, models.PROTECT, null=True, blank=True, related_name="+"
    )
    layer = models.CharField(_("layer"), max_length=40, default="whole")

    class Meta:
        verbose_name = _("holder")
        verbose_name_plural = _("holders")

    def __str__(self) -> str:
        return self.name
