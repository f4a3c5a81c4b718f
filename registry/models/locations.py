"""Places on the web, and what was logged about who controls them."""

from django.contrib.postgres.indexes import HashIndex
from django.db import models
from django.db.models.functions import Length
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from registry.ids import new_id
from registry.labels import CONTROL_EVENTS, PLACES
from registry.models.people import Rightsholder
from registry.vocabulary import LOCATION_SCOPES, ControlEvent

KEY_LENGTH = 32


class Location(models.Model):
    """A URL prefix, host or domain, for as long as one rightsholder controls it; append-only.

    Its events prove every field. Who shows control again after its end gets another location, so
    that nothing said before comes back. `key` is what lookups probe (`identifiers.py`).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    rightsholder = models.ForeignKey(Rightsholder, models.PROTECT, related_name="locations")
    scope = models.CharField(_("kind"), max_length=9, choices=PLACES)
    key = models.BinaryField(_("key"), max_length=KEY_LENGTH)
    value = models.TextField(_("place"))

    class Meta:
        verbose_name = _("location")
        verbose_name_plural = _("locations")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(scope__in=LOCATION_SCOPES), name="location_is_a_place"
            ),
            models.CheckConstraint(
                condition=Exact(Length("key"), KEY_LENGTH), name="location_key_is_whole"
            ),
        ]
        indexes = [HashIndex(fields=["key"], name="location_key")]

    def __str__(self) -> str:
        return self.value


class LocationEvent(models.Model):
    """Control of a location shown, renewed, suspended, resumed or ended; append-only, logged."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    location = models.ForeignKey(Location, models.PROTECT, related_name="events")
    kind = models.CharField(_("event"), max_length=9, choices=CONTROL_EVENTS)
    reason = models.CharField(_("reason"), max_length=300)
    happened_at = models.DateTimeField(_("happened"))
    entry = models.OneToOneField("registry.Entry", models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("control of a location")
        verbose_name_plural = _("control of locations")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=ControlEvent), name="location_event_is_known"
            ),
            models.UniqueConstraint(
                fields=["location"],
                condition=models.Q(kind=ControlEvent.SHOWN),
                name="location_begins_once",
            ),
            models.UniqueConstraint(
                fields=["location"],
                condition=models.Q(kind=ControlEvent.ENDED),
                name="location_ends_once",
            ),
        ]

    def __str__(self) -> str:
        return self.kind
