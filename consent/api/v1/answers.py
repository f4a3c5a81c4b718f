"""Answers as the API page describes them."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec
from django.conf import settings

from consent.receipts import Receipt
from consent.rules import Decision, Matched
from consent.selectors.lookups import Moment
from registry.identifiers import Identifier
from registry.ids import public_id
from registry.vocabulary import Basis, Preference, Verdict

_ANY_WORK = UUID(int=0)


def item_fields(item: Identifier) -> dict[str, str]:
    """Give the item in its canonical form."""
    return {"kind": item.kind, "value": item.value}


def decision_fields(decision: Decision, *, full: bool = True) -> dict[str, Any]:
    """Give what was decided; conditions, license, entries and staleness only in full."""
    fields: dict[str, Any] = {
        "verdict": decision.verdict,
        "preference": decision.preference,
        "basis": decision.basis,
        "rule": decision.rule,
        "match": _match(decision),
    }
    if full:
        fields["conditions"] = _conditions(decision)
        fields["license"] = _license(decision)
        fields["entries"] = list(decision.entries)
        fields["stale"] = decision.is_stale
    return fields


def results(decisions: Sequence[Decision], *, full: bool) -> list[msgspec.Raw]:
    """Give the answer of each item in JSON, each different decision written out once."""
    numbers = list(map(id, decisions))
    write = _text if full else _brief_text
    different = dict(zip(numbers, decisions, strict=True))
    texts = {number: msgspec.Raw(write(decision)) for number, decision in different.items()}
    return list(map(texts.__getitem__, numbers))


def state_fields(moment: Moment) -> dict[str, Any]:
    """Give what the answer rests on."""
    return {
        "log": f"{settings.PUBLIC_URL}/log/{moment.head.log}",
        "tree_size": moment.head.size,
        "root": moment.head.root,
        "decided_at": moment.decided_at,
        "rules": moment.rules,
    }


def receipt_fields(receipt: Receipt) -> dict[str, Any]:
    """Give the receipt, with the seed that opens single items of it."""
    return {
        "valid_until": receipt.valid_until,
        "receipt": receipt.jws,
        "receipt_seed": receipt.seed,
    }


def _text(decision: Decision) -> bytes:
    return msgspec.json.encode(decision_fields(decision))


def _brief_text(decision: Decision) -> bytes:
    """Give the brief form, which few decisions differ in but for their works."""
    match = decision.match
    around = (decision.verdict, decision.preference, decision.basis, decision.rule)
    if match is None or match.work is None:
        return _around_work(*around, match)[0]
    before, after = _around_work(*around, Matched(match.kind, _ANY_WORK, match.distance))
    return before + match.work.hex.encode() + after


@lru_cache(maxsize=1_024)
def _around_work(
    verdict: Verdict, preference: Preference, basis: Basis, rule: str, match: Matched | None
) -> tuple[bytes, bytes]:
    """Give the brief form of a decision up to the digits of the work's id, and on from there."""
    decision = Decision(verdict, preference, basis, rule, match=match)
    text = msgspec.json.encode(decision_fields(decision, full=False))
    before, _, after = text.partition(_ANY_WORK.hex.encode())
    return before, after


def _license(decision: Decision) -> dict[str, str] | None:
    """Give the way to a licence, where one was published."""
    way = decision.license
    return way._asdict() if way and (way.terms_url or way.contact) else None


def _match(decision: Decision) -> dict[str, Any] | None:
    match = decision.match
    if match is None:
        return None
    return {
        "kind": match.kind,
        "work": public_id("wrk", match.work) if match.work else None,
        "distance": match.distance,
    }


def _conditions(decision: Decision) -> dict[str, Any] | None:
    """Give what binds the allowed use; an organisation that is named is the one that asks."""
    if decision.conditions is None:
        return None
    organisation = decision.conditions.organisation
    return {
        "starts_at": decision.conditions.starts_at,
        "ends_at": decision.conditions.ends_at,
        "organisation": public_id("org", organisation) if organisation else None,
    }
