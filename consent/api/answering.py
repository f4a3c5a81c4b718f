"""What every way of asking does: decide for whoever asks, and write the receipt."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from django.conf import settings

from consent import receipts
from consent.api.authentication import key_of
from consent.receipts import Answered, Asked, Receipt
from consent.selectors import lookups, snapshots, trials

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from rest_framework.request import Request

    from consent.rules import Decision
    from consent.selectors.lookups import Moment
    from registry.identifiers import Identifier
    from registry.vocabulary import Usage


def decided(
    request: Request,
    items: Sequence[Identifier],
    *,
    usage: Usage,
    moment: Moment,
    is_brief: bool = False,
    is_strong: bool = False,
) -> list[Decision]:
    """Give one decision per item, in order: fixed ones for a test key.

    Brief ones are of the present moment, out of the snapshot unless the consistency is strong.
    """
    key = key_of(request)
    if key and key.is_test:
        return trials.decisions(items)
    organisation = key.firm.organisation_id if key else None
    if is_brief and not is_strong:
        return snapshots.decisions(items, usage=usage, organisation=organisation, moment=moment)
    return lookups.decisions(
        items, usage=usage, organisation=organisation, moment=moment, is_brief=is_brief
    )


def asked(request: Request, mode: str, usage: Usage, body: bytes) -> Asked:
    """Give what a receipt says of the question; `body` may be the canonical query."""
    key = key_of(request)
    return Asked(
        mode=mode,
        usage=usage,
        body_sha256=sha256(body).hexdigest(),
        firm=key.firm_id if key else None,
        key=key.public_id if key else None,
        is_test=bool(key and key.is_test),
    )


def receipt(asked: Asked, answered: Sequence[Answered], moment: Moment, now: datetime) -> Receipt:
    """Give the receipt for the answers."""
    return receipts.issue(
        asked=asked,
        answers=answered,
        head=moment.head,
        rules=moment.rules,
        decided_at=moment.decided_at,
        issued_at=now,
        issuer=settings.PUBLIC_URL,
        keys=settings.REGISTRY_SIGNING_KEYS,
    )
