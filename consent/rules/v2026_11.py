"""The rules of version 2026-11, step by step; frozen once published, succeeded but never edited.

Steps, rows R01 to R45 and properties P1 to P9 are those of the published decision rules. At the
moment itself that which begins has begun, and that which ends is over.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import groupby
from uuid import UUID

from consent.rules.decision import Conditions, Decision, License, Matched
from registry.statements import WHOLE, Hold, Holder, Match, Place, Record, Standing, Statement
from registry.vocabulary import (
    Basis,
    Choice,
    EvidenceLevel,
    HoldKind,
    MatchKind,
    Preference,
    Scope,
    Usage,
    Verdict,
)

VERSION = "2026-11"

#: "A grant below level 4 takes effect 72 hours after it was logged."
WAIT = timedelta(hours=72)
#: "A grant on more than 1,000 works at once needs level 4."
MAX_WORKS_AT_ONCE = 1_000
#: "A grant resting on a place never outlives 200 days without a renewal."
PLACE_GRANT_CAP = timedelta(days=200)
#: "A refusal resting on it stands 180 days more."
STALE_TERM = timedelta(days=180)
#: "A provisional hold lapses after 14 days only if no dispute was opened" (R10).
PROVISIONAL_TERM = timedelta(days=14)
#: "Grants of the last 7 days under changed credentials are void" (R40).
TAKEOVER_REACH = timedelta(days=7)

_WORK_SCOPES = frozenset({Scope.COPY, Scope.WORK})
_LOCATION_SCOPES = frozenset({Scope.URL, Scope.HOST, Scope.DOMAIN})
_SPECIFICITY = {scope: rank for rank, scope in enumerate(Scope)}
_RESTRICTIVENESS = {Choice.REFUSE: 0, Choice.LICENSE: 1, None: 2, Choice.ALLOW: 3}
_REFUSALS = (Basis.REFUSED, Basis.SIMILAR_REFUSED, Basis.LOCATION_REFUSED)
_PENDINGS = (Basis.EVIDENCE_LAPSED, Basis.WAITING_GRANT, Basis.UNPROVEN_GRANT)
_HOLD_ROWS = {HoldKind.DISPUTE: "R36", HoldKind.MODERATOR: "R44", HoldKind.PROVISIONAL: "R10"}
_ALL = Fraction(100)
_NOTHING_KNOWN = Decision(Verdict.DENY, Preference.UNKNOWN, Basis.UNSTATED, "R01")


@dataclass(frozen=True, slots=True)
class _Pending:
    """A grant that is not effective: its class (step 2) and the row that says why."""

    basis: Basis
    row: str
    grant: Statement


@dataclass(slots=True)
class _Voice:
    """What one declarant says about one matched work or, without a match, about the location.

    `choice` is what stands and `said` the statements that say it, the deciding one first.
    `silence` is the statement that keeps older and broader grants of the same declarant out,
    `pending` are the grants that would stand instead if they were effective.
    """

    declarant: UUID
    match: Match | None
    level: EvidenceLevel = EvidenceLevel.NONE
    choice: Choice | None = None
    said: list[Statement] = field(default_factory=list)
    silence: Statement | None = None
    pending: list[_Pending] = field(default_factory=list)

    @property
    def is_by_likeness(self) -> bool:
        return self.match is not None and self.match.kind is MatchKind.SIMILAR

    @property
    def grants(self) -> bool:
        """Step 5: a grant that came only by likeness is dropped (P7)."""
        return self.choice is Choice.ALLOW and not self.is_by_likeness

    @property
    def wants_to_grant(self) -> bool:
        """Whether a grant stands, or would if it were effective (R07)."""
        return self.grants or bool(self.pending and self.choice is None and not self.silence)

    @property
    def blocks(self) -> bool:
        """Whether it keeps the grants of others out; a withdrawal keeps doing so (P2)."""
        if self.choice is None:
            return self.silence is not None and self.silence.choice is None
        return self.choice is not Choice.ALLOW

    @property
    def restrictiveness(self) -> tuple[int, bool]:
        """Sorts the restrictive voice first; nothing said comes last."""
        is_nothing = self.choice is None and self.silence is None
        rank = len(_RESTRICTIVENESS) if is_nothing else _RESTRICTIVENESS[self.choice]
        return rank, not self.blocks


@dataclass(slots=True)
class _Case:
    """One question, and what was found for it."""

    record: Record
    at: datetime
    statements: list[Statement]
    standings: dict[UUID, Standing]
    matches: list[Match]
    voices: list[_Voice] = field(default_factory=list)

    @property
    def works(self) -> list[Match]:
        """The works that the item is; the other matches only look like it."""
        return [match for match in self.matches if match.kind is not MatchKind.SIMILAR]

    def voice(self, match: Match, holder: Holder) -> _Voice | None:
        """The voice of a holder; None for one known by name only."""
        for voice in self.voices:
            if voice.match is match and voice.declarant == holder.rightsholder:
                return voice
        return None


def decide(record: Record, usage: Usage, firm: UUID | None, decided_at: datetime) -> Decision:
    """Answer one question; see `consent.rules.decide`."""
    if not record.matches and not record.statements:
        return _NOTHING_KNOWN
    case = _heard(record, usage, firm, decided_at)
    decision = (
        _refusal(case)
        or _hold(case)
        or _grant(case)
        or _license(case)
        or _public_domain(case)
        or _otherwise(case)
    )
    changes_at = _changes_at(case)
    return decision if changes_at is None else replace(decision, changes_at=changes_at)


def _heard(record: Record, usage: Usage, firm: UUID | None, at: datetime) -> _Case:
    """Steps 1 to 5: everybody who may speak about this item, and what stands of what they said."""
    standings = {standing.declarant: standing for standing in record.standings}
    statements = [
        statement
        for statement in record.statements
        if statement.usage is usage
        and statement.organisation in (None, firm)
        and _may_speak(statement, standings.get(statement.declarant), at)
    ]
    case = _Case(record, at, statements, standings, _matches(record))
    case.voices = [
        _voice(case, declarant, match) for match in case.matches for declarant in _declarants(match)
    ]
    _set_complaints_aside(case)
    case.voices.extend(_location_voices(case))
    return case


# Steps 1 and 3: the matched works, after the rulings that settled claims.


def _matches(record: Record) -> list[Match]:
    """The matched works, the exact ones first, each once; a rejected claim is gone (step 3)."""
    upheld, rejected = _settled(record)
    matches: dict[UUID, Match] = {}
    for match in sorted(record.matches, key=_closeness):
        if match.work not in rejected:
            matches.setdefault(match.work, match)
    return [
        replace(match, level=EvidenceLevel.DECIDED) if match.work in upheld else match
        for match in matches.values()
    ]


def _settled(record: Record) -> tuple[set[UUID], set[UUID]]:
    """The works whose claims stand and fall; of two rulings the newer one holds."""
    upheld: set[UUID] = set()
    rejected: set[UUID] = set()
    for ruling in sorted(record.rulings, key=lambda ruling: ruling.entry):
        upheld = upheld.difference(ruling.rejected).union(ruling.upheld)
        rejected = rejected.difference(ruling.upheld).union(ruling.rejected)
    return upheld, rejected


def _closeness(match: Match) -> tuple[bool, int, int, UUID]:
    return match.kind is MatchKind.SIMILAR, match.distance or 0, match.entry, match.work


def _holders(match: Match) -> tuple[Holder, ...]:
    return match.holders or (Holder("", match.registrant),)


def _declarants(match: Match) -> list[UUID]:
    """Who may speak about a work: its registrant, and its holders who can (R08)."""
    holders = [holder.rightsholder for holder in match.holders if holder.rightsholder]
    return list(dict.fromkeys([match.registrant, *holders]))


# Step 2: which statements count, and which grants are effective.


def _may_speak(statement: Statement, standing: Standing | None, at: datetime) -> bool:
    """Whether evidence, place and mandate let the declarant say this at all."""
    if statement.level is EvidenceLevel.NONE:
        return False
    if statement.scope in _LOCATION_SCOPES and statement.place is None:
        return False
    if statement.mandate is not None and not _is_mandated(statement):
        return False
    return standing is None or not (
        (statement.level is EvidenceLevel.EMAIL and _is_barred(standing, at))
        or _is_void(statement, standing)
    )


def _is_mandated(statement: Statement) -> bool:
    """R33: acts, works and term are named; a mandate comes from the rightsholder alone."""
    mandate = statement.mandate
    return mandate is None or (
        mandate.principal == statement.declarant
        and (statement.choice is None or statement.choice in mandate.acts)
        and mandate.starts_at <= statement.declared_at < mandate.ends_at
        and not (mandate.works and statement.scope in _LOCATION_SCOPES)
    )


def _is_barred(standing: Standing, at: datetime) -> bool:
    """R37: no grants while barred, and no refusals without evidence of who or where they are."""
    return standing.barred_until is not None and at < standing.barred_until


def _is_void(statement: Statement, standing: Standing) -> bool:
    """R40: what somebody else opened under changed credentials was never said."""
    taken_over_at, changed_at = standing.taken_over_at, standing.credentials_changed_at
    if not _opens(statement) or taken_over_at is None or changed_at is None:
        return False
    is_recovered = (
        standing.recovered_at is not None and standing.recovered_at <= statement.declared_at
    )
    void_from = max(taken_over_at - TAKEOVER_REACH, changed_at)
    return void_from <= statement.declared_at and not is_recovered


def _opens(statement: Statement) -> bool:
    """Whether it can lead to a yes, so that it needs evidence and waits."""
    return statement.choice is Choice.ALLOW or statement.follows


def _shortfall(case: _Case, grant: Statement, match: Match | None) -> _Pending | None:
    """Why a grant is not effective: lapsed, unproven or waiting; None for an effective one."""
    row = _lapse(case, grant)
    if row:
        return _Pending(Basis.EVIDENCE_LAPSED, row, grant)
    level = _level(grant, match)
    if level < _level_needed(grant, match):
        return _Pending(Basis.UNPROVEN_GRANT, "R03", grant)
    if not _has_begun(grant, case.at):
        return _Pending(Basis.WAITING_GRANT, "R26", grant)
    effective_at = grant.declared_at + _wait(level)
    if case.at < effective_at or (grant.ends_at is not None and grant.ends_at <= effective_at):
        return _Pending(Basis.WAITING_GRANT, "R03", grant)
    return None


def _lapse(case: _Case, grant: Statement) -> str:
    """The row by which the evidence behind a grant no longer counts, or nothing."""
    standing = case.standings.get(grant.declarant)
    if grant.place is not None and _lapsed_at(grant.place) <= case.at:
        return "R30"
    if grant.mandate is not None and grant.mandate.ends_at <= case.at:
        return "R33"
    if standing is not None and _is_barred(standing, case.at):
        return "R37"
    if standing is not None and _is_suspended(standing):
        return "R40"
    return ""


def _is_suspended(standing: Standing) -> bool:
    return standing.is_closed or (
        standing.taken_over_at is not None and standing.recovered_at is None
    )


def _lapsed_at(place: Place) -> datetime:
    """When the evidence of a place stops carrying grants."""
    ends = (place.suspended_at, place.ended_at, place.renewed_at + PLACE_GRANT_CAP)
    return min(end for end in ends if end is not None)


def _level(statement: Statement, match: Match | None) -> EvidenceLevel:
    """The evidence behind a statement; a ruling settles it for the work it upheld.

    A signal shows control of its site, whoever has it (R19).
    """
    is_settled = match is not None and match.level is EvidenceLevel.DECIDED
    if is_settled and statement.scope in _WORK_SCOPES:
        return EvidenceLevel.DECIDED
    if statement.is_observed:
        return min(statement.level, EvidenceLevel.PLACE)
    return statement.level


def _level_needed(grant: Statement, match: Match | None) -> EvidenceLevel:
    """The evidence that a grant needs: the table of levels, and the two exceptions below it."""
    if grant.scope is Scope.CATALOGUE or grant.works_at_once > MAX_WORKS_AT_ONCE:
        return EvidenceLevel.VOUCHED
    if match is not None and match.has_standard_identifier and not match.is_identifier_confirmed:
        return EvidenceLevel.VOUCHED
    is_plain_place = match is None or not match.has_standard_identifier
    if grant.scope in _LOCATION_SCOPES and is_plain_place:
        return EvidenceLevel.PLACE
    return EvidenceLevel.IDENTITY


def _wait(level: EvidenceLevel) -> timedelta:
    return timedelta() if level >= EvidenceLevel.VOUCHED else WAIT


def _has_begun(statement: Statement, at: datetime) -> bool:
    return statement.starts_at is None or statement.starts_at <= at


def _is_over(statement: Statement, at: datetime) -> bool:
    return statement.ends_at is not None and statement.ends_at <= at


def _set_complaints_aside(case: _Case) -> None:
    """R12: below level 2, neither a claim nor a word counts against a standing level-4 grant."""
    vouched = {
        voice.match.work: _declarants(voice.match)
        for voice in case.voices
        if voice.match is not None
        and voice.grants
        and _level(voice.said[0], voice.match) >= EvidenceLevel.VOUCHED
    }.values()
    if not vouched:
        return

    def is_complaint(level: EvidenceLevel, declarant: UUID) -> bool:
        return level <= EvidenceLevel.EMAIL and any(declarant not in holders for holders in vouched)

    case.matches = [
        match for match in case.matches if not is_complaint(match.level, match.registrant)
    ]
    case.voices = [voice for voice in case.voices if not is_complaint(voice.level, voice.declarant)]


# Step 4: what stands of all that one declarant said.


def _location_voices(case: _Case) -> list[_Voice]:
    """Those who speak for the location only; a holder's place is one of their scopes."""
    holders = {declarant for match in case.works for declarant in _declarants(match)}
    hosts = {
        statement.declarant
        for statement in case.statements
        if statement.scope in _LOCATION_SCOPES and statement.declarant not in holders
    }
    return [_voice(case, host, None) for host in sorted(hosts)]


def _voice(case: _Case, declarant: UUID, match: Match | None) -> _Voice:
    """What a declarant says about a match: in their own words, and in signals on their site.

    Signals are a class of their own (R19): of the two the restrictive one stands.
    """
    about = [
        statement
        for statement in case.statements
        if statement.declarant == declarant and _is_about(statement, match, case.at)
    ]
    own = _stands(case, declarant, match, [each for each in about if not each.is_observed])
    signals = [each for each in about if each.is_observed]
    if not signals:
        return own
    observed = _stands(case, declarant, match, signals)
    voice, other = sorted((own, observed), key=lambda each: each.restrictiveness)
    voice.level = max(own.level, observed.level)
    voice.pending = own.pending + observed.pending if voice.choice is None else []
    if voice.choice is other.choice:
        voice.said = own.said + observed.said
    return voice


def _is_about(statement: Statement, match: Match | None, at: datetime) -> bool:
    """Whether a statement covers a matched work, or without one the location.

    Resting on a lapsed place it goes on for the location for 180 days, for works without end.
    """
    if match is None:
        place = statement.place
        return statement.scope in _LOCATION_SCOPES and (
            place is None or at < _lapsed_at(place) + STALE_TERM
        )
    mandate = statement.mandate
    if mandate is not None and mandate.works and match.work not in mandate.works:
        return False
    if statement.scope in _WORK_SCOPES:
        return statement.work == match.work
    if statement.choice is Choice.ALLOW and not _is_own(statement.declarant, match):
        return False  # a yes to all that one has needs more than being named by a stranger
    return statement.scope is Scope.CATALOGUE or match.kind is not MatchKind.SIMILAR


def _is_own(declarant: UUID, match: Match) -> bool:
    """Whether a work is a declarant's by their own claim, or by a ruling."""
    return match.registrant == declarant or match.level is EvidenceLevel.DECIDED


def _stands(
    case: _Case, declarant: UUID, match: Match | None, statements: list[Statement]
) -> _Voice:
    """The most specific scope stands; a silent one still gives way to broader refusals."""
    voice = _Voice(declarant, match)
    for _, chains in groupby(_chains(statements), key=lambda chain: _specificity(chain[0])):
        found = [standing for chain in chains if (standing := _standing(case, voice, chain))]
        found.sort(key=lambda statement: _RESTRICTIVENESS[statement.choice])  # a tie
        if found and (found[0].choice is not Choice.ALLOW or voice.silence is None):
            _settle(voice, found)
            break
    voice.level = max((each.level for each in statements), default=EvidenceLevel.NONE)
    return voice


def _settle(voice: _Voice, found: list[Statement]) -> None:
    """Let a choice stand: with a grant, all that narrows it; with a refusal, nothing else."""
    voice.choice = found[0].choice
    deciding = [statement for statement in found if statement.choice is voice.choice]
    narrowing = [each for each in voice.said if each not in deciding]
    voice.said = deciding + narrowing if voice.choice is Choice.ALLOW else deciding
    voice.silence = None
    if voice.choice is Choice.ALLOW:
        voice.pending = []


def _chains(statements: Iterable[Statement]) -> Iterator[list[Statement]]:
    """The statements that replace each other, newest first; the most specific chain first."""
    ordered = sorted(statements, key=lambda each: (*_specificity(each), each.target, *_age(each)))
    for _, chain in groupby(ordered, key=lambda each: (_specificity(each), each.target)):
        yield list(chain)


def _specificity(statement: Statement) -> tuple[bool, int, int, bool]:
    """Sorts the principal before the agent (R33), then the scopes, then the named firm (R39)."""
    return (
        statement.mandate is not None,
        _SPECIFICITY[statement.scope],
        -len(statement.target) if statement.scope is Scope.URL else 0,
        statement.organisation is None,
    )


def _age(statement: Statement) -> tuple[int, int]:
    """Sorts the newest entry first, of one entry the restrictive statement."""
    return -statement.entry, _RESTRICTIVENESS[statement.choice]


def _standing(case: _Case, voice: _Voice, chain: list[Statement]) -> Statement | None:
    """The statement that stands of one chain; what is passed on the way is noted in the voice.

    What is not effective or over replaces nothing, but no older yes outlives a newer one's end.
    """
    for statement, older in zip(chain, [*chain[1:], None], strict=True):
        if statement.choice is Choice.ALLOW:
            if _note_grant(case, voice, statement):
                return statement if statement in voice.said else None
        elif statement.choice is None:
            if not _gives_way(case, voice, statement, older):
                return None
        elif _is_over(statement, case.at):
            _fall_silent(voice, statement)
        elif _has_begun(statement, case.at):
            return statement
    return None


def _note_grant(case: _Case, voice: _Voice, grant: Statement) -> bool:
    """Whether a grant is effective; what narrows binds at once, whether it is or not."""
    shortfall = _shortfall(case, grant, voice.match)
    is_ended = _is_over(grant, case.at) or _is_ended_for_firms(case, grant)
    if shortfall and not is_ended and voice.silence is None:
        voice.pending.append(shortfall)
    if is_ended or not _has_begun(grant, case.at):
        _fall_silent(voice, grant)
    elif not (shortfall is None and voice.is_by_likeness and grant.scope is Scope.COPY):
        voice.said.append(grant)  # a yes to one copy says nothing about another
    return shortfall is None


def _is_ended_for_firms(case: _Case, grant: Statement) -> bool:
    """R39: whether a later general refusal at the same scope ended this grant to one firm."""
    return grant.organisation is not None and any(
        refusal.ends_firm_grants
        and refusal.choice is Choice.REFUSE
        and refusal.organisation is None
        and refusal.entry > grant.entry
        and _has_begun(refusal, case.at)
        and _place_of(refusal) == _place_of(grant)
        for refusal in case.statements
    )


def _place_of(statement: Statement) -> tuple[object, ...]:
    return (
        statement.declarant,
        statement.is_observed,
        statement.mandate is None,
        statement.scope,
        statement.target,
    )


def _gives_way(case: _Case, voice: _Voice, withdrawal: Statement, older: Statement | None) -> bool:
    """Whether an older statement of the chain is to be heard still; only a repeat lets it.

    A withdrawal is silent. One that follows the broader choice is so until it has waited.
    """
    if withdrawal.follows:
        waits = _lapse(case, withdrawal) or case.at < withdrawal.declared_at + _wait(
            _level(withdrawal, voice.match)
        )
        if not waits:
            return False
        if older is not None and older.follows:
            return True
    _fall_silent(voice, withdrawal)
    return False


def _fall_silent(voice: _Voice, statement: Statement) -> None:
    """Keep older and broader grants out; a withdrawal weighs more than the end of a window."""
    if voice.silence is None or (statement.choice is None and voice.silence.choice is not None):
        voice.silence = statement


# Steps 6 to 10: the answer.


def _refusal(case: _Case) -> Decision | None:
    """Step 6: any refusal stands."""
    refusing = [voice for voice in case.voices if voice.choice is Choice.REFUSE]
    if not refusing:
        return None
    basis = min((_refusal_basis(voice) for voice in refusing), key=_REFUSALS.index)
    voices = [voice for voice in refusing if _refusal_basis(voice) is basis]
    said = [statement for voice in voices for statement in voice.said]
    if basis is Basis.REFUSED and all(voice.pending for voice in voices):
        return _not_yet_replaced(voices, said)
    return Decision(
        Verdict.DENY,
        Preference.DISALLOWED,
        basis,
        _refusal_row(case, basis, voices),
        entries=_entries(said),
        match=_matched(voices[0].match) if basis is not Basis.LOCATION_REFUSED else _LOCATION,
        is_stale=all(each.place is not None and _lapsed_at(each.place) <= case.at for each in said),
    )


def _not_yet_replaced(refusing: list[_Voice], said: list[Statement]) -> Decision:
    """R03: all who refuse have also said yes, which would stand instead if it counted.

    Until then the no stands and is the preference; why the yes does not count tells more.
    """
    decision = _not_effective([(each, voice) for voice in refusing for each in voice.pending])
    return replace(
        decision,
        preference=Preference.DISALLOWED,
        entries=tuple(sorted({*decision.entries, *_entries(said)})),
    )


def _refusal_basis(voice: _Voice) -> Basis:
    if voice.said[0].scope in _LOCATION_SCOPES:
        return Basis.LOCATION_REFUSED
    return Basis.SIMILAR_REFUSED if voice.is_by_likeness else Basis.REFUSED


def _refusal_row(case: _Case, basis: Basis, refusing: list[_Voice]) -> str:
    """The row that explains a refusal best: against whose grant it stands."""
    if basis is Basis.SIMILAR_REFUSED:
        return "R13"
    if basis is Basis.LOCATION_REFUSED:
        return "R19" if all(voice.said[0].is_observed for voice in refusing) else "R17"
    refused = [voice.match for voice in refusing]
    granting = [voice.match for voice in case.voices if voice.grants]
    if any(match in refused for match in granting):
        return "R08"
    if any(match is not None for match in granting):
        return "R06"
    return "R16" if granting else "R04"


def _hold(case: _Case) -> Decision | None:
    """Step 7: any hold stands, placed by somebody or by two who both claim the whole (R07)."""
    holds = sorted(_holds(case), key=lambda hold: hold.entry)
    if holds:
        match = next(match for match in case.matches if match.work == holds[0].work)
        return _held(_HOLD_ROWS[holds[0].kind], {hold.entry for hold in holds}, match)
    contested = _contested(case)
    if contested:
        return _held("R07", {_grant_of(each).entry for each in contested}, contested[0].match)
    return None


def _held(row: str, entries: set[int], match: Match | None) -> Decision:
    return Decision(
        Verdict.DENY,
        Preference.UNKNOWN,
        Basis.HOLD,
        row,
        entries=tuple(sorted(entries)),
        match=_matched(match),
    )


def _holds(case: _Case) -> Iterator[Hold]:
    """The holds in force; a provisional one is short, and on grants of level 3 or less (R10)."""
    matches = {match.work: match for match in case.matches}
    for hold in case.record.holds:
        match = matches.get(hold.work)
        if match is None:
            continue
        if hold.kind is HoldKind.PROVISIONAL and (
            hold.placed_at + PROVISIONAL_TERM <= case.at or _is_vouched(case, match)
        ):
            continue
        yield hold


def _is_vouched(case: _Case, match: Match) -> bool:
    """Whether all holders granted a work at level 4 or more."""
    voices = [case.voice(match, holder) for holder in _holders(match)]
    return all(
        voice is not None
        and voice.choice is Choice.ALLOW
        and _level(voice.said[0], match) >= EvidenceLevel.VOUCHED
        for voice in voices
    )


def _contested(case: _Case) -> list[_Voice]:
    """R07: those whose shares of one layer exceed the whole, unless all agree and are known."""
    for layer in sorted({holder.layer for match in case.works for holder in _holders(match)}):
        shares: dict[UUID, Fraction] = {}
        voices: list[_Voice] = []
        for voice, share in _claims(case, layer):
            shares[voice.declarant] = max(share, shares.get(voice.declarant, share))
            voices.append(voice)
        if sum(shares.values()) > _ALL and not _is_agreed(voices):
            return voices
    return []


def _claims(case: _Case, layer: str) -> Iterator[tuple[_Voice, Fraction]]:
    """Who wants to grant a layer, with their share of it."""
    for match in case.works:
        claimants = [each for each in _holders(match) if each.layer in (layer, WHOLE)]
        stated = [Fraction(each.share) for each in claimants if each.share is not None]
        rest = max(_ALL - sum(stated), Fraction())
        for holder in claimants:
            voice = case.voice(match, holder)
            if voice is None or not voice.wants_to_grant:
                continue
            if holder.share is None:  # they claim what is left, in equal parts
                yield voice, rest / (len(claimants) - len(stated))
            else:
                yield voice, Fraction(holder.share)


def _is_agreed(voices: list[_Voice]) -> bool:
    grants = [(_grant_of(voice), voice.match) for voice in voices]
    terms = {(grant.organisation, grant.ends_at, grant.terms_url) for grant, _ in grants}
    return len(terms) == 1 and all(
        _level(grant, match) >= EvidenceLevel.IDENTITY for grant, match in grants
    )


def _grant_of(voice: _Voice) -> Statement:
    return voice.said[0] if voice.grants else voice.pending[0].grant


def _grant(case: _Case) -> Decision | None:
    """Step 8: everybody whose yes is needed has said it, and nobody's word stands in the way."""
    granting = _granting(case)
    if not granting or _unasked(case) or any(voice.blocks for voice in case.voices):
        return None
    grants = [statement for voice in granting for statement in voice.said]
    is_for_firm = any(grant.organisation is not None for grant in grants)
    return Decision(
        Verdict.ALLOW,
        Preference.ALLOWED,
        Basis.GRANTED,
        "R39" if is_for_firm else "R02",
        entries=_entries(grants),
        conditions=_conditions(grants),
        match=_reported(case),
    )


def _granting(case: _Case) -> list[_Voice]:
    """Everybody whose yes is needed, where all of them have said it; nobody otherwise."""
    voices = _needed(case)
    granting = [voice for voice in voices if voice is not None and voice.grants]
    return granting if len(granting) == len(voices) else []


def _unasked(case: _Case) -> Match | None:
    """A work that the item looks like, of which a holder has said yes to nothing here.

    A yes is missing there as for any matched work (step 8); that of its holders to the item or its
    location will do, since one to the work itself never helps and must not hinder (R14).
    """
    agreeing = {voice.declarant for voice in case.voices if voice.choice is Choice.ALLOW}
    for match in case.matches:
        holders = {holder.rightsholder for holder in _holders(match)}
        if match.kind is MatchKind.SIMILAR and not holders <= agreeing:
            return match
    return None


def _needed(case: _Case) -> list[_Voice | None]:
    """Each holder of each layer of each work (R08, R09); without a work, whoever speaks there.

    None stands for a yes that nobody can give: a name without an account, a layer without holder.
    """
    if not case.works:
        return [voice for voice in case.voices if voice.match is None and voice.choice is not None]
    voices: list[_Voice | None] = []
    for match in case.works:
        voices.extend(case.voice(match, holder) for holder in _holders(match))
        held = {holder.layer for holder in _holders(match)}
        voices.extend(None for layer in match.layers if layer not in held)
    return voices


def _conditions(grants: list[Statement]) -> Conditions | None:
    starts = [grant.starts_at for grant in grants if grant.starts_at is not None]
    ends = [grant.ends_at for grant in grants if grant.ends_at is not None]
    firms = [grant.organisation for grant in grants if grant.organisation is not None]
    if not (starts or ends or firms):
        return None
    return Conditions(
        starts_at=max(starts, default=None),
        ends_at=min(ends, default=None),
        organisation=firms[0] if firms else None,
    )


def _license(case: _Case) -> Decision | None:
    """Step 8, otherwise: a choice that asks for terms first is in the way."""
    voices = [voice for voice in case.voices if voice.choice is Choice.LICENSE]
    if not voices:
        return None
    terms = voices[0].said[0]
    return Decision(
        Verdict.DENY,
        Preference.UNKNOWN,
        Basis.LICENSE_REQUIRED,
        "S8",
        entries=_entries(each for voice in voices for each in voice.said),
        license=License(terms.terms_url, terms.contact),
        match=_matched(voices[0].match) or _LOCATION,
    )


def _public_domain(case: _Case) -> Decision | None:
    """Step 9: nobody needs to be asked; where somebody fell silent, a ruling has to say so (P2)."""
    exact = [match for match in case.record.matches if match.kind is not MatchKind.SIMILAR]
    works = {match.work: match for match in sorted(exact, key=_closeness, reverse=True)}
    facts = [fact for fact in case.record.public_domain if fact.work in works]
    if not facts or any(voice.blocks or voice.silence for voice in case.voices):
        return None
    return Decision(
        Verdict.ALLOW,
        Preference.UNKNOWN,
        Basis.PUBLIC_DOMAIN,
        "S9",
        entries=tuple(sorted({fact.entry for fact in facts})),
        match=_matched(works[facts[0].work]),
    )


def _otherwise(case: _Case) -> Decision:
    """Step 10: no, with the most telling reason."""
    needed = [voice for voice in _needed(case) if voice is not None]
    if not case.works:
        needed = [voice for voice in case.voices if voice.match is None]
    pending = [(each, voice) for voice in needed if not voice.grants for each in voice.pending]
    if pending:
        return _not_effective(pending)
    silent = [voice for voice in case.voices if voice.blocks]
    silent += [voice for voice in needed if voice.choice is None and voice.silence is not None]
    if silent and silent[0].silence is not None:
        row = "R24" if silent[0].silence.choice is None else "R26"
        return _unstated(row, (silent[0].silence.entry,), _matched(silent[0].match) or _LOCATION)
    for match in case.works:
        row = _missing_row(case, match)
        if row:
            return _unstated(row, (match.entry,), _matched(match))
    unasked = _unasked(case)
    if unasked is not None and _granting(case):
        return _unstated("S8", (unasked.entry,), _matched(unasked))
    is_hint = any(voice.choice is Choice.ALLOW for voice in case.voices if voice.is_by_likeness)
    row = "R14" if is_hint and not case.works else "R01"
    return _unstated(row, tuple(sorted({each.entry for each in case.works})), _reported(case))


def _not_effective(pending: list[tuple[_Pending, _Voice]]) -> Decision:
    """R03, R30, R33, R37, R40: somebody said yes, and it does not count."""
    first, voice = max(pending, key=lambda each: (-_PENDINGS.index(each[0].basis), each[0].row))
    return Decision(
        Verdict.DENY,
        Preference.UNKNOWN,
        first.basis,
        first.row,
        entries=_entries(each.grant for each, _ in pending if each.basis is first.basis),
        match=_matched(voice.match) or _LOCATION,
    )


def _missing_row(case: _Case, match: Match) -> str:
    """R08 or R09 where some have said yes to a work and another holder or layer is missing."""
    granted = {
        holder.layer
        for holder in _holders(match)
        if (voice := case.voice(match, holder)) is not None and voice.grants
    }
    missing = {
        holder.layer
        for holder in _holders(match)
        if (voice := case.voice(match, holder)) is None or not voice.grants
    }
    missing.update(set(match.layers).difference(holder.layer for holder in _holders(match)))
    if not granted or not missing:
        return ""
    return "R08" if granted & missing else "R09"


def _unstated(row: str, entries: tuple[int, ...], match: Matched | None) -> Decision:
    return Decision(
        Verdict.DENY, Preference.UNKNOWN, Basis.UNSTATED, row, entries=entries, match=match
    )


_LOCATION = Matched(MatchKind.LOCATION)


def _matched(match: Match | None) -> Matched | None:
    return None if match is None else Matched(match.kind, match.work, match.distance)


def _reported(case: _Case) -> Matched | None:
    """The closest match, the location where there is no other."""
    if case.matches:
        return _matched(case.matches[0])
    return _LOCATION if case.voices else None


def _entries(statements: Iterable[Statement]) -> tuple[int, ...]:
    return tuple(sorted({statement.entry for statement in statements}))


def _changes_at(case: _Case) -> datetime | None:
    """The next moment of any wait, start, end or cap of all that was looked at."""
    moments = [moment for statement in case.statements for moment in _moments(statement)]
    works = {match.work for match in case.record.matches}
    moments += [
        hold.placed_at + PROVISIONAL_TERM for hold in case.record.holds if hold.work in works
    ]
    speaking = {statement.declarant for statement in case.record.statements}
    moments += [
        standing.barred_until
        for standing in case.record.standings
        if standing.barred_until is not None and standing.declarant in speaking
    ]
    return min((moment for moment in moments if moment > case.at), default=None)


def _moments(statement: Statement) -> Iterator[datetime]:
    if statement.starts_at is not None:
        yield statement.starts_at
    if statement.ends_at is not None:
        yield statement.ends_at
    if _opens(statement) and _level(statement, None) < EvidenceLevel.VOUCHED:
        yield statement.declared_at + WAIT
    if statement.place is not None:
        yield _lapsed_at(statement.place)
        yield _lapsed_at(statement.place) + STALE_TERM
    if statement.mandate is not None:
        yield statement.mandate.ends_at
