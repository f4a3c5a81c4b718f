"""Rows of background work: signs of life, mails to send, reminders sent."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.models.declarations import Declaration


class Heartbeat(models.Model):
    """When a background worker last said that it is alive."""

    name = models.CharField(max_length=40, primary_key=True)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Mail(models.Model):
    """A mail that waits to be sent; gone once it is, since its text is personal.

    `leased_until` belongs to the worker that is sending it; `due_at` moves on after a failure.
    """

    recipient = models.EmailField(_("recipient"))
    subject = models.CharField(_("subject"), max_length=300)
    body = models.TextField(_("text"))
    due_at = models.DateTimeField(_("due"))
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="mail_due")]

    def __str__(self) -> str:
        return str(self.pk)


class Reminder(models.Model):
    """The owner was told that a declaration is about to end."""

    declaration = models.OneToOneField(Declaration, models.CASCADE, primary_key=True)
    reminded_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.pk)
