"""The exact bytes that a log entry commits to, for each kind of row."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from uuid import UUID

import msgspec

from registry.labels import WITHDRAWN
from registry.models import Claim, Declaration, LocationEvent
from registry.selectors.declarations import choices_of

CLAIM = "claim"
CLAIM_WITHDRAWAL = "claim-withdrawal"
DECLARATION = "declaration"
DECLARATION_WITHDRAWAL = "declaration-withdrawal"
STANDING = "standing"
LOCATION = "location"

_encode = msgspec.json.Encoder(order="sorted").encode


def claim_payload(
    *,
    claim: UUID,
    work: UUID,
    rightsholder: UUID,
    claimed_at: datetime,
    identifiers: Iterable[tuple[str, str]],
    holders: Iterable[tuple[str, str, UUID | None]],
) -> bytes:
    """Give canonical JSON: identifiers as (kind, value), holders as (name, layer, rightsholder)."""
    return _encode(
        {
            "claim": claim,
            "work": work,
            "rightsholder": rightsholder,
            "claimed_at": _utc(claimed_at),
            "identifiers": sorted(identifiers),
            "holders": sorted(holders, key=str),
        }
    )


def declaration_payload(
    *,
    declaration: UUID,
    rightsholder: UUID,
    scope: str,
    work: UUID | None,
    choices: Mapping[str, str],
    declared_at: datetime,
    starts_at: datetime | None,
    ends_at: datetime | None,
    organisation: UUID | None,
    ends_firm_grants: bool,
    terms_url: str,
    contact: str,
    location: UUID | None = None,
) -> bytes:
    """Give canonical JSON: `choices` by usage, in wire values, `withdrawn` included.

    `location` is named only where there is one: what was logged before knew none.
    """
    return _encode(
        {
            **({"location": location} if location else {}),
            "declaration": declaration,
            "rightsholder": rightsholder,
            "scope": scope,
            "work": work,
            "choices": dict(choices),
            "declared_at": _utc(declared_at),
            "starts_at": starts_at and _utc(starts_at),
            "ends_at": ends_at and _utc(ends_at),
            "organisation": organisation,
            "ends_firm_grants": ends_firm_grants,
            "terms_url": terms_url,
            "contact": contact,
        }
    )


def standing_payload(
    *, standing: UUID, rightsholder: UUID, level: int, reason: str, set_at: datetime
) -> bytes:
    """Give canonical JSON of a rightsholder's new evidence level."""
    return _encode(
        {
            "standing": standing,
            "rightsholder": rightsholder,
            "level": level,
            "reason": reason,
            "set_at": _utc(set_at),
        }
    )


def location_payload(
    *,
    event: UUID,
    location: UUID,
    rightsholder: UUID,
    scope: str,
    value: str,
    kind: str,
    reason: str,
    happened_at: datetime,
) -> bytes:
    """Give canonical JSON of what happened to the control of a location, and of the location."""
    return _encode(
        {
            "event": event,
            "location": location,
            "rightsholder": rightsholder,
            "scope": scope,
            "value": value,
            "kind": kind,
            "reason": reason,
            "happened_at": _utc(happened_at),
        }
    )


def kind_of_event(kind: str) -> str:
    """Give the kind of the entry of an event at a location."""
    return f"{LOCATION}-{kind}"


def kind_of(choices: Iterable[str]) -> str:
    """Give the kind of a declaration's entry: a withdrawal says nothing but `withdrawn`."""
    return DECLARATION_WITHDRAWAL if set(choices) <= {WITHDRAWN} else DECLARATION


def payload_of(declaration: Declaration) -> bytes:
    """Give the bytes that a declaration's log entry commits to."""
    return declaration_payload(
        declaration=declaration.id,
        rightsholder=declaration.rightsholder_id,
        scope=declaration.scope,
        work=declaration.work_id,
        choices={usage.value: choice for usage, choice in choices_of(declaration).items()},
        declared_at=declaration.declared_at,
        starts_at=declaration.starts_at,
        ends_at=declaration.ends_at,
        organisation=declaration.organisation_id,
        ends_firm_grants=declaration.ends_firm_grants,
        terms_url=declaration.terms_url,
        contact=declaration.contact,
        location=declaration.location_id,
    )


def payload_of_event(event: LocationEvent) -> bytes:
    """Give the bytes that the log entry of an event at a location commits to."""
    return location_payload(
        event=event.id,
        location=event.location_id,
        rightsholder=event.location.rightsholder_id,
        scope=event.location.scope,
        value=event.location.value,
        kind=event.kind,
        reason=event.reason,
        happened_at=event.happened_at,
    )


def payload_of_claim(claim: Claim) -> bytes:
    """Give the bytes that a claim's log entry, or its withdrawal's, commits to."""
    return claim_payload(
        claim=claim.id,
        work=claim.work_id,
        rightsholder=claim.rightsholder_id,
        claimed_at=claim.claimed_at,
        identifiers=[(item.kind, item.value) for item in claim.identifiers.all()],
        holders=[
            (holder.name, holder.layer, holder.rightsholder_id) for holder in claim.holders.all()
        ],
    )


def _utc(moment: datetime) -> datetime:
    """The moment as the database gives it back, whatever zone it was said in."""
    return moment.astimezone(UTC)
