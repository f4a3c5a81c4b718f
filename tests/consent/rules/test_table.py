"""The table of the decision rules, one row per number and per boundary."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import pytest

from consent.rules import LATEST, VERSIONS, Conditions, License, Matched, decide
from registry.statements import (
    Hold,
    Holder,
    Mandate,
    Match,
    Place,
    PublicDomain,
    Record,
    Ruling,
    Standing,
    Statement,
)
from registry.vocabulary import (
    Basis,
    Choice,
    EvidenceLevel,
    HoldKind,
    MatchKind,
    Preference,
    Scope,
    Usage,
)
from tests.consent.rules.naive import naive

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
LONG_AGO = NOW - 30 * DAY
TICK = timedelta(microseconds=1)

MAYA, RUI, SOCIETY, HOST, AGENT = (UUID(int=n) for n in (1, 2, 3, 4, 5))
ACME, OTHER_FIRM = UUID(int=21), UUID(int=22)
SEA, HARBOUR, THIRD = UUID(int=31), UUID(int=32), UUID(int=33)
TRAINING = Usage.GENERATIVE_TRAINING
ALLOW, LICENSE, REFUSE = Choice.ALLOW, Choice.LICENSE, Choice.REFUSE
LIVE = Place(NOW - DAY)
LEVELS = {MAYA: 3, RUI: 1, SOCIETY: 4, HOST: 2}


def claim(who: UUID = MAYA, work: UUID = SEA, **fields: object) -> Match:
    """A registration of the item by somebody at their usual level."""
    level = EvidenceLevel(fields.pop("level", LEVELS[who]))
    return Match(**{"work": work, "registrant": who, "level": level, "entry": who.int} | fields)


def similar(who: UUID = MAYA, **fields: object) -> Match:
    return claim(who, **{"kind": MatchKind.SIMILAR, "distance": 4} | fields)


def said(choice: Choice | None, who: UUID = MAYA, entry: int = 50, **fields: object) -> Statement:
    """A statement on the work, long ago, by somebody at their usual level."""
    fields = {
        "scope": Scope.WORK,
        "work": SEA,
        "usage": TRAINING,
        "declared_at": LONG_AGO,
        "level": LEVELS[who],
    } | fields
    if fields["scope"] not in (Scope.WORK, Scope.COPY):
        fields["work"] = None
    fields.setdefault("target", str(fields["work"] or ""))
    fields["level"] = EvidenceLevel(fields["level"])
    return Statement(declarant=who, choice=choice, entry=entry, **fields)


def at_host(
    choice: Choice | None, who: UUID = HOST, entry: int = 50, **fields: object
) -> Statement:
    """A statement about the host that the item was found on."""
    fields = {"scope": Scope.HOST, "target": "art.maya.example", "place": LIVE} | fields
    return said(choice, who, entry, **fields)


def catalogue(
    choice: Choice | None, who: UUID = MAYA, entry: int = 50, **fields: object
) -> Statement:
    return said(choice, who, entry, scope=Scope.CATALOGUE, **fields)


def record(*facts: object, **more: object) -> Record:
    """A record of the claims and statements named."""
    return Record(
        matches=tuple(fact for fact in facts if isinstance(fact, Match)),
        statements=tuple(fact for fact in facts if isinstance(fact, Statement)),
        **more,
    )


def joint(*names: UUID | None, layers: tuple[str, ...] = ()) -> tuple[Holder, ...]:
    each = layers or ("whole",) * len(names)
    return tuple(Holder("", who, layer) for who, layer in zip(names, each, strict=True))


class Row(NamedTuple):
    """A situation and its answer: verdict, basis and rule."""

    situation: str
    record: Record
    answer: str
    firm: UUID | None = None
    usage: Usage = TRAINING


UNTIL_TOMORROW = {"ends_at": NOW + DAY}
MANDATE = Mandate(AGENT, MAYA, frozenset(Choice), LONG_AGO - DAY, NOW + DAY)
ISBN = {"has_standard_identifier": True}
DISPUTE = Hold(SEA, 60, LONG_AGO, HoldKind.DISPUTE)
PROVISIONAL = Hold(SEA, 60, NOW - 14 * DAY + TICK, HoldKind.PROVISIONAL)
FREE = (PublicDomain(SEA, 70),)

TABLE = [
    Row("R01 nothing declared, nothing known", record(), "deny unstated R01"),
    Row("R01 registered, nothing declared", record(claim()), "deny unstated R01"),
    Row("R02 one effective grant", record(claim(), said(ALLOW)), "allow granted R02"),
    Row(
        "R02 by a vouched catalogue, at once",
        record(claim(SOCIETY), catalogue(ALLOW, SOCIETY, declared_at=NOW)),
        "allow granted R02",
    ),
    Row(
        "R03 an e-mail address proves nothing",
        record(claim(RUI), said(ALLOW, RUI)),
        "deny unproven-grant R03",
    ),
    Row(
        "R03 a place proves no work",
        record(claim(level=2), said(ALLOW, level=2)),
        "deny unproven-grant R03",
    ),
    Row(
        "R03 an identity grants no catalogue",
        record(claim(), catalogue(ALLOW)),
        "deny unproven-grant R03",
    ),
    Row(
        "R03 a book needs more than an identity",
        record(claim(**ISBN), said(ALLOW)),
        "deny unproven-grant R03",
    ),
    Row(
        "R03 unless its registrant is confirmed",
        record(claim(**ISBN, is_identifier_confirmed=True), said(ALLOW)),
        "allow granted R02",
    ),
    Row(
        "R03 a thousand works at once are single works",
        record(claim(), said(ALLOW, works_at_once=1_000)),
        "allow granted R02",
    ),
    Row(
        "R03 one more is bulk",
        record(claim(), said(ALLOW, works_at_once=1_001)),
        "deny unproven-grant R03",
    ),
    Row(
        "R03 a vouched book in bulk",
        record(claim(SOCIETY, **ISBN), said(ALLOW, SOCIETY, works_at_once=9_999)),
        "allow granted R02",
    ),
    Row(
        "R03 a moment before 72 hours",
        record(claim(), said(ALLOW, declared_at=NOW - 72 * HOUR + TICK)),
        "deny waiting-grant R03",
    ),
    Row(
        "R03 exactly at 72 hours it counts",
        record(claim(), said(ALLOW, declared_at=NOW - 72 * HOUR)),
        "allow granted R02",
    ),
    Row(
        "R03 being named by a stranger puts no work into a catalogue",
        record(claim(RUI, holders=joint(SOCIETY)), catalogue(ALLOW, SOCIETY)),
        "deny unstated R01",
    ),
    Row(
        "R03 a stranger's word on a work says nothing",
        record(claim(), said(ALLOW, SOCIETY)),
        "deny unstated R01",
    ),
    Row("R04 a refusal by e-mail", record(claim(RUI), said(REFUSE, RUI)), "deny refused R04"),
    Row(
        "R04 at once",
        record(claim(), said(REFUSE, declared_at=NOW)),
        "deny refused R04",
    ),
    Row(
        "R04 a whole catalogue",
        record(claim(RUI), catalogue(REFUSE, RUI)),
        "deny refused R04",
    ),
    Row(
        "R04 an unconfirmed account says nothing",
        record(claim(level=0), said(REFUSE, level=0)),
        "deny unstated R01",
    ),
    Row(
        "R05 a work's yes over a catalogue's no",
        record(claim(), catalogue(REFUSE), said(ALLOW, entry=40)),
        "allow granted R02",
    ),
    Row(
        "R05 a work's no over a catalogue's yes",
        record(claim(SOCIETY), catalogue(ALLOW, SOCIETY, 60), said(REFUSE, SOCIETY)),
        "deny refused R04",
    ),
    Row(
        "R05 a copy's no over a work's yes",
        record(claim(), said(ALLOW), said(REFUSE, scope=Scope.COPY, target="hash", entry=40)),
        "deny refused R04",
    ),
    Row(
        "R03 a yes that waits displaces no no, and says why it is still no",
        record(claim(), said(REFUSE, entry=40), said(ALLOW, declared_at=NOW - HOUR)),
        "deny waiting-grant R03",
    ),
    Row(
        "R03 a yes without evidence displaces no no, and says why it is still no",
        record(claim(level=1), said(REFUSE, level=1, entry=40), said(ALLOW, level=1)),
        "deny unproven-grant R03",
    ),
    Row(
        "R03 a yes to one work displaces no no to all of them, and says why it is still no",
        record(claim(level=1), catalogue(REFUSE, level=1, entry=40), said(ALLOW, level=1)),
        "deny unproven-grant R03",
    ),
    Row(
        "R04 a no after a yes that waits is a no",
        record(claim(), said(ALLOW, declared_at=NOW - HOUR, entry=40), said(REFUSE)),
        "deny refused R04",
    ),
    Row(
        "R04 the change of mind of one does not hide the no of another",
        record(
            claim(),
            claim(SOCIETY, work=HARBOUR),
            said(REFUSE, entry=40),
            said(ALLOW, declared_at=NOW - HOUR),
            said(REFUSE, SOCIETY, work=HARBOUR),
        ),
        "deny refused R04",
    ),
    Row(
        "R05 the newest of one scope",
        record(claim(), said(REFUSE, entry=40), said(ALLOW)),
        "allow granted R02",
    ),
    Row(
        "R05 of one entry the restrictive",
        record(claim(), said(ALLOW), said(REFUSE)),
        "deny refused R04",
    ),
    Row(
        "R05 the longest path of a site",
        record(
            at_host(ALLOW, scope=Scope.URL, target="https://maya.example/a"),
            at_host(REFUSE, scope=Scope.URL, target="https://maya.example/a/b", entry=40),
        ),
        "deny location-refused R17",
    ),
    Row(
        "R05 a host over its domain",
        record(
            at_host(ALLOW, entry=40),
            at_host(REFUSE, scope=Scope.DOMAIN, target="maya.example"),
        ),
        "allow granted R02",
    ),
    Row(
        "R06 one grants and one refuses the same hash",
        record(claim(), claim(RUI, HARBOUR), said(ALLOW), said(REFUSE, RUI, work=HARBOUR)),
        "deny refused R06",
    ),
    Row(
        "R06 a claim without a word keeps others from granting",
        record(claim(), claim(RUI, HARBOUR), said(ALLOW)),
        "deny unstated R01",
    ),
    Row(
        "R07 two who each claim the whole",
        record(claim(), claim(RUI, HARBOUR), said(ALLOW), said(ALLOW, RUI, 51, work=HARBOUR)),
        "deny hold R07",
    ),
    Row(
        "R07 unless both are known and agree",
        record(
            claim(),
            claim(SOCIETY, HARBOUR),
            said(ALLOW),
            said(ALLOW, SOCIETY, 51, work=HARBOUR),
        ),
        "allow granted R02",
    ),
    Row(
        "R07 known, but on other terms",
        record(
            claim(),
            claim(SOCIETY, HARBOUR),
            said(ALLOW),
            said(ALLOW, SOCIETY, 51, work=HARBOUR, **UNTIL_TOMORROW),
        ),
        "deny hold R07",
    ),
    Row(
        "R07 shares above the whole",
        record(
            claim(
                holders=(
                    Holder("", MAYA, share=Decimal(60)),
                    Holder("", RUI, share=Decimal("40.01")),
                )
            ),
            said(ALLOW),
            said(ALLOW, RUI, 51),
        ),
        "deny hold R07",
    ),
    Row(
        "R07 shares of exactly the whole",
        record(
            claim(
                holders=(
                    Holder("", MAYA, share=Decimal(60)),
                    Holder("", SOCIETY, share=Decimal(40)),
                )
            ),
            said(ALLOW),
            said(ALLOW, SOCIETY, 51, **UNTIL_TOMORROW),
        ),
        "allow granted R02",
    ),
    Row(
        "R07 those who hold a work together claim the whole of it too",
        record(
            claim(holders=joint(MAYA, HOST)),
            claim(SOCIETY, HARBOUR),
            said(ALLOW),
            said(ALLOW, HOST, 51, level=3),
            said(ALLOW, SOCIETY, 52, work=HARBOUR, **UNTIL_TOMORROW),
        ),
        "deny hold R07",
    ),
    Row(
        "R07 what is left of the whole is of those whose shares nobody stated",
        record(
            claim(holders=(Holder("", MAYA, share=Decimal(60)), Holder("", HOST))),
            claim(SOCIETY, HARBOUR, holders=(Holder("", SOCIETY, share=Decimal("0.01")),)),
            said(ALLOW),
            said(ALLOW, HOST, 51, level=3),
            said(ALLOW, SOCIETY, 52, work=HARBOUR, **UNTIL_TOMORROW),
        ),
        "deny hold R07",
    ),
    Row(
        "R08 all holders grant",
        record(claim(holders=joint(MAYA, SOCIETY)), said(ALLOW), said(ALLOW, SOCIETY, 51)),
        "allow granted R02",
    ),
    Row(
        "R08 one holder is missing",
        record(claim(holders=joint(MAYA, SOCIETY)), said(ALLOW)),
        "deny unstated R08",
    ),
    Row(
        "R08 a holder known by name has not agreed",
        record(claim(holders=joint(MAYA, None)), said(ALLOW)),
        "deny unstated R08",
    ),
    Row(
        "R08 any one may refuse",
        record(claim(holders=joint(MAYA, RUI)), said(ALLOW), said(REFUSE, RUI, 51)),
        "deny refused R08",
    ),
    Row(
        "R08 so may the registrant who holds nothing",
        record(claim(RUI, holders=joint(MAYA)), said(ALLOW), said(REFUSE, RUI, 51)),
        "deny refused R08",
    ),
    Row(
        "R08 whose yes nobody needs",
        record(claim(RUI, holders=joint(MAYA)), said(ALLOW)),
        "allow granted R02",
    ),
    Row(
        "R09 song and recording, both granted",
        record(
            claim(holders=joint(MAYA, SOCIETY, layers=("song", "recording"))),
            said(ALLOW),
            said(ALLOW, SOCIETY, 51),
        ),
        "allow granted R02",
    ),
    Row(
        "R09 the recording is not granted",
        record(claim(holders=joint(MAYA, SOCIETY, layers=("song", "recording"))), said(ALLOW)),
        "deny unstated R09",
    ),
    Row(
        "R09 a layer without a holder",
        record(claim(holders=joint(MAYA, layers=("song",)), layers=("recording",)), said(ALLOW)),
        "deny unstated R09",
    ),
    Row(
        "R10 not theirs, says somebody",
        record(claim(), said(ALLOW), holds=(PROVISIONAL,)),
        "deny hold R10",
    ),
    Row(
        "R10 exactly 14 days later it lapses",
        record(claim(), said(ALLOW), holds=(replace(PROVISIONAL, placed_at=NOW - 14 * DAY),)),
        "allow granted R02",
    ),
    Row(
        "R10 it never pauses a vouched grant",
        record(claim(SOCIETY), said(ALLOW, SOCIETY), holds=(PROVISIONAL,)),
        "allow granted R02",
    ),
    Row(
        "R10 a dispute goes on where the two weeks end",
        record(
            claim(),
            said(ALLOW),
            holds=(replace(PROVISIONAL, placed_at=NOW - 14 * DAY), replace(DISPUTE, entry=61)),
        ),
        "deny hold R36",
    ),
    Row(
        "R12 an e-mail account against a vouched grant",
        record(
            claim(SOCIETY),
            claim(RUI, HARBOUR),
            said(ALLOW, SOCIETY),
            said(REFUSE, RUI, 51, work=HARBOUR),
        ),
        "allow granted R02",
    ),
    Row(
        "R12 its bare claim neither",
        record(claim(SOCIETY), claim(RUI, HARBOUR), said(ALLOW, SOCIETY)),
        "allow granted R02",
    ),
    Row(
        "R12 nor its yes, which contests nothing",
        record(
            claim(SOCIETY),
            claim(RUI, HARBOUR),
            said(ALLOW, SOCIETY),
            said(ALLOW, RUI, 51, work=HARBOUR),
        ),
        "allow granted R02",
    ),
    Row(
        "R12 a place against a vouched grant",
        record(
            claim(SOCIETY),
            claim(HOST, HARBOUR),
            said(ALLOW, SOCIETY),
            said(REFUSE, HOST, 51, work=HARBOUR),
        ),
        "deny refused R06",
    ),
    Row(
        "R12 an identity against a vouched grant",
        record(
            claim(SOCIETY),
            claim(MAYA, HARBOUR),
            said(ALLOW, SOCIETY),
            said(REFUSE, MAYA, 51, work=HARBOUR),
        ),
        "deny refused R06",
    ),
    Row(
        "R12 an altered copy registered by an e-mail account, against a vouched grant",
        record(
            claim(SOCIETY),
            similar(RUI, work=HARBOUR),
            said(ALLOW, SOCIETY),
            said(REFUSE, RUI, 51, work=HARBOUR),
        ),
        "allow granted R02",
    ),
    Row(
        "R12 a signal is no vouched grant, whoever owns the site",
        record(
            claim(SOCIETY),
            claim(RUI, HARBOUR),
            at_host(ALLOW, SOCIETY, is_observed=True),
            said(REFUSE, RUI, 51, work=HARBOUR),
        ),
        "deny refused R06",
    ),
    Row(
        "R12 an e-mail account against an identity",
        record(claim(), claim(RUI, HARBOUR), said(ALLOW), said(REFUSE, RUI, 51, work=HARBOUR)),
        "deny refused R06",
    ),
    Row(
        "R12 a vouched grant that was withdrawn guards nothing",
        record(
            claim(SOCIETY),
            claim(RUI, HARBOUR),
            said(ALLOW, SOCIETY),
            said(None, SOCIETY, 52),
            said(REFUSE, RUI, 51, work=HARBOUR),
        ),
        "deny refused R04",
    ),
    Row(
        "R12 a holder of the work is no stranger to it",
        record(
            claim(SOCIETY, holders=joint(SOCIETY, RUI)),
            said(ALLOW, SOCIETY),
            said(REFUSE, RUI, 51),
        ),
        "deny refused R08",
    ),
    Row(
        "R12 a stranger cannot name the society to silence the author",
        record(
            claim(RUI, HARBOUR, level=1, holders=joint(SOCIETY)),
            claim(MAYA, level=1),
            catalogue(ALLOW, SOCIETY),
            said(REFUSE, level=1, entry=51),
        ),
        "deny refused R04",
    ),
    Row(
        "R12 a stranger cannot name a vouched host to silence the author",
        record(
            claim(RUI, HARBOUR, holders=joint(SOCIETY)),
            claim(MAYA, level=1),
            at_host(ALLOW, SOCIETY),
            said(REFUSE, level=1, entry=51),
        ),
        "deny refused R04",
    ),
    Row(
        "R12 one vouched work is enough against a stranger to it",
        record(
            claim(SOCIETY),
            claim(SOCIETY, HARBOUR, holders=joint(SOCIETY, RUI)),
            claim(RUI, THIRD),
            said(ALLOW, SOCIETY),
            said(ALLOW, SOCIETY, 51, work=HARBOUR),
            said(REFUSE, RUI, 52, work=THIRD),
        ),
        "deny unstated R08",
    ),
    Row(
        "R13 an altered copy of a refused work",
        record(similar(), said(REFUSE)),
        "deny similar-refused R13",
    ),
    Row(
        "R13 even where the item itself is granted",
        record(
            similar(),
            claim(SOCIETY, HARBOUR),
            said(REFUSE),
            said(ALLOW, SOCIETY, 51, work=HARBOUR),
        ),
        "deny similar-refused R13",
    ),
    Row(
        "R13 a refused copy refuses its altered copies",
        record(similar(), said(REFUSE, scope=Scope.COPY, target="hash")),
        "deny similar-refused R13",
    ),
    Row(
        "R13 a granted copy does not free its altered copies",
        record(
            similar(),
            said(REFUSE),
            said(ALLOW, scope=Scope.COPY, target="hash", entry=60),
        ),
        "deny similar-refused R13",
    ),
    Row(
        "R13 a refusal of the item itself tells more",
        record(similar(), claim(RUI, HARBOUR), said(REFUSE), said(REFUSE, RUI, 51, work=HARBOUR)),
        "deny refused R04",
    ),
    Row(
        "R14 an altered copy of a granted work",
        record(similar(SOCIETY), said(ALLOW, SOCIETY)),
        "deny unstated R14",
    ),
    Row(
        "R14 it neither helps nor hinders",
        record(
            similar(SOCIETY), claim(work=HARBOUR), said(ALLOW, SOCIETY), said(ALLOW, work=HARBOUR)
        ),
        "allow granted R02",
    ),
    Row("R02 a host's own yes", record(at_host(ALLOW)), "allow granted R02"),
    Row(
        "R16 the host grants, the author refuses",
        record(claim(), at_host(ALLOW), said(REFUSE)),
        "deny refused R16",
    ),
    Row(
        "R16 the host grants, the author says nothing",
        record(claim(), at_host(ALLOW)),
        "deny unstated R01",
    ),
    Row(
        "R16 the host is the author",
        record(claim(HOST), at_host(ALLOW)),
        "allow granted R02",
    ),
    Row(
        "R16 but not of a book by its place alone",
        record(claim(HOST, **ISBN), at_host(ALLOW)),
        "deny unproven-grant R03",
    ),
    Row(
        "R16 a host that a stranger names as the holder is a host still",
        record(claim(RUI, holders=joint(HOST)), at_host(ALLOW)),
        "deny unstated R01",
    ),
    Row(
        "R16 unless a ruling says that it holds the work",
        record(
            claim(RUI, holders=joint(HOST)),
            at_host(ALLOW),
            rulings=(Ruling(60, upheld=(SEA,)),),
        ),
        "allow granted R02",
    ),
    Row(
        "R17 the host refuses, the author grants",
        record(claim(), at_host(REFUSE), said(ALLOW)),
        "deny location-refused R17",
    ),
    Row("R17 elsewhere it is granted", record(claim(), said(ALLOW)), "allow granted R02"),
    Row(
        "R17 the author's own site refuses what the work grants",
        record(claim(), at_host(REFUSE, MAYA), said(ALLOW, entry=40)),
        "allow granted R02",
    ),
    Row("R18 a robots.txt says nothing about use", record(), "deny unstated R01"),
    Row(
        "R19 a signal refuses",
        record(at_host(REFUSE, is_observed=True)),
        "deny location-refused R19",
    ),
    Row(
        "R19 it combines with the owner's yes restrictively",
        record(at_host(REFUSE, is_observed=True, entry=40), at_host(ALLOW)),
        "deny location-refused R19",
    ),
    Row(
        "R19 it never displaces the owner's no",
        record(at_host(ALLOW, is_observed=True), at_host(REFUSE, entry=40)),
        "deny location-refused R17",
    ),
    Row(
        "R19 a signal grants like a place",
        record(at_host(ALLOW, is_observed=True)),
        "allow granted R02",
    ),
    Row(
        "R19 it waits like a place, whoever owns the site",
        record(at_host(ALLOW, SOCIETY, is_observed=True, declared_at=NOW)),
        "deny waiting-grant R03",
    ),
    Row(
        "R19 it proves no book, whoever owns the site",
        record(claim(SOCIETY, **ISBN), at_host(ALLOW, SOCIETY, is_observed=True)),
        "deny unproven-grant R03",
    ),
    Row(
        "R19 it refuses at once",
        record(claim(), said(ALLOW), at_host(REFUSE, is_observed=True, declared_at=NOW)),
        "deny location-refused R19",
    ),
    Row(
        "R19 until another value is observed",
        record(at_host(REFUSE, is_observed=True, entry=40), at_host(ALLOW, is_observed=True)),
        "allow granted R02",
    ),
    Row(
        "R19 or the owner ends it",
        record(at_host(REFUSE, is_observed=True, entry=40), at_host(None, is_observed=True)),
        "deny unstated R24",
    ),
    Row(
        "R19 a site's own word tells more than another site's signal",
        record(at_host(REFUSE, is_observed=True), at_host(REFUSE, MAYA, 51)),
        "deny location-refused R17",
    ),
    Row(
        "R23 a usage that the declaration does not name",
        record(claim(), said(ALLOW)),
        "deny unstated R01",
        usage=Usage.MINING,
    ),
    Row(
        "R24 a grant withdrawn",
        record(claim(), said(ALLOW), said(None, entry=51, declared_at=NOW)),
        "deny unstated R24",
    ),
    Row(
        "R24 a refusal withdrawn grants nothing",
        record(claim(), said(REFUSE), said(None, entry=51)),
        "deny unstated R24",
    ),
    Row(
        "R24 a withdrawal does not fall back to a broader grant",
        record(
            claim(SOCIETY),
            catalogue(ALLOW, SOCIETY),
            said(REFUSE, SOCIETY, 51),
            said(None, SOCIETY, 52),
        ),
        "deny unstated R24",
    ),
    Row(
        "R24 but to a broader refusal",
        record(claim(), catalogue(REFUSE), said(ALLOW, entry=51), said(None, entry=52)),
        "deny refused R04",
    ),
    Row(
        "R24 following the catalogue again, after the wait",
        record(
            claim(SOCIETY),
            catalogue(ALLOW, SOCIETY),
            said(REFUSE, SOCIETY, 51),
            said(None, SOCIETY, 52, follows=True),
        ),
        "allow granted R02",
    ),
    Row(
        "R24 following counts at exactly 72 hours",
        record(
            claim(level=2),
            at_host(ALLOW, MAYA, level=2),
            said(REFUSE, level=2, entry=51),
            said(None, level=2, entry=52, follows=True, declared_at=NOW - 72 * HOUR),
        ),
        "allow granted R02",
    ),
    Row(
        "R24 following once more does not wait once more",
        record(
            claim(level=2),
            at_host(ALLOW, MAYA, level=2),
            said(None, level=2, entry=51, follows=True),
            said(None, level=2, entry=52, follows=True, declared_at=NOW - HOUR),
        ),
        "allow granted R02",
    ),
    Row(
        "R24 following waits like a grant",
        record(
            claim(level=2),
            at_host(ALLOW, MAYA, level=2),
            said(REFUSE, level=2, entry=51),
            said(None, level=2, entry=52, follows=True, declared_at=NOW - HOUR),
        ),
        "deny unstated R24",
    ),
    Row(
        "R26 before the window",
        record(claim(SOCIETY), said(ALLOW, SOCIETY, starts_at=NOW + TICK)),
        "deny waiting-grant R26",
    ),
    Row(
        "R26 exactly at the start",
        record(claim(SOCIETY), said(ALLOW, SOCIETY, starts_at=NOW)),
        "allow granted R02",
    ),
    Row(
        "R26 a moment before the end",
        record(claim(), said(ALLOW, ends_at=NOW + TICK)),
        "allow granted R02",
    ),
    Row(
        "R26 exactly at the end",
        record(claim(), said(ALLOW, ends_at=NOW)),
        "deny unstated R26",
    ),
    Row(
        "R26 no older yes outlives the end of a newer one",
        record(claim(), said(ALLOW, entry=40), said(ALLOW, ends_at=NOW)),
        "deny unstated R26",
    ),
    Row(
        "R26 what narrows, binds before it counts itself",
        record(
            claim(),
            said(ALLOW, entry=40),
            said(ALLOW, declared_at=NOW - 2 * HOUR, ends_at=NOW - HOUR),
        ),
        "deny unstated R26",
    ),
    Row(
        "R26 a no of the past",
        record(claim(), said(REFUSE, ends_at=NOW)),
        "deny unstated R26",
    ),
    Row(
        "R26 a no of the future leaves the yes of today",
        record(claim(), said(ALLOW, entry=40), said(REFUSE, starts_at=NOW + HOUR)),
        "allow granted R02",
    ),
    Row(
        "R26 a window shorter than the wait never opens",
        record(
            claim(),
            said(REFUSE, entry=40),
            said(ALLOW, declared_at=NOW - 80 * HOUR, ends_at=NOW - 8 * HOUR),
        ),
        "deny refused R04",
    ),
    Row(
        "R30 a domain changed hands: its grants end",
        record(at_host(ALLOW, place=replace(LIVE, ended_at=NOW))),
        "deny evidence-lapsed R30",
    ),
    Row(
        "R30 its refusals stay",
        record(at_host(REFUSE, place=Place(LONG_AGO, ended_at=NOW - 180 * DAY + TICK))),
        "deny location-refused R17",
    ),
    Row(
        "R30 for 180 days",
        record(at_host(REFUSE, place=Place(LONG_AGO, ended_at=NOW - 180 * DAY))),
        "deny unstated R01",
    ),
    Row(
        "R30 and without end for works registered under it",
        record(
            claim(HOST), at_host(REFUSE, place=Place(NOW - 999 * DAY, ended_at=NOW - 900 * DAY))
        ),
        "deny location-refused R17",
    ),
    Row(
        "R30 and against the new controller's yes",
        record(
            at_host(REFUSE, entry=40, place=Place(LONG_AGO, ended_at=NOW - DAY)),
            at_host(ALLOW, MAYA, level=2),
        ),
        "deny location-refused R17",
    ),
    Row(
        "R30 the new controller starts empty",
        record(
            at_host(ALLOW, entry=40, place=Place(LONG_AGO, ended_at=NOW - 180 * DAY)),
            at_host(ALLOW, MAYA, level=2),
        ),
        "allow granted R02",
    ),
    Row(
        "R30 three failed probes",
        record(at_host(ALLOW, place=replace(LIVE, suspended_at=NOW))),
        "deny evidence-lapsed R30",
    ),
    Row(
        "R30 a moment before 200 days without a renewal",
        record(at_host(ALLOW, place=Place(NOW - 200 * DAY + TICK))),
        "allow granted R02",
    ),
    Row(
        "R30 at 200 days without a renewal",
        record(at_host(ALLOW, place=Place(NOW - 200 * DAY))),
        "deny evidence-lapsed R30",
    ),
    Row(
        "R30 a location needs a place",
        record(at_host(REFUSE, place=None)),
        "deny unstated R01",
    ),
    Row(
        "R33 an agent grants for a rightsholder",
        record(claim(), said(ALLOW, mandate=MANDATE)),
        "allow granted R02",
    ),
    Row(
        "R33 the mandate does not name the act",
        record(claim(), said(ALLOW, mandate=replace(MANDATE, acts=frozenset({REFUSE})))),
        "deny unstated R01",
    ),
    Row(
        "R33 the mandate does not name the work",
        record(claim(), said(ALLOW, mandate=replace(MANDATE, works=frozenset({HARBOUR})))),
        "deny unstated R01",
    ),
    Row(
        "R33 the mandate has ended: its grants too",
        record(claim(), said(ALLOW, mandate=replace(MANDATE, ends_at=NOW))),
        "deny evidence-lapsed R33",
    ),
    Row(
        "R33 its refusals stay",
        record(claim(), said(REFUSE, mandate=replace(MANDATE, ends_at=NOW))),
        "deny refused R04",
    ),
    Row(
        "R33 said exactly at the start",
        record(claim(), said(ALLOW, mandate=replace(MANDATE, starts_at=LONG_AGO))),
        "allow granted R02",
    ),
    Row(
        "R33 said after the end",
        record(
            claim(SOCIETY),
            said(REFUSE, SOCIETY, mandate=replace(MANDATE, principal=SOCIETY, ends_at=LONG_AGO)),
        ),
        "deny unstated R01",
    ),
    Row(
        "R33 the principal always beats the agent",
        record(claim(), said(REFUSE, mandate=MANDATE, entry=60), said(ALLOW, entry=40)),
        "allow granted R02",
    ),
    Row(
        "R33 with a catalogue over a work",
        record(claim(), said(ALLOW, mandate=MANDATE, entry=60), catalogue(REFUSE, entry=40)),
        "deny refused R04",
    ),
    Row(
        "R33 no sub-mandates",
        record(claim(), said(ALLOW, mandate=replace(MANDATE, principal=RUI))),
        "deny unstated R01",
    ),
    Row(
        "R36 a dispute holds at once, whatever the level",
        record(claim(SOCIETY), said(ALLOW, SOCIETY), holds=(DISPUTE,)),
        "deny hold R36",
    ),
    Row(
        "R36 a refusal comes before a hold",
        record(claim(), said(REFUSE), holds=(DISPUTE,)),
        "deny refused R04",
    ),
    Row(
        "R36 a hold on another work",
        record(claim(), said(ALLOW), holds=(replace(DISPUTE, work=HARBOUR),)),
        "allow granted R02",
    ),
    Row(
        "R37 barred: no grants",
        record(claim(), said(ALLOW), standings=(Standing(MAYA, barred_until=NOW + TICK),)),
        "deny evidence-lapsed R37",
    ),
    Row(
        "R37 until the day itself",
        record(claim(), said(ALLOW), standings=(Standing(MAYA, barred_until=NOW),)),
        "allow granted R02",
    ),
    Row(
        "R37 a barred account refuses its verified works still",
        record(claim(), said(REFUSE), standings=(Standing(MAYA, barred_until=NOW + DAY),)),
        "deny refused R04",
    ),
    Row(
        "R37 but not what it merely registered",
        record(claim(RUI), said(REFUSE, RUI), standings=(Standing(RUI, barred_until=NOW + DAY),)),
        "deny unstated R01",
    ),
    Row(
        "R39 one firm alone",
        record(claim(), said(ALLOW, organisation=ACME)),
        "allow granted R39",
        firm=ACME,
    ),
    Row(
        "R39 not another",
        record(claim(), said(ALLOW, organisation=ACME)),
        "deny unstated R01",
        firm=OTHER_FIRM,
    ),
    Row(
        "R39 not nobody",
        record(claim(), said(ALLOW, organisation=ACME)),
        "deny unstated R01",
    ),
    Row(
        "R39 even where the general choice refuses later",
        record(claim(), said(ALLOW, organisation=ACME, entry=40), said(REFUSE)),
        "allow granted R39",
        firm=ACME,
    ),
    Row(
        "R39 unless that ends grants to firms too",
        record(
            claim(), said(ALLOW, organisation=ACME, entry=40), said(REFUSE, ends_firm_grants=True)
        ),
        "deny refused R04",
        firm=ACME,
    ),
    Row(
        "R39 which a refusal of the same entry does not",
        record(claim(), said(ALLOW, organisation=ACME), said(REFUSE, ends_firm_grants=True)),
        "allow granted R39",
        firm=ACME,
    ),
    Row(
        "R39 one holder for all, one for the firm",
        record(
            claim(holders=joint(MAYA, SOCIETY)),
            said(ALLOW, organisation=ACME),
            said(ALLOW, SOCIETY, 51),
        ),
        "allow granted R39",
        firm=ACME,
    ),
    Row(
        "R39 for good",
        record(
            claim(),
            said(ALLOW, organisation=ACME, entry=40),
            said(REFUSE, ends_firm_grants=True),
            said(None, entry=51),
        ),
        "deny unstated R24",
        firm=ACME,
    ),
    Row(
        "R39 a later grant to the firm stands",
        record(
            claim(), said(ALLOW, organisation=ACME, entry=60), said(REFUSE, ends_firm_grants=True)
        ),
        "allow granted R39",
        firm=ACME,
    ),
    Row(
        "R39 a firm may be refused alone",
        record(claim(), said(ALLOW), said(REFUSE, organisation=ACME, entry=40)),
        "deny refused R04",
        firm=ACME,
    ),
    Row(
        "R39 if the same holders said both",
        record(
            claim(holders=joint(MAYA, SOCIETY)),
            said(ALLOW, organisation=ACME),
            said(REFUSE, SOCIETY, 51),
        ),
        "deny refused R08",
        firm=ACME,
    ),
    Row(
        "R40 an account closed: grants are suspended",
        record(claim(), said(ALLOW), standings=(Standing(MAYA, is_closed=True),)),
        "deny evidence-lapsed R40",
    ),
    Row(
        "R40 refusals stay",
        record(claim(), said(REFUSE), standings=(Standing(MAYA, is_closed=True),)),
        "deny refused R04",
    ),
    Row(
        "R40 taken over: suspended",
        record(claim(), said(ALLOW), standings=(Standing(MAYA, taken_over_at=NOW - DAY),)),
        "deny evidence-lapsed R40",
    ),
    Row(
        "R40 recovered: what was said before counts again",
        record(
            claim(),
            said(ALLOW),
            standings=(
                Standing(
                    MAYA,
                    credentials_changed_at=NOW - 9 * DAY,
                    taken_over_at=NOW - 8 * DAY,
                    recovered_at=NOW - 7 * DAY,
                ),
            ),
        ),
        "allow granted R02",
    ),
    Row(
        "R40 what the intruder granted is void",
        record(
            claim(),
            said(REFUSE, entry=40),
            said(ALLOW, declared_at=NOW - 15 * DAY),
            standings=(
                Standing(
                    MAYA,
                    credentials_changed_at=NOW - 16 * DAY,
                    taken_over_at=NOW - 8 * DAY,
                    recovered_at=NOW - 7 * DAY,
                ),
            ),
        ),
        "deny refused R04",
    ),
    Row(
        "R40 further back than 7 days it is not",
        record(
            claim(),
            said(ALLOW, declared_at=NOW - 15 * DAY - TICK),
            standings=(
                Standing(
                    MAYA,
                    credentials_changed_at=NOW - 16 * DAY,
                    taken_over_at=NOW - 8 * DAY,
                    recovered_at=NOW - 7 * DAY,
                ),
            ),
        ),
        "allow granted R02",
    ),
    Row(
        "R40 from the recovery on the word is theirs again",
        record(
            claim(),
            said(ALLOW, declared_at=NOW - 7 * DAY),
            standings=(
                Standing(
                    MAYA,
                    credentials_changed_at=NOW - 9 * DAY,
                    taken_over_at=NOW - 8 * DAY,
                    recovered_at=NOW - 7 * DAY,
                ),
            ),
        ),
        "allow granted R02",
    ),
    Row(
        "R44 a moderator's hold",
        record(claim(), said(ALLOW), holds=(replace(DISPUTE, kind=HoldKind.MODERATOR),)),
        "deny hold R44",
    ),
    Row(
        "step 3 a ruling removes a claim and all it said",
        record(
            claim(),
            claim(RUI, HARBOUR),
            said(ALLOW),
            said(REFUSE, RUI, 51, work=HARBOUR),
            rulings=(Ruling(60, upheld=(SEA,), rejected=(HARBOUR,)),),
        ),
        "allow granted R02",
    ),
    Row(
        "step 3 until an appeal puts it back",
        record(
            claim(),
            claim(RUI, HARBOUR),
            said(ALLOW),
            said(REFUSE, RUI, 51, work=HARBOUR),
            rulings=(
                Ruling(61, upheld=(HARBOUR,), rejected=(SEA,)),
                Ruling(60, upheld=(SEA,), rejected=(HARBOUR,)),
            ),
        ),
        "deny refused R04",
    ),
    Row(
        "step 3 a ruling settles the evidence",
        record(
            claim(RUI),
            said(ALLOW, RUI, declared_at=NOW),
            rulings=(Ruling(60, upheld=(SEA,)),),
        ),
        "allow granted R02",
    ),
    Row(
        "step 8 on terms only",
        record(claim(RUI), said(LICENSE, RUI)),
        "deny license-required S8",
    ),
    Row(
        "step 8 one holder grants, the other wants terms",
        record(claim(holders=joint(MAYA, RUI)), said(ALLOW), said(LICENSE, RUI, 51)),
        "deny license-required S8",
    ),
    Row(
        "step 8 a site wants terms for what its author grants",
        record(claim(), at_host(LICENSE), said(ALLOW, entry=51)),
        "deny license-required S8",
    ),
    Row(
        "step 8 a yes does not reach what looks like the work of another who said nothing",
        record(similar(), claim(SOCIETY, HARBOUR), said(ALLOW, SOCIETY, work=HARBOUR)),
        "deny unstated S8",
    ),
    Row(
        "step 8 nor does the yes of a host",
        record(similar(), at_host(ALLOW)),
        "deny unstated S8",
    ),
    Row(
        "step 8 nor where the other can say nothing",
        record(
            similar(holders=joint(MAYA, None)),
            claim(work=HARBOUR),
            said(ALLOW),
            said(ALLOW, work=HARBOUR),
        ),
        "deny unstated S8",
    ),
    Row(
        "step 8 who said yes to the item itself need not say so for what looks like it",
        record(similar(), claim(work=HARBOUR), said(ALLOW, work=HARBOUR)),
        "allow granted R02",
    ),
    Row(
        "step 8 nor who said yes to all on their site",
        record(similar(), at_host(ALLOW, MAYA)),
        "allow granted R02",
    ),
    Row(
        "R12 a look-alike of a stranger without a word does not count against a vouched grant",
        record(similar(RUI), claim(SOCIETY, HARBOUR), said(ALLOW, SOCIETY, work=HARBOUR)),
        "allow granted R02",
    ),
    Row(
        "step 9 in the public domain",
        record(claim(), public_domain=FREE),
        "allow public-domain S9",
    ),
    Row(
        "step 9 not while somebody refuses",
        record(claim(), said(REFUSE), public_domain=FREE),
        "deny refused R04",
    ),
    Row(
        "step 9 not while it is held",
        record(claim(), holds=(DISPUTE,), public_domain=FREE),
        "deny hold R36",
    ),
    Row(
        "step 9 not where somebody refused and fell silent",
        record(claim(), said(REFUSE), said(None, entry=51), public_domain=FREE),
        "deny unstated R24",
    ),
    Row(
        "step 9 whoever claims it",
        record(
            claim(RUI),
            claim(SOCIETY, HARBOUR, holders=joint(SOCIETY, None)),
            said(ALLOW, SOCIETY, work=HARBOUR),
            public_domain=FREE,
        ),
        "allow public-domain S9",
    ),
    Row(
        "step 9 never by likeness",
        record(similar(), public_domain=FREE),
        "deny unstated R01",
    ),
    Row(
        "step 10 lapsed evidence tells most",
        record(
            claim(holders=joint(MAYA, RUI, SOCIETY)),
            said(ALLOW, mandate=replace(MANDATE, ends_at=NOW)),
            said(ALLOW, RUI, 51),
            said(ALLOW, SOCIETY, 52, starts_at=NOW + DAY),
        ),
        "deny evidence-lapsed R33",
    ),
    Row(
        "step 10 then a wait",
        record(
            claim(holders=joint(MAYA, RUI)),
            said(ALLOW, declared_at=NOW),
            said(ALLOW, RUI, 51),
        ),
        "deny waiting-grant R03",
    ),
]


#: Every number of the published table.
GAPS = (11, 15, 20, 21, 25, 28, 29, 31, 32, 34, 35, 38, 41)
NUMBERS = [f"R{number:02}" for number in range(1, 46) if number not in GAPS]

#: Rows that `decide` alone cannot keep, with a test of the part that lives elsewhere.
ELSEWHERE = {
    "R22": "api/test_single.py::test_bad_questions_get_a_problem_and_no_verdict",
    "R24": "api/test_single.py::test_a_withdrawn_allow_ends_as_soon_as_it_is_published",
    "R27": "api/test_receipts.py::test_a_receipt_ends_before_its_answer_may_change",
    "R30": "api/test_locations.py::test_the_new_controller_starts_empty_and_waits",
    "R42": "api/test_single.py::test_before_the_first_checkpoint_nothing_is_answered",
    "R43": "api/test_single.py::test_an_entry_that_waits_too_long_stops_every_answer",
}

#: What has to come before these rows are whole; `decide` reads its outcome where there is one.
LATER = {
    "R06": "disputes: opening one and telling both",
    "R10": "disputes: telling those who hold the same, and placing the hold",
    "R12": "disputes: review within 24 hours, five open at most",
    "R18": "signals: reading robots.txt for what it says about use only",
    "R19": "signals: reading them on verified locations",
    "R33": "mandates: giving and ending one",
    "R36": "disputes: the clock, the decision and the appeal",
    "R37": "disputes: counting unfounded ones, warning and barring",
    "R40": "accounts: logging closures and takeovers",
    "R44": "moderators: two for what frees, nobody on their own case",
    "R45": "erasure: the one function that may null, and the answer `erased`",
}


@pytest.mark.parametrize("number", NUMBERS)
def test_every_number_of_the_table_has_its_tests_or_is_known_to_be_missing(number: str) -> None:
    rows = [row for row in TABLE if row.situation.startswith(f"{number} ")]
    assert rows or number in ELSEWHERE or number in LATER
    if number in ELSEWHERE:
        path, name = ELSEWHERE[number].split("::")
        assert f"def {name}(" in (Path(__file__).parents[1] / path).read_text()


def test_every_situation_and_every_answer_names_a_number_or_a_step_of_the_table() -> None:
    for row in TABLE:
        assert row.situation.startswith("step ") or row.situation[:3] in NUMBERS
        assert row.answer.split()[-1] in [*NUMBERS, "S8", "S9"]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.situation)
def test_the_table(row: Row) -> None:
    decision = decide(row.record, row.usage, row.firm, NOW)
    assert f"{decision.verdict} {decision.basis} {decision.rule}" == row.answer
    assert decision == naive(row.record, row.usage, row.firm, NOW)


@pytest.mark.parametrize(
    ("basis", "preference"),
    [
        ("granted", Preference.ALLOWED),
        ("refused", Preference.DISALLOWED),
        ("similar-refused", Preference.DISALLOWED),
        ("location-refused", Preference.DISALLOWED),
        ("public-domain", Preference.UNKNOWN),
        ("hold", Preference.UNKNOWN),
        ("license-required", Preference.UNKNOWN),
        ("evidence-lapsed", Preference.UNKNOWN),
        ("waiting-grant", Preference.UNKNOWN),
        ("unproven-grant", Preference.UNKNOWN),
        ("unstated", Preference.UNKNOWN),
    ],
)
def test_each_basis_has_one_preference(basis: str, preference: Preference) -> None:
    rows = [row for row in TABLE if f" {basis} " in row.answer and " displaces " not in row[0]]
    assert rows
    for row in rows:
        assert decide(row.record, row.usage, row.firm, NOW).preference is preference


def test_a_no_stays_the_preference_until_the_yes_that_follows_it_counts() -> None:
    rows = [row for row in TABLE if " displaces no no" in row.situation]
    assert len(rows) == 3
    for row in rows:
        decision = decide(row.record, row.usage, row.firm, NOW)
        assert decision.preference is Preference.DISALLOWED
        assert decision.entries == (40, 50)


def at_scope(scope: Scope, choice: Choice, entry: int) -> Statement:
    """A statement of the society at any of the scopes that cover its work."""
    targets = {Scope.URL: "https://art.maya.example/a", Scope.DOMAIN: "maya.example"}
    if scope in (Scope.URL, Scope.HOST, Scope.DOMAIN):
        target = targets.get(scope, "art.maya.example")
        return at_host(choice, SOCIETY, entry, scope=scope, target=target)
    return said(choice, SOCIETY, entry, scope=scope)


@pytest.mark.parametrize(("narrow", "broad"), list(combinations(Scope, 2)))
def test_r05_of_one_declarant_the_more_specific_scope_stands(narrow: Scope, broad: Scope) -> None:
    for choice, preference in ((ALLOW, Preference.ALLOWED), (REFUSE, Preference.DISALLOWED)):
        other = REFUSE if choice is ALLOW else ALLOW
        facts = record(claim(SOCIETY), at_scope(narrow, choice, 40), at_scope(broad, other, 50))
        assert decide(facts, TRAINING, None, NOW).preference is preference
        assert naive(facts, TRAINING, None, NOW).preference is preference


GRANTS = {
    "a location": (2, at_host, {}, None),
    "works of one's own at it": (2, at_host, {}, {}),
    "a single work": (3, said, {}, {}),
    "a book whose registrant is confirmed": (3, said, {}, ISBN | {"is_identifier_confirmed": True}),
    "a book": (4, said, {}, ISBN),
    "more than a thousand works at once": (4, said, {"works_at_once": 1_001}, {}),
    "a catalogue": (4, catalogue, {}, {}),
}


@pytest.mark.parametrize("level", range(5))
@pytest.mark.parametrize("what", GRANTS)
def test_r03_each_grant_needs_its_level_of_evidence(what: str, level: int) -> None:
    needed, say, fields, claimed = GRANTS[what]
    claims = [] if claimed is None else [claim(level=level, **claimed)]
    decision = decide(record(*claims, say(ALLOW, MAYA, level=level, **fields)), TRAINING, None, NOW)
    too_little = Basis.UNPROVEN_GRANT if level else Basis.UNSTATED
    assert decision.basis is (Basis.GRANTED if level >= needed else too_little)


@pytest.mark.parametrize("level", range(5))
@pytest.mark.parametrize("say", [said, catalogue])
def test_r04_a_confirmed_address_is_enough_to_refuse(say: Callable[..., Any], level: int) -> None:
    decision = decide(
        record(claim(level=level), say(REFUSE, level=level, declared_at=NOW)), TRAINING, None, NOW
    )
    assert decision.basis is (Basis.REFUSED if level else Basis.UNSTATED)


@pytest.mark.parametrize("level", range(5))
def test_r03_below_level_4_a_grant_waits_72_hours(level: int) -> None:
    facts = record(claim(level=level), said(ALLOW, level=level, declared_at=NOW))
    assert (decide(facts, TRAINING, None, NOW).verdict == "allow") is (level == 4)


def test_a_decision_says_what_it_rests_on_and_what_it_matched() -> None:
    granted = decide(
        record(
            claim(holders=joint(MAYA, SOCIETY)),
            said(ALLOW, entry=51, starts_at=NOW - 2 * DAY, ends_at=NOW + 3 * DAY),
            said(ALLOW, SOCIETY, 50, ends_at=NOW + 2 * DAY, starts_at=NOW - DAY),
        ),
        TRAINING,
        ACME,
        NOW,
    )
    assert granted.entries == (50, 51)
    assert granted.match == Matched(MatchKind.EXACT, SEA)
    assert granted.conditions == Conditions(NOW - DAY, NOW + 2 * DAY)
    assert granted.changes_at == NOW + 2 * DAY


def test_a_grant_to_a_firm_names_it() -> None:
    decision = decide(record(claim(), said(ALLOW, organisation=ACME)), TRAINING, ACME, NOW)
    assert decision.conditions == Conditions(organisation=ACME)


def test_a_grant_without_conditions_has_none() -> None:
    assert decide(record(claim(), said(ALLOW)), TRAINING, ACME, NOW).conditions is None


def test_a_licence_says_where_to_ask() -> None:
    asked = said(LICENSE, terms_url="https://maya.example/terms", contact="ask@maya.example")
    decision = decide(record(claim(), asked), TRAINING, None, NOW)
    assert decision.license == License("https://maya.example/terms", "ask@maya.example")
    assert decision.entries == (50,)


def test_likeness_tells_its_distance() -> None:
    decision = decide(record(similar(), said(REFUSE)), TRAINING, None, NOW)
    assert decision.match == Matched(MatchKind.SIMILAR, SEA, 4)


def test_a_location_is_reported_without_a_work() -> None:
    decision = decide(record(at_host(REFUSE)), TRAINING, None, NOW)
    assert decision.match == Matched(MatchKind.LOCATION)


def test_a_refusal_on_lapsed_evidence_is_marked_stale() -> None:
    lapsed = at_host(REFUSE, place=Place(LONG_AGO, ended_at=NOW - DAY))
    assert decide(record(lapsed), TRAINING, None, NOW).is_stale
    ending = at_host(REFUSE, MAYA, 51, place=Place(LONG_AGO, ended_at=NOW))
    assert decide(record(lapsed, ending), TRAINING, None, NOW).is_stale
    assert not decide(record(lapsed, at_host(REFUSE, MAYA, 51)), TRAINING, None, NOW).is_stale
    assert not decide(record(at_host(REFUSE)), TRAINING, None, NOW).is_stale


@pytest.mark.parametrize(
    ("facts", "moment"),
    [
        (record(claim()), None),
        (record(claim(), said(REFUSE)), None),
        (record(claim(), said(ALLOW)), None),
        (record(claim(), said(ALLOW, declared_at=NOW - HOUR)), NOW + 71 * HOUR),
        (record(claim(SOCIETY), said(ALLOW, SOCIETY, declared_at=NOW)), None),
        (record(claim(), said(REFUSE, starts_at=NOW + HOUR, ends_at=NOW + DAY)), NOW + HOUR),
        (record(claim(), said(ALLOW, ends_at=NOW)), None),
        (record(at_host(ALLOW)), NOW + 199 * DAY),
        (record(at_host(REFUSE, place=replace(LIVE, ended_at=NOW))), NOW + 180 * DAY),
        (record(claim(), said(ALLOW), holds=(PROVISIONAL,)), NOW + TICK),
        (record(claim(), said(ALLOW, mandate=MANDATE)), NOW + DAY),
        (
            record(claim(), said(ALLOW), standings=(Standing(MAYA, barred_until=NOW + DAY),)),
            NOW + DAY,
        ),
    ],
)
def test_changes_at_is_the_next_moment_that_matters(facts: Record, moment: datetime | None) -> None:
    assert decide(facts, TRAINING, None, NOW).changes_at == moment


@pytest.mark.parametrize("usage", Usage)
def test_a_usage_is_never_granted_by_another(usage: Usage) -> None:
    others = [said(ALLOW, entry=50 + n, usage=each) for n, each in enumerate(Usage)]
    facts = record(claim(), *(each for each in others if each.usage is not usage))
    assert decide(facts, usage, None, NOW).rule == "R01"


def test_r22_an_unknown_usage_is_no_usage() -> None:
    with pytest.raises(ValueError, match="cooking"):
        Usage("cooking")


def test_every_version_ever_published_answers() -> None:
    assert LATEST == "2026-11"
    for name, rules in VERSIONS.items():
        assert rules(record(), TRAINING, None, NOW) == decide(record(), TRAINING, None, NOW, name)
    with pytest.raises(KeyError):
        decide(record(), TRAINING, None, NOW, rules="2025-01")
