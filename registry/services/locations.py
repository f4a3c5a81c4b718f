"""Who controls a place on the web: shown, renewed, suspended, resumed, ended; each is logged."""

from collections.abc import Container
from datetime import datetime, timedelta

from django.db import transaction

from registry.errors import AlreadyControlled, DomainError, NotSuspended, NotUnderControl
from registry.identifiers import canonical_location, location_key
from registry.ids import new_id
from registry.log import services as log
from registry.models import Location, LocationEvent, Rightsholder
from registry.selectors.locations import HELD, is_controlled_by, newest_event
from registry.selectors.log import DECLARATIONS
from registry.selectors.payloads import kind_of_event, payload_of_event
from registry.services import texts
from registry.services.people import lock
from registry.vocabulary import ControlEvent, Scope

#: "Renewal (at most every 30 days) is logged" (the decision rules).
RENEWED_AFTER = timedelta(days=30)

_NOT_OVER = (*HELD, ControlEvent.SUSPENDED)


@transaction.atomic
def register_location(
    *, rightsholder: Rightsholder, scope: Scope, value: str, reason: str, at: datetime
) -> Location:
    """Give the place whose control the rightsholder has shown; `reason` says how.

    Raises AlreadyControlled and what `canonical_location` raises.
    """
    value = canonical_location(scope, value)
    key = location_key(scope, value)
    lock(rightsholder)
    if is_controlled_by(rightsholder, key):
        raise AlreadyControlled
    location = Location.objects.create(
        id=new_id(), rightsholder=rightsholder, scope=scope, key=key, value=value
    )
    _log(location, ControlEvent.SHOWN, reason, at)
    return location


@transaction.atomic
def renew(*, location: Location, reason: str, at: datetime) -> LocationEvent | None:
    """Log that control was found again, or give None where that was logged within 30 days.

    Raises NotUnderControl where it is suspended or over.
    """
    newest = _newest(location, HELD, NotUnderControl)
    if at < newest.happened_at + RENEWED_AFTER:
        return None
    return _log(location, ControlEvent.RENEWED, reason, at)


@transaction.atomic
def suspend(*, location: Location, reason: str, at: datetime) -> LocationEvent:
    """Log that control is no longer found: grants pause. Raises NotUnderControl if they do."""
    _newest(location, HELD, NotUnderControl)
    return _log(location, ControlEvent.SUSPENDED, reason, at)


@transaction.atomic
def resume(*, location: Location, reason: str, at: datetime) -> LocationEvent:
    """Log that control was found after a suspension. Raises NotSuspended."""
    _newest(location, (ControlEvent.SUSPENDED,), NotSuspended)
    return _log(location, ControlEvent.RESUMED, reason, at)


@transaction.atomic
def end_control(*, location: Location, reason: str, at: datetime) -> LocationEvent:
    """Log that control is over, for good: grants end (R30). Raises NotUnderControl if it is."""
    _newest(location, _NOT_OVER, NotUnderControl)
    return _log(location, ControlEvent.ENDED, reason, at)


def _newest(
    location: Location, expected: Container[str], refusal: type[DomainError]
) -> LocationEvent:
    """Give the newest event, which must be one of those expected; nothing happens meanwhile."""
    lock(location.rightsholder)
    newest = newest_event(location)
    if newest.kind not in expected:
        raise refusal
    return newest


def _log(location: Location, kind: ControlEvent, reason: str, at: datetime) -> LocationEvent:
    event = LocationEvent(
        id=new_id(),
        location=location,
        kind=kind,
        reason=texts.one_line(reason)[:300],
        happened_at=at,
    )
    event.entry = log.append(
        log=DECLARATIONS, kind=kind_of_event(kind), payload=payload_of_event(event), at=at
    )
    event.save(force_insert=True)
    return event
