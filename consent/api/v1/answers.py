"""Answers as the API page describes them."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import msgspec
from django.conf import settings

from consent.receipts import Receipt
from consent.rules import Decision
from consent.selectors.lookups import Moment
from registry.identifiers import Identifier
from registry.ids import public_id


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
    texts = {
        number: msgspec.Raw(msgspec.json.encode(decision_fields(decision, full=full)))
        for number, decision in {id(each): each for each in decisions}.items()
    }
    return [texts[id(decision)] for decision in decisions]


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


def _license(decision: Decision) -> dict[str, str] | None:
    """Give the way to a licence, where one was published."""
    way = decision.license
    return asdict(way) if way and (way.terms_url or way.contact) else None


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
