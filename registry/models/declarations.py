"""What rightsholders declared, and how well they have shown who they are."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.ids import new_id
from registry.labels import DECLARED_CHOICES, EVIDENCE_LEVELS, SCOPES
from registry.models.locations import Location
from registry.models.people import Organisation, Rightsholder
from registry.models.works import Work
from registry.vocabulary import LOCATION_SCOPES, Scope, Usage


def choice_field(usage: Usage) -> models.CharField[str, str]:
    """Give the column for one usage: a choice, `withdrawn`, or empty where it was not named."""
    return models.CharField(usage.value, max_length=9, blank=True, choices=DECLARED_CHOICES)


class Declaration(models.Model):
    """One choice per usage on a work, a location or a catalogue, or their withdrawal.

    Append-only, in the log.

    The newest declaration that names a usage stands for it; one that names an organisation
    stands beside the general one.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    rightsholder = models.ForeignKey(Rightsholder, models.PROTECT, related_name="declarations")
    scope = models.CharField(_("scope"), max_length=9, choices=SCOPES)
    work = models.ForeignKey(
        Work, models.PROTECT, null=True, blank=True, related_name="declarations"
    )
    location = models.ForeignKey(
        Location,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="declarations",
        db_index=False,
    )
    generative_training = choice_field(Usage.GENERATIVE_TRAINING)
    other_training = choice_field(Usage.OTHER_TRAINING)
    inference = choice_field(Usage.INFERENCE)
    search = choice_field(Usage.SEARCH)
    mining = choice_field(Usage.MINING)
    starts_at = models.DateTimeField(_("starts"), null=True, blank=True)
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+"
    )
    ends_firm_grants = models.BooleanField(_("ends earlier grants to single firms"), default=False)
    terms_url = models.URLField(_("terms"), max_length=2000, blank=True)
    contact = models.CharField(_("contact"), max_length=300, blank=True)
    declared_at = models.DateTimeField(_("declared"))
    entry = models.OneToOneField("registry.Entry", models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("declaration")
        verbose_name_plural = _("declarations")
        constraints = [
            models.CheckConstraint(
                condition=(
                    models.Q(scope=Scope.WORK, work__isnull=False, location__isnull=True)
                    | models.Q(scope=Scope.CATALOGUE, work__isnull=True, location__isnull=True)
                    | models.Q(scope__in=LOCATION_SCOPES, work__isnull=True, location__isnull=False)
                ),
                name="declaration_scope_has_one_target",
            ),
            models.CheckConstraint(
                condition=models.Q(starts_at=None)
                | models.Q(ends_at=None)
                | models.Q(ends_at__gt=models.F("starts_at")),
                name="declaration_window_is_open",
            ),
        ]
        indexes = [
            models.Index(
                fields=["rightsholder"],
                condition=models.Q(scope=Scope.CATALOGUE),
                name="declaration_of_catalogue",
            ),
            models.Index(
                fields=["location"],
                condition=models.Q(location__isnull=False),
                name="declaration_of_location",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Standing(models.Model):
    """A rightsholder's evidence level from one log entry on; append-only, in the log."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    rightsholder = models.ForeignKey(Rightsholder, models.PROTECT, related_name="standings")
    level = models.PositiveSmallIntegerField(_("evidence level"), choices=EVIDENCE_LEVELS)
    reason = models.CharField(_("reason"), max_length=300)
    set_at = models.DateTimeField(_("set"))
    entry = models.OneToOneField("registry.Entry", models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("standing")
        verbose_name_plural = _("standings")

    def __str__(self) -> str:
        return str(self.level)
