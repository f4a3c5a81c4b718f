"""Answers to test keys: one fixed hash for each basis, so that a pipeline can be tried out."""

from collections.abc import Sequence
from hashlib import sha256
from uuid import UUID

from consent.rules import Decision, License, Matched
from registry.identifiers import Identifier
from registry.vocabulary import Basis, MatchKind, Preference, Verdict

_WORK = Matched(MatchKind.EXACT, UUID(int=0))
_UNSTATED = Decision(Verdict.DENY, Preference.UNKNOWN, Basis.UNSTATED, "R01")


def trial_hash(basis: Basis) -> str:
    """Give the hash that a test key is answered on this basis: SHA-256 of `crk_test <basis>`."""
    return sha256(f"crk_test {basis}".encode()).hexdigest()


def decisions(items: Sequence[Identifier]) -> list[Decision]:
    """Give one decision per item, in order, whatever is registered."""
    return [_TRIALS.get(item.value, _UNSTATED) for item in items]


def _denied(
    basis: Basis,
    rule: str,
    preference: Preference = Preference.UNKNOWN,
    match: Matched = _WORK,
    way: License | None = None,
) -> Decision:
    return Decision(Verdict.DENY, preference, basis, rule, match=match, license=way)


_DECISIONS = (
    Decision(Verdict.ALLOW, Preference.ALLOWED, Basis.GRANTED, "R02", match=_WORK),
    Decision(Verdict.ALLOW, Preference.UNKNOWN, Basis.PUBLIC_DOMAIN, "S9", match=_WORK),
    _denied(Basis.REFUSED, "R04", Preference.DISALLOWED),
    _denied(
        Basis.SIMILAR_REFUSED,
        "R13",
        Preference.DISALLOWED,
        Matched(MatchKind.SIMILAR, UUID(int=0), 12),
    ),
    _denied(Basis.LOCATION_REFUSED, "R17", Preference.DISALLOWED, Matched(MatchKind.LOCATION)),
    _denied(Basis.HOLD, "R36"),
    _denied(
        Basis.LICENSE_REQUIRED,
        "S8",
        way=License("https://example.org/terms", "licences@example.org"),
    ),
    _denied(Basis.EVIDENCE_LAPSED, "R30"),
    _denied(Basis.WAITING_GRANT, "R03"),
    _denied(Basis.UNPROVEN_GRANT, "R03"),
    _UNSTATED,
)
_TRIALS = {trial_hash(decision.basis): decision for decision in _DECISIONS}
