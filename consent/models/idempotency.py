"""Answers kept for a day under the key that a firm chose, so that asking again changes nothing."""

from django.db import models

from consent.models.firms import Firm


class KeptAnswer(models.Model):
    """The answer to a request with an `Idempotency-Key`; without `status` it is being worked on.

    `leased_until` belongs to whoever works on it, and tells them from those before and after.
    """

    firm = models.ForeignKey(Firm, models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    request_sha256 = models.BinaryField(max_length=32)
    leased_until = models.DateTimeField()
    created_at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.BinaryField(default=b"")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["firm", "key"], name="one_answer_a_key"),
        ]
        indexes = [models.Index(fields=["created_at"], name="kept_answer_oldest")]

    def __str__(self) -> str:
        return str(self.pk)
