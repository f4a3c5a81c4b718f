"""A second, deliberately naive reading of the decision rules, written to disagree with the first.

It knows no order of walking and no early exit: every statement is asked every question, and what
stands is whatever no other statement takes away.
"""
# ruff: noqa: C901 - read from top to bottom like the table, on purpose

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction
from uuid import UUID

from consent.rules import Conditions, Decision, License, Matched
from registry.statements import Holder, Match, Record, Standing, Statement
from registry.vocabulary import (
    Basis,
    Choice,
    HoldKind,
    MatchKind,
    Preference,
    Usage,
    Verdict,
)

ALLOW, LICENSE, REFUSE = Choice.ALLOW, Choice.LICENSE, Choice.REFUSE
SCOPES = ["copy", "work", "url", "host", "domain", "catalogue"]
PLACES = ["url", "host", "domain"]
STRICTEST_FIRST = [REFUSE, LICENSE, None, ALLOW]
HOURS_72 = timedelta(hours=72)
DAY = timedelta(days=1)


@dataclass
class Question:
    """All that the helpers need to know."""

    record: Record
    usage: Usage
    firm: UUID | None
    at: datetime

    def standing(self, declarant: UUID) -> Standing:
        found = [each for each in self.record.standings if each.declarant == declarant]
        return found[-1] if found else Standing(declarant)


@dataclass
class Says:
    """What one declarant says: a choice, a silence, or nothing but hopes."""

    who: UUID
    match: Match | None
    level: int
    choice: Choice | None
    because: list[Statement]
    narrowing: list[Statement]
    silence: Statement | None
    hopes: list[tuple[Basis, str, Statement]]

    def blocks(self) -> bool:
        if self.choice in (REFUSE, LICENSE):
            return True
        return self.choice is None and self.silence is not None and self.silence.choice is None

    def allows(self) -> bool:
        return self.choice is ALLOW and not looks_alike(self.match)


def looks_alike(match: Match | None) -> bool:
    return match is not None and match.kind == "similar"


def naive(record: Record, usage: Usage, firm: UUID | None, at: datetime) -> Decision:
    q = Question(record, usage, firm, at)
    matches = settled_matches(q)
    says = [what(q, who, match) for match in matches for who in people(match)]

    vouched = [each for each in says if each.allows() and level(each.because[0], each.match) >= 4]

    def is_complaint(who: UUID, evidence: int) -> bool:
        return evidence <= 1 and any(who not in people(each.match) for each in vouched)

    matches = [match for match in matches if not is_complaint(match.registrant, match.level)]
    says = [each for each in says if not is_complaint(each.who, each.level)]
    works = [match for match in matches if match.kind != "similar"]
    hosts: list[UUID] = []
    for statement in record.statements:
        known = [who for match in works for who in people(match)] + hosts
        if may_speak(q, statement) and is_place(statement) and statement.declarant not in known:
            hosts.append(statement.declarant)
    says += [what(q, host, None) for host in sorted(hosts)]
    return with_change(q, answer(q, matches, works, says))


def answer(q: Question, matches: list[Match], works: list[Match], says: list[Says]) -> Decision:
    refusing = [each for each in says if each.choice is REFUSE]
    for basis in (Basis.REFUSED, Basis.SIMILAR_REFUSED, Basis.LOCATION_REFUSED):
        of_basis = [each for each in refusing if refusal_basis(each) == basis]
        if of_basis:
            return changed_mind(basis, of_basis) or refused(q, basis, of_basis, says)

    holds = [hold for hold in q.record.holds if is_held(q, hold, matches, says)]
    if holds:
        first = min(holds, key=lambda hold: hold.entry)
        row = {"dispute": "R36", "moderator": "R44", "provisional": "R10"}[first.kind]
        [match] = [match for match in matches if match.work == first.work]
        return no(Basis.HOLD, row, [hold.entry for hold in holds], match)
    for layer in sorted({holder.layer for match in works for holder in holders(match)}):
        contested = contesting(layer, works, says)
        if contested:
            entries = [wish(each)[0].entry for each in contested]
            return no(Basis.HOLD, "R07", entries, contested[0].match)

    if works:
        voices = [find(says, match, holder) for match in works for holder in holders(match)]
        orphaned = any(set(match.layers) - layers(match) for match in works)
    else:
        voices = [each for each in says if each.match is None and each.choice is not None]
        orphaned = not voices
    is_free = not any(each.blocks() for each in says)
    is_agreed = not orphaned and all(each is not None and each.allows() for each in voices)
    strangers = [match for match in matches if looks_alike(match) and not has_agreed(match, says)]
    if is_free and is_agreed and not strangers:
        grants = [s for each in voices if each for s in each.because + each.narrowing]
        return granted(grants, closest(matches, says))

    licensing = [each for each in says if each.choice is LICENSE]
    if licensing:
        first = licensing[0]
        decision = no(
            Basis.LICENSE_REQUIRED,
            "S8",
            [s.entry for each in licensing for s in each.because],
            first.match,
            has_place=True,
        )
        terms = License(first.because[0].terms_url, first.because[0].contact)
        return replace(decision, license=terms)

    exact = [match for match in q.record.matches if match.kind != "similar"]
    exact.sort(key=lambda match: (match.distance or 0, match.entry, match.work))
    free = [fact for fact in q.record.public_domain if fact.work in [each.work for each in exact]]
    if free and is_free and not any(each.silence for each in says):
        match = next(match for match in exact if match.work == free[0].work)
        decision = no(Basis.PUBLIC_DOMAIN, "S9", [fact.entry for fact in free], match)
        return replace(decision, verdict=Verdict.ALLOW)
    return unanswered(matches, works, says, strangers if is_agreed else [])


def has_agreed(match: Match, says: list[Says]) -> bool:
    return all(
        any(each.choice is ALLOW and each.who == holder.rightsholder for each in says)
        for holder in holders(match)
    )


def unanswered(
    matches: list[Match], works: list[Match], says: list[Says], strangers: list[Match]
) -> Decision:
    if works:
        asked = [find(says, match, holder) for match in works for holder in holders(match)]
    else:
        asked = [each for each in says if each.match is None]
    hopes = [
        (hope, each.match)
        for each in asked
        if each is not None and not each.allows()
        for hope in each.hopes
    ]
    telling = most_telling(hopes)
    if telling:
        return telling
    silent = [each for each in says if each.blocks()]
    silent += [each for each in asked if each and each.choice is None and each.silence]
    if silent and silent[0].silence:
        silence = silent[0].silence
        row = "R24" if silence.choice is None else "R26"
        return no(Basis.UNSTATED, row, [silence.entry], silent[0].match, has_place=True)
    for match in works:
        agreed, missing = set(), set(match.layers) - layers(match)
        for holder in holders(match):
            each = find(says, match, holder)
            (agreed if each is not None and each.allows() else missing).add(holder.layer)
        if agreed and missing:
            row = "R08" if agreed & missing else "R09"
            return no(Basis.UNSTATED, row, [match.entry], match)
    if strangers:
        return no(Basis.UNSTATED, "S8", [strangers[0].entry], strangers[0])
    alike = [each for each in says if looks_alike(each.match) and each.choice is ALLOW]
    row = "R14" if alike and not works else "R01"
    decision = no(Basis.UNSTATED, row, [match.entry for match in works], None)
    return replace(decision, match=closest(matches, says))


# One declarant on one match.


def what(q: Question, who: UUID, match: Match | None) -> Says:
    own = what_class(q, who, match, is_observed=False)
    observed = what_class(q, who, match, is_observed=True)
    order = [REFUSE, LICENSE, "withdrawn", "ended", ALLOW, "nothing"]

    def state(each: Says) -> object:
        if each.choice is None and each.silence is not None:
            return "withdrawn" if each.silence.choice is None else "ended"
        return each.choice or "nothing"

    winner = own if order.index(state(own)) <= order.index(state(observed)) else observed
    both = own.choice is observed.choice
    hopes = own.hopes + observed.hopes
    if winner.choice is not None and observed.level > 0:
        hopes = []  # two classes of words, and no yes in one of them replaces the other
    return Says(
        who=who,
        match=match,
        level=max(own.level, observed.level),
        choice=winner.choice,
        because=own.because + observed.because if both else winner.because,
        narrowing=own.narrowing + observed.narrowing if both else winner.narrowing,
        silence=winner.silence,
        hopes=hopes,
    )


def what_class(q: Question, who: UUID, match: Match | None, *, is_observed: bool) -> Says:
    about = [
        s
        for s in q.record.statements
        if s.declarant == who
        and s.is_observed == is_observed
        and may_speak(q, s)
        and covers(q, s, match)
    ]
    about.sort(key=lambda s: (precision(s), s.target, -s.entry, STRICTEST_FIRST.index(s.choice)))

    def newer(s: Statement) -> list[Statement]:
        chain = [t for t in about if precision(t) == precision(s) and t.target == s.target]
        return chain[: chain.index(s)]

    def older(s: Statement) -> Statement | None:
        chain = [t for t in about if precision(t) == precision(s) and t.target == s.target]
        return [*chain, None][chain.index(s) + 1]

    def is_current(s: Statement) -> bool:
        return (s.starts_at is None or q.at >= s.starts_at) and (
            s.ends_at is None or q.at < s.ends_at
        )

    def is_done(s: Statement) -> bool:
        return s.ends_at is not None and q.at >= s.ends_at

    def is_effective(s: Statement) -> bool:
        return s.choice is ALLOW and shortfall(q, s, match) is None

    def is_open(s: Statement) -> bool:
        return s.choice is ALLOW and is_current(s) and not ended_for_firms(q, s)

    def has_waited(s: Statement) -> bool:
        return not lapse(q, s) and (level(s, match) >= 4 or q.at - s.declared_at >= HOURS_72)

    def is_repeated_follow(s: Statement) -> bool:
        before = older(s)
        return s.follows and not has_waited(s) and before is not None and before.follows

    def cuts(s: Statement) -> bool:
        if s.choice is None:
            return not is_repeated_follow(s)
        return is_effective(s) if s.choice is ALLOW else is_current(s)

    def silences(s: Statement) -> bool:
        if s.choice is None:
            return not (s.follows and has_waited(s)) and not is_repeated_follow(s)
        return not is_open(s) if s.choice is ALLOW else is_done(s)

    heard = [s for s in about if not any(cuts(t) for t in newer(s))]
    hushing = [s for s in heard if silences(s)]
    is_another_copy = looks_alike(match)

    def decides(s: Statement) -> bool:
        if s.choice is None:
            return False
        if s.choice is not ALLOW:
            return is_current(s)
        if is_another_copy and s.scope == "copy":
            return False
        return (
            is_effective(s)
            and is_open(s)
            and not any(precision(t) <= precision(s) for t in hushing)
        )

    deciding = [s for s in heard if decides(s)]
    top = min((precision(s) for s in deciding), default=None)
    deciding = [s for s in deciding if precision(s) == top]
    choice = min((s.choice for s in deciding), key=STRICTEST_FIRST.index, default=None)
    narrowing = [
        s
        for s in heard
        if choice is ALLOW
        and is_open(s)
        and precision(s) <= top
        and not (is_another_copy and s.scope == "copy" and is_effective(s))
    ]
    hopes = [
        (*missing, s)
        for n, s in enumerate(heard)
        if s.choice is ALLOW
        and (top is None or precision(s) <= top)
        and (missing := shortfall(q, s, match))
        and not is_done(s)
        and not ended_for_firms(q, s)
        and not any(t in hushing for t in heard[:n])
    ]
    withdrawn = [s for s in hushing if s.choice is None]
    return Says(
        who=who,
        match=match,
        level=max((s.level for s in about), default=0),
        choice=choice,
        because=[s for s in deciding if s.choice is choice],
        narrowing=narrowing,
        silence=None if deciding else [*withdrawn, *hushing, None][0],
        hopes=hopes if choice is not ALLOW else [],
    )


def precision(s: Statement) -> tuple[bool, int, int, bool]:
    length = len(s.target) if s.scope == "url" else 0
    return (s.mandate is not None, SCOPES.index(s.scope), -length, s.organisation is None)


def ended_for_firms(q: Question, s: Statement) -> bool:
    return s.organisation is not None and any(
        (t.declarant, t.scope, t.target) == (s.declarant, s.scope, s.target)
        and (t.is_observed, t.mandate is None) == (s.is_observed, s.mandate is None)
        and t.organisation is None
        and t.ends_firm_grants
        and t.choice is REFUSE
        and t.entry > s.entry
        and (t.starts_at is None or t.starts_at <= q.at)
        and may_speak(q, t)
        for t in q.record.statements
    )


# Who may say what.


def may_speak(q: Question, s: Statement) -> bool:
    if s.usage != q.usage or s.level == 0 or (s.organisation and s.organisation != q.firm):
        return False
    if is_place(s) and s.place is None:
        return False
    m = s.mandate
    if m is not None:
        if m.principal != s.declarant or (m.works and is_place(s)):
            return False
        if s.choice is not None and s.choice not in m.acts:
            return False
        if s.declared_at < m.starts_at or s.declared_at >= m.ends_at:
            return False
    standing = q.standing(s.declarant)
    if s.level == 1 and standing.barred_until and standing.barred_until > q.at:
        return False
    if (s.choice is ALLOW or s.follows) and standing.taken_over_at:
        changed_at = standing.credentials_changed_at
        if changed_at and s.declared_at >= changed_at:
            is_recent = s.declared_at >= standing.taken_over_at - 7 * DAY
            is_after = standing.recovered_at and s.declared_at >= standing.recovered_at
            return not is_recent or bool(is_after)
    return True


def is_place(s: Statement) -> bool:
    return s.scope in PLACES


def covers(q: Question, s: Statement, match: Match | None) -> bool:
    if match is None:
        return is_place(s) and q.at < lapsed_at(s) + 180 * DAY
    if s.mandate and s.mandate.works and match.work not in s.mandate.works:
        return False
    if s.scope in ("copy", "work"):
        return s.work == match.work
    if s.choice is ALLOW and s.declarant != match.registrant and match.level != 5:
        return False
    return s.scope == "catalogue" or not looks_alike(match)


def lapsed_at(s: Statement) -> datetime:
    assert s.place is not None
    ends = [s.place.renewed_at + 200 * DAY, s.place.suspended_at, s.place.ended_at]
    return min(end for end in ends if end)


def level(s: Statement, match: Match | None) -> int:
    if match is not None and match.level == 5 and s.scope in ("copy", "work"):
        return 5
    return min(2, s.level) if s.is_observed else int(s.level)


def lapse(q: Question, s: Statement) -> str | None:
    standing = q.standing(s.declarant)
    if s.place and q.at >= lapsed_at(s):
        return "R30"
    if s.mandate and q.at >= s.mandate.ends_at:
        return "R33"
    if standing.barred_until and standing.barred_until > q.at:
        return "R37"
    if standing.is_closed or (standing.taken_over_at and not standing.recovered_at):
        return "R40"
    return None


def shortfall(q: Question, s: Statement, match: Match | None) -> tuple[Basis, str] | None:
    row = lapse(q, s)
    if row:
        return (Basis.EVIDENCE_LAPSED, row)
    needed = 2 if is_place(s) else 3
    if match is not None and match.has_standard_identifier:
        needed = 3 if match.is_identifier_confirmed else 4
    if s.scope == "catalogue" or s.works_at_once > 1000:
        needed = 4
    if level(s, match) < needed:
        return (Basis.UNPROVEN_GRANT, "R03")
    if s.starts_at is not None and q.at < s.starts_at:
        return (Basis.WAITING_GRANT, "R26")
    begins = s.declared_at if level(s, match) >= 4 else s.declared_at + HOURS_72
    if q.at < begins or (s.ends_at is not None and s.ends_at <= begins):
        return (Basis.WAITING_GRANT, "R03")
    return None


# Matches and holders.


def settled_matches(q: Question) -> list[Match]:
    rulings = sorted(q.record.rulings, key=lambda ruling: -ruling.entry)
    kept: list[Match] = []
    ordered = sorted(
        q.record.matches, key=lambda m: (m.kind == "similar", m.distance or 0, m.entry, m.work)
    )
    for match in ordered:
        about = [ruling for ruling in rulings if match.work in ruling.upheld + ruling.rejected]
        is_known = match.work in [each.work for each in kept]
        if not is_known and not (about and match.work in about[0].rejected):
            kept.append(replace(match, level=5) if about else match)
    return kept


def holders(match: Match) -> list[Holder]:
    return list(match.holders) or [Holder("", match.registrant)]


def layers(match: Match) -> set[str]:
    return {holder.layer for holder in holders(match)}


def people(match: Match | None) -> list[UUID]:
    assert match is not None
    found = [match.registrant]
    for holder in match.holders:
        if holder.rightsholder and holder.rightsholder not in found:
            found.append(holder.rightsholder)
    return found


def find(says: list[Says], match: Match, holder: Holder) -> Says | None:
    found = [each for each in says if each.match is match and each.who == holder.rightsholder]
    return found[0] if found else None


# Holds.


def is_held(q: Question, hold: object, matches: list[Match], says: list[Says]) -> bool:
    about = [match for match in matches if match.work == hold.work]
    if not about:
        return False
    if hold.kind is not HoldKind.PROVISIONAL:
        return True
    voices = [find(says, about[0], holder) for holder in holders(about[0])]
    is_vouched = all(
        each is not None and each.choice is ALLOW and level(each.because[0], about[0]) >= 4
        for each in voices
    )
    return q.at - hold.placed_at < 14 * DAY and not is_vouched


def wish(each: Says) -> list[Statement]:
    if each.allows():
        return each.because
    if each.choice is None and each.silence is None:
        return [hope[2] for hope in each.hopes]
    return []


def contesting(layer: str, works: list[Match], says: list[Says]) -> list[Says]:
    claims: list[tuple[Says, Fraction]] = []
    for match in works:
        own = [holder for holder in holders(match) if holder.layer in (layer, "whole")]
        for holder in own:
            each = find(says, match, holder)
            if each is not None and wish(each):
                claims.append((each, share_of(holder, own)))
    most = {each.who: Fraction(0) for each, _ in claims}
    for each, share in claims:
        most[each.who] = max(most[each.who], share)
    if sum(most.values()) <= 100:
        return []
    wishes = [(wish(each)[0], each.match) for each, _ in claims]
    terms = {(s.organisation, s.ends_at, s.terms_url) for s, _ in wishes}
    if len(terms) == 1 and min(level(s, match) for s, match in wishes) >= 3:
        return []
    return [each for each, _ in claims]


def share_of(holder: Holder, among: list[Holder]) -> Fraction:
    if holder.share is not None:
        return Fraction(holder.share)
    left = Fraction(100)
    for other in among:
        left -= Fraction(other.share or 0)
    return max(left, Fraction(0)) / sum(other.share is None for other in among)


# Answers.


def refusal_basis(each: Says) -> Basis:
    if is_place(each.because[0]):
        return Basis.LOCATION_REFUSED
    return Basis.SIMILAR_REFUSED if looks_alike(each.match) else Basis.REFUSED


def refused(q: Question, basis: Basis, refusing: list[Says], says: list[Says]) -> Decision:
    said = [s for each in refusing for s in each.because]
    granting = [each for each in says if each.allows()]
    if basis == Basis.SIMILAR_REFUSED:
        row = "R13"
    elif basis == Basis.LOCATION_REFUSED:
        row = "R19" if all(each.because[0].is_observed for each in refusing) else "R17"
    elif any(each.match is other.match for each in granting for other in refusing):
        row = "R08"
    elif any(each.match is not None for each in granting):
        row = "R06"
    else:
        row = "R16" if granting else "R04"
    match = None if basis == Basis.LOCATION_REFUSED else refusing[0].match
    decision = no(basis, row, [s.entry for s in said], match, has_place=True)
    is_stale = all(s.place and q.at >= lapsed_at(s) for s in said)
    return replace(decision, preference=Preference.DISALLOWED, is_stale=is_stale)


def changed_mind(basis: Basis, refusing: list[Says]) -> Decision | None:
    """The reason is the yes that would stand instead, the preference is still the no."""
    if basis != Basis.REFUSED or not all(each.hopes for each in refusing):
        return None
    decision = most_telling([(hope, each.match) for each in refusing for hope in each.hopes])
    assert decision is not None
    refusals = [s.entry for each in refusing for s in each.because]
    entries = tuple(sorted({*decision.entries, *refusals}))
    return replace(decision, preference=Preference.DISALLOWED, entries=entries)


def most_telling(hopes: list[tuple[tuple[Basis, str, Statement], Match | None]]) -> Decision | None:
    for basis in (Basis.EVIDENCE_LAPSED, Basis.WAITING_GRANT, Basis.UNPROVEN_GRANT):
        of_basis = [(hope, match) for hope, match in hopes if hope[0] == basis]
        if of_basis:
            row = max(hope[1] for hope, _ in of_basis)
            match = next(match for hope, match in of_basis if hope[1] == row)
            entries = [hope[2].entry for hope, _ in of_basis]
            return no(basis, row, entries, match, has_place=True)
    return None


def granted(grants: list[Statement], match: Matched | None) -> Decision:
    conditions = Conditions(
        starts_at=max((s.starts_at for s in grants if s.starts_at), default=None),
        ends_at=min((s.ends_at for s in grants if s.ends_at), default=None),
        organisation=next((s.organisation for s in grants if s.organisation), None),
    )
    return Decision(
        Verdict.ALLOW,
        Preference.ALLOWED,
        Basis.GRANTED,
        "R39" if conditions.organisation else "R02",
        entries=tuple(sorted({s.entry for s in grants})),
        conditions=conditions if conditions != Conditions() else None,
        match=match,
    )


def no(
    basis: Basis, row: str, entries: list[int], match: Match | None, *, has_place: bool = False
) -> Decision:
    matched = Matched(match.kind, match.work, match.distance) if match else None
    if match is None and has_place:
        matched = Matched(MatchKind.LOCATION)
    return Decision(
        Verdict.DENY,
        Preference.UNKNOWN,
        basis,
        row,
        entries=tuple(sorted(set(entries))),
        match=matched,
    )


def closest(matches: list[Match], says: list[Says]) -> Matched | None:
    if matches:
        return Matched(matches[0].kind, matches[0].work, matches[0].distance)
    return Matched(MatchKind.LOCATION) if says else None


def with_change(q: Question, decision: Decision) -> Decision:
    works = [match.work for match in q.record.matches]
    moments = [hold.placed_at + 14 * DAY for hold in q.record.holds if hold.work in works]
    for s in q.record.statements:
        moments.append(q.standing(s.declarant).barred_until)
        if may_speak(q, s):
            moments += [s.starts_at, s.ends_at, s.mandate and s.mandate.ends_at]
            if (s.level < 4 or s.is_observed) and (s.choice is ALLOW or s.follows):
                moments.append(s.declared_at + HOURS_72)
            if s.place:
                moments += [lapsed_at(s), lapsed_at(s) + 180 * DAY]
    later = [moment for moment in moments if moment and moment > q.at]
    return replace(decision, changes_at=min(later, default=None))
