"""The tables of the answer."""

from consent.models.firms import ApiKey, Firm, FirmMember, Invitation, KeyUsage
from consent.models.idempotency import KeptAnswer
from consent.models.quotas import Meter, Plan

__all__ = [
    "ApiKey",
    "Firm",
    "FirmMember",
    "Invitation",
    "KeptAnswer",
    "KeyUsage",
    "Meter",
    "Plan",
]
