"""Firms that query, the accounts that act for them, and their API keys."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consent.labels import KEY_SCOPES, ROLES
from consent.models.quotas import Plan
from consent.vocabulary import KeyScope, Role
from registry.ids import new_id


def _lookups_alone() -> list[str]:
    return [KeyScope.LOOKUPS]


class Firm(models.Model):
    """An organisation that queries.

    `domain` is that of the address with which it signed up; operators make firms without one.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.OneToOneField(
        "registry.Organisation", models.PROTECT, related_name="+", verbose_name=_("organisation")
    )
    domain = models.CharField(_("domain"), max_length=253, blank=True, editable=False)
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="firms", verbose_name=_("quota"))
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="consent.FirmMember", related_name="firms"
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("firm")
        verbose_name_plural = _("firms")
        constraints = [
            models.UniqueConstraint(
                fields=["domain"], condition=~Q(domain=""), name="one_firm_a_domain"
            )
        ]

    def __str__(self) -> str:
        return self.organisation.name


class FirmMember(models.Model):
    """An account that acts for a firm."""

    firm = models.ForeignKey(Firm, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="firm_memberships",
        verbose_name=_("account"),
    )
    role = models.CharField(_("role"), max_length=8, choices=ROLES, default=Role.OWNER)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [models.UniqueConstraint(fields=["user"], name="one_firm_an_account")]

    def __str__(self) -> str:
        return f"{self.user_id} → {self.firm_id}"

    @property
    def is_owner(self) -> bool:
        """Whether the member says who belongs to the firm."""
        return Role(self.role).covers(Role.OWNER)

    @property
    def makes_keys(self) -> bool:
        """Whether the member makes and ends the firm's keys."""
        return Role(self.role).covers(Role.ENGINEER)


class Invitation(models.Model):
    """A firm asks whoever has an address to join it; open until it ends or expires."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    firm = models.ForeignKey(Firm, models.CASCADE, related_name="invitations")
    inviter = models.ForeignKey(FirmMember, models.SET_NULL, null=True, related_name="+")
    email = models.EmailField(_("e-mail address"))
    role = models.CharField(_("role"), max_length=8, choices=ROLES)
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["firm", "email"],
                condition=Q(ended_at=None),
                name="one_open_invitation_each",
            )
        ]
        indexes = [
            models.Index(fields=["email"], condition=Q(ended_at=None), name="invitation_by_email")
        ]

    def __str__(self) -> str:
        return str(self.pk)


class ApiKey(models.Model):
    """What a firm's program shows; only the SHA-256 of the secret is kept.

    A test key gets fixed answers, whatever is registered. A strict one hears of every "no" as an
    opt-out where the Spawning format knows nothing between. `reminded_days` is how many days before
    its end the members were last told of it.
    """

    firm = models.ForeignKey(Firm, models.CASCADE, related_name="keys")
    public_id = models.CharField(_("id"), max_length=8, unique=True)
    secret_sha256 = models.BinaryField(max_length=32, editable=False)
    name = models.CharField(_("name"), max_length=80, blank=True)
    is_test = models.BooleanField(_("test key"), default=False)
    is_strict = models.BooleanField(_("strict"), default=True)
    scopes = ArrayField(
        models.CharField(max_length=10, choices=KEY_SCOPES),
        verbose_name=_("may be used for"),
        default=_lookups_alone,
    )
    created_at = models.DateTimeField(_("created"))
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    reminded_days = models.PositiveSmallIntegerField(null=True, editable=False)

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")

    def __str__(self) -> str:
        return self.public_id


class KeyUsage(models.Model):
    """How much was asked with a key on a day, in UTC."""

    key = models.ForeignKey(ApiKey, models.CASCADE, related_name="usage")
    day = models.DateField()
    requests = models.PositiveBigIntegerField(default=0)
    items = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "day"], name="one_usage_a_day")]

    def __str__(self) -> str:
        return f"{self.key_id} {self.day}"
