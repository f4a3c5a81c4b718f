"""How much may be asked, and how much was."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

HOUR = 3600  # seconds
#: Items a second. A meter counts in microseconds, of which one item must cost several.
FASTEST = 100_000


class Plan(models.Model):
    """How many items a firm may ask for in a period, and how many at once; no `items`: no limit."""

    name = models.SlugField(_("name"), max_length=40, unique=True)
    items = models.PositiveBigIntegerField(_("items per period"), null=True, blank=True)
    period_seconds = models.PositiveIntegerField(_("period in seconds"), default=3600)
    burst = models.PositiveBigIntegerField(_("items at once"), default=10_000)

    class Meta:
        verbose_name = _("quota")
        verbose_name_plural = _("quotas")
        constraints = [
            models.CheckConstraint(
                condition=Q(items__gt=0) | Q(items=None), name="plan_allows_something"
            ),
            models.CheckConstraint(
                condition=Q(period_seconds__gt=0, burst__gt=0), name="plan_has_a_period"
            ),
            models.CheckConstraint(
                condition=Q(items=None) | Q(period_seconds__gt=(F("items") - 1) / FASTEST),
                name="plan_can_be_counted",
                violation_error_message=_(
                    "More than 100,000 items a second cannot be counted. Leave the items empty "
                    "for a quota without a limit."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def items_an_hour(self) -> int:
        """How many items it allows in the long run; 0 where there is no limit."""
        return (self.items or 0) * HOUR // self.period_seconds


class Meter(models.Model):
    """The theoretical arrival time of a subject's next item (GCRA, ITU-T I.371)."""

    subject = models.CharField(max_length=80, primary_key=True)
    arrival_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.subject
