"""The tables of the record."""

from registry.log.models import Checkpoint, Entry, Log, Tile
from registry.models.declarations import Declaration, Standing
from registry.models.locations import Location, LocationEvent
from registry.models.operations import Heartbeat, Mail, Reminder
from registry.models.people import (
    Membership,
    Organisation,
    Rightsholder,
    Signature,
    User,
)
from registry.models.works import Claim, Holder, Identifier, Work

__all__ = [
    "Checkpoint",
    "Claim",
    "Declaration",
    "Entry",
    "Heartbeat",
    "Holder",
    "Identifier",
    "Location",
    "LocationEvent",
    "Log",
    "Mail",
    "Membership",
    "Organisation",
    "Reminder",
    "Rightsholder",
    "Signature",
    "Standing",
    "Tile",
    "User",
    "Work",
]
