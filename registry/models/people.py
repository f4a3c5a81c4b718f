"""Accounts, the rightsholders they act for, organisations, and signatures of the Statement."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.ids import new_id
from registry.labels import CAPACITIES, DISCIPLINES
from registry.vocabulary import Capacity


class UserManager(BaseUserManager["User"]):
    """Makes accounts that are known by their e-mail address alone."""

    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Give a new account; without a password it can only sign in after a reset."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Give a new account that may enter the admin and change everything there."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractUser):
    """An account: somebody who signs in with an e-mail address."""

    username = None  # type: ignore[assignment]  # the address is the name
    first_name = None  # type: ignore[assignment]  # public names belong to rightsholders
    last_name = None  # type: ignore[assignment]
    email = models.EmailField(_("e-mail address"), unique=True)
    language = models.CharField(
        _("language"), max_length=5, choices=settings.LANGUAGES, default="en"
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]

    def __str__(self) -> str:
        return self.email

    def get_full_name(self) -> str:
        """Give nothing: public names belong to rightsholders."""
        return ""


class Rightsholder(models.Model):
    """A person or body on whose behalf works are registered; its `name` is public."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(_("public name"), max_length=200)
    capacity = models.CharField(
        _("kind"), max_length=12, choices=CAPACITIES, default=Capacity.PERSON
    )
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="registry.Membership", related_name="rightsholders"
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("rightsholder")
        verbose_name_plural = _("rightsholders")

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """An account that may act for a rightsholder."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    rightsholder = models.ForeignKey(Rightsholder, models.CASCADE, related_name="memberships")
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "rightsholder"], name="one_membership_each")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} → {self.rightsholder_id}"


class Organisation(models.Model):
    """A body with a name and its domains, which a declaration can name."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(_("name"), max_length=200)
    domains = ArrayField(models.CharField(max_length=253), default=list, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")

    def __str__(self) -> str:
        return self.name


class Signature(models.Model):
    """One account's signature under the Statement on AI Training."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="signatures")
    name = models.CharField(_("name"), max_length=200)
    capacity = models.CharField(_("signing as"), max_length=12, choices=CAPACITIES)
    organisation_name = models.CharField(_("organisation"), max_length=200, blank=True)
    discipline = models.CharField(_("discipline"), max_length=24, choices=DISCIPLINES)
    is_listed = models.BooleanField(_("listed publicly"), default=True)
    signed_at = models.DateTimeField(_("signed"))
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(withdrawn_at=None),
                name="one_signature_per_account",
            )
        ]
        indexes = [models.Index(fields=["-signed_at"], name="signature_newest_first")]

    def __str__(self) -> str:
        return self.name
