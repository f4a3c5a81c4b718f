"""Firms that query, the accounts that act for them, and their API keys."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from consent.models.quotas import Plan
from registry.ids import new_id


class Firm(models.Model):
    """An organisation that queries."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.OneToOneField(
        "registry.Organisation", models.PROTECT, related_name="+", verbose_name=_("organisation")
    )
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="firms", verbose_name=_("quota"))
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="consent.FirmMember", related_name="firms"
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("firm")
        verbose_name_plural = _("firms")

    def __str__(self) -> str:
        return self.organisation.name


class FirmMember(models.Model):
    """An account that acts for a firm."""

    firm = models.ForeignKey(Firm, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="firm_memberships"
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [models.UniqueConstraint(fields=["user"], name="one_firm_an_account")]

    def __str__(self) -> str:
        return f"{self.user_id} → {self.firm_id}"


class ApiKey(models.Model):
    """What a firm's program shows; only the SHA-256 of the secret is kept.

    A test key gets fixed answers, whatever is registered. A strict one hears of every "no" as an
    opt-out where the Spawning format knows nothing between.
    """

    firm = models.ForeignKey(Firm, models.CASCADE, related_name="keys")
    public_id = models.CharField(_("id"), max_length=8, unique=True)
    secret_sha256 = models.BinaryField(max_length=32, editable=False)
    name = models.CharField(_("name"), max_length=80, blank=True)
    is_test = models.BooleanField(_("test key"), default=False)
    is_strict = models.BooleanField(_("strict"), default=True)
    created_at = models.DateTimeField(_("created"))
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")

    def __str__(self) -> str:
        return self.public_id
