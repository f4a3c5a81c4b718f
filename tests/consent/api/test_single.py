"""One item: the answer says what was declared, why, and what it rests on."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consent import receipts
from consent.models import Firm
from registry.identifiers import parse
from registry.log import services as log
from registry.models import Claim, Holder, Identifier, Organisation, Rightsholder, Work
from registry.services import declarations, works
from registry.vocabulary import Choice, IdentifierKind, Usage
from tests.conftest import hash_of

pytestmark = pytest.mark.django_db

ALLOW = {Usage.GENERATIVE_TRAINING: Choice.ALLOW}
REFUSE = {Usage.GENERATIVE_TRAINING: Choice.REFUSE}
Ask = Callable[..., Any]


def test_nothing_declared_is_a_no_and_not_a_404(ask: Ask, publish: Ask) -> None:
    head = publish()
    answer = ask(sha256="0" * 64)
    assert answer.status_code == 200
    assert answer.json() | {"valid_until": None, "state": None} == {
        "item": {"kind": "sha256", "value": "0" * 64},
        "usage": "generative-training",
        "verdict": "deny",
        "preference": "unknown",
        "basis": "unstated",
        "rule": "R01",
        "match": None,
        "conditions": None,
        "license": None,
        "entries": [],
        "stale": False,
        "state": None,
        "valid_until": None,
    }
    assert answer.json()["state"]["tree_size"] == head.size
    assert answer["Cache-Control"] == "public, max-age=5"


def test_a_refusal_by_a_confirmed_address_counts_at_once(
    maya: Rightsholder, register: Ask, publish: Ask, ask: Ask
) -> None:
    work = register(maya, choices=REFUSE)
    publish()
    answer = ask(sha256=hash_of("Harbour").value).json()
    assert (answer["verdict"], answer["preference"]) == ("deny", "disallowed")
    assert (answer["basis"], answer["rule"]) == ("refused", "R04")
    assert answer["match"] == {"kind": "exact", "work": f"wrk_{work.id.hex}", "distance": None}
    assert answer["entries"]


def test_an_allow_by_a_confirmed_address_alone_is_unproven(
    maya: Rightsholder, register: Ask, publish: Ask, ask: Ask
) -> None:
    register(maya, choices=ALLOW)
    publish()
    answer = ask(sha256=hash_of("Harbour").value).json()
    assert (answer["verdict"], answer["basis"], answer["rule"]) == (
        "deny",
        "unproven-grant",
        "R03",
    )


def test_an_allow_by_somebody_vouched_for_is_an_allow(
    vouched: Rightsholder, register: Ask, publish: Ask, ask: Ask
) -> None:
    register(vouched, choices=ALLOW)
    publish()
    answer = ask(sha256=hash_of("Harbour").value).json()
    assert (answer["verdict"], answer["preference"]) == ("allow", "allowed")
    assert (answer["basis"], answer["rule"]) == ("granted", "R02")


def test_an_allow_by_a_confirmed_identity_waits_three_days(
    rightsholder: Ask, register: Ask, publish: Ask, ask: Ask
) -> None:
    register(rightsholder("Ines", 3), choices=ALLOW)
    publish()
    answer = ask(sha256=hash_of("Harbour").value).json()
    assert (answer["verdict"], answer["basis"], answer["rule"]) == ("deny", "waiting-grant", "R03")


def test_a_holder_known_by_name_only_never_lets_an_allow_through(
    vouched: Rightsholder, register: Ask, publish: Ask, ask: Ask
) -> None:
    register(vouched, choices=ALLOW, holders=("Zed",))
    publish()
    answer = ask(sha256=hash_of("Harbour").value).json()
    assert (answer["verdict"], answer["basis"], answer["rule"]) == ("deny", "unstated", "R08")


def test_a_stranger_who_registers_a_vouched_work_changes_nothing(
    maya: Rightsholder,
    vouched: Rightsholder,
    rui: Rightsholder,
    register: Ask,
    publish: Ask,
    ask: Ask,
) -> None:
    register(vouched, choices=ALLOW)
    stranger = register(rui)
    assert stranger.rightsholder == rui
    publish()
    assert ask(sha256=hash_of("Harbour").value).json()["verdict"] == "allow"  # R12: a complaint


def test_the_same_hash_of_two_accounts_is_kept_apart_and_a_no_wins(
    rightsholder: Ask, maya: Rightsholder, register: Ask, publish: Ask, ask: Ask, now: datetime
) -> None:
    ines = rightsholder("Ines", 3)
    first, second = register(ines, choices=ALLOW), register(maya, choices=REFUSE)
    assert first.id != second.id
    publish()
    assert ask(sha256=hash_of("Harbour").value).json()["basis"] == "refused"
    declarations.withdraw(rightsholder=maya, work=second, at=now)
    publish()
    assert ask(sha256=hash_of("Harbour").value).json()["verdict"] == "deny"


def test_a_withdrawn_allow_ends_as_soon_as_it_is_published(
    vouched: Rightsholder, register: Ask, publish: Ask, ask: Ask, now: datetime
) -> None:
    work = register(vouched, choices=ALLOW)
    publish()
    declarations.withdraw(rightsholder=vouched, work=work, at=now)
    assert ask(sha256=hash_of("Harbour").value).json()["verdict"] == "allow"
    publish()
    answer = ask(sha256=hash_of("Harbour").value).json()
    assert (answer["verdict"], answer["basis"]) == ("deny", "unstated")


def test_a_removed_registration_is_gone(
    vouched: Rightsholder, register: Ask, publish: Ask, ask: Ask, now: datetime
) -> None:
    work = register(vouched, choices=ALLOW)
    works.remove_work(work=work, at=now)
    publish()
    assert ask(sha256=hash_of("Harbour").value).json()["basis"] == "unstated"


def test_the_choice_on_a_work_beats_the_catalogue(
    vouched: Rightsholder, register: Ask, publish: Ask, ask: Ask, now: datetime
) -> None:
    register(vouched, "Harbour", choices=ALLOW)
    register(vouched, "Lighthouse")
    declarations.declare(rightsholder=vouched, choices=REFUSE, at=now)
    publish()
    assert ask(sha256=hash_of("Harbour").value).json()["verdict"] == "allow"
    assert ask(sha256=hash_of("Lighthouse").value).json()["basis"] == "refused"


def test_ask_me_first_names_the_terms(
    maya: Rightsholder, register: Ask, publish: Ask, ask: Ask, now: datetime
) -> None:
    work = register(maya)
    declarations.declare(
        rightsholder=maya,
        work=work,
        choices={Usage.GENERATIVE_TRAINING: Choice.LICENSE},
        terms=declarations.Terms(terms_url="https://example.org/terms", contact="by post"),
        at=now,
    )
    publish()
    answer = ask(sha256=hash_of("Harbour").value).json()
    assert (answer["verdict"], answer["basis"]) == ("deny", "license-required")
    assert answer["license"] == {"terms_url": "https://example.org/terms", "contact": "by post"}


def test_no_cache_keeps_an_answer_longer_than_it_is_true(
    vouched: Rightsholder, register: Ask, publish: Ask, now: datetime, ask: Ask
) -> None:
    work = register(vouched)
    terms = declarations.Terms(ends_at=now + timedelta(seconds=3))
    declarations.declare(rightsholder=vouched, work=work, choices=ALLOW, terms=terms, at=now)
    publish()
    cached = ask(sha256=hash_of("Harbour").value)["Cache-Control"]
    assert cached in {"public, max-age=2", "public, max-age=1", "private, no-store"}


def test_ask_me_first_without_a_way_to_ask_is_still_no_yes(
    maya: Rightsholder, register: Ask, publish: Ask, ask: Ask
) -> None:
    register(maya, choices={Usage.GENERATIVE_TRAINING: Choice.LICENSE})
    publish()
    answer = ask(sha256=hash_of("Harbour").value).json()
    assert (answer["basis"], answer["license"]) == ("license-required", None)


def test_a_holder_with_an_account_is_heard(
    rightsholder: Ask, vouched: Rightsholder, publish: Ask, ask: Ask, now: datetime
) -> None:
    agency = rightsholder("Agency", 4)
    work = joint_work(vouched, agency, now)
    declarations.declare(rightsholder=vouched, work=work, choices=ALLOW, at=now)
    publish()
    value = hash_of("Duet").value
    assert ask(sha256=value).json()["rule"] == "R08"
    declarations.declare(rightsholder=agency, work=work, choices=ALLOW, at=now)
    publish()
    assert ask(sha256=value).json()["verdict"] == "allow"
    declarations.declare(rightsholder=agency, work=work, choices=REFUSE, at=now)
    publish()
    answer = ask(sha256=value).json()
    assert (answer["preference"], answer["basis"]) == ("disallowed", "refused")


def test_a_holder_who_refuses_all_their_works_refuses_those_that_others_registered(
    rightsholder: Ask, vouched: Rightsholder, publish: Ask, ask: Ask, now: datetime
) -> None:
    author = rightsholder("Author")
    work = joint_work(vouched, author, now)
    declarations.declare(rightsholder=vouched, work=work, choices=ALLOW, at=now)
    declarations.declare(rightsholder=author, choices=REFUSE, at=now)
    publish()
    answer = ask(sha256=hash_of("Duet").value).json()
    assert (answer["preference"], answer["rule"]) == ("disallowed", "R08")


def joint_work(registrant: Rightsholder, holder: Rightsholder, at: datetime) -> Work:
    """A work of two with accounts; no page makes one yet."""
    work = Work.objects.create(
        rightsholder=registrant, title="Duet", medium="audio", registered_at=at
    )
    entry = log.append(log="declarations", kind="claim", payload=b"{}", at=at)
    claim = Claim.objects.create(work=work, rightsholder=registrant, claimed_at=at, entry=entry)
    item = hash_of("Duet")
    Identifier.objects.create(
        claim=claim, work=work, kind=item.kind, key=item.key, value=item.value
    )
    for each in (registrant, holder):
        Holder.objects.create(claim=claim, name=each.name, rightsholder=each)
    return work


def test_an_allow_ends_with_its_date_and_nobody_needs_to_do_anything(
    vouched: Rightsholder, register: Ask, publish: Ask, now: datetime, ask: Ask
) -> None:
    work = register(vouched)
    declarations.declare(
        rightsholder=vouched,
        work=work,
        choices=ALLOW,
        terms=declarations.Terms(ends_at=now + timedelta(days=2)),
        at=now,
    )
    publish()
    answer = ask(sha256=hash_of("Harbour").value).json()
    assert answer["verdict"] == "allow"
    ends_at = (now + timedelta(days=2)).isoformat().replace("+00:00", "Z")
    assert answer["conditions"]["ends_at"] == answer["valid_until"] == ends_at


def test_an_allow_for_one_firm_is_for_that_firm(
    vouched: Rightsholder,
    acme: Firm,
    acme_key: str,
    register: Ask,
    publish: Ask,
    ask: Ask,
    now: datetime,
) -> None:
    work = register(vouched, choices=REFUSE)
    declarations.declare(
        rightsholder=vouched,
        work=work,
        choices=ALLOW,
        terms=declarations.Terms(organisation=Organisation.objects.get(id=acme.organisation_id)),
        at=now,
    )
    publish()
    assert ask(sha256=hash_of("Harbour").value).json()["basis"] == "refused"
    answer = ask(key=acme_key, sha256=hash_of("Harbour").value).json()
    assert (answer["verdict"], answer["rule"]) == ("allow", "R39")


@pytest.mark.parametrize(
    ("kind", "registered", "asked"),
    [
        ("url", "https://example.org/a%20b", "http://EXAMPLE.org:80/a b#top"),
        ("isbn", "0-306-40615-2", "978 0 306 40615 7"),
        ("isrc", "GB-AYE-68-00001", "gbaye6800001"),
        ("iswc", "T-034.524.680-1", "T0345246801"),
        ("doi", "https://doi.org/10.1000/ABC", "10.1000/abc"),
    ],
)
def test_every_kind_of_identifier_is_found_in_any_of_its_forms(
    kind: str,
    registered: str,
    asked: str,
    maya: Rightsholder,
    register: Ask,
    publish: Ask,
    ask: Ask,
) -> None:
    register(maya, "Harbour", parse(IdentifierKind(kind), registered), choices=REFUSE)
    publish()
    assert ask(**{kind: asked}).json()["basis"] == "refused"


def test_a_url_whose_key_is_registered_as_a_hash_does_not_match(
    maya: Rightsholder, register: Ask, publish: Ask, ask: Ask
) -> None:
    url = parse(IdentifierKind.URL, "https://example.org/")
    register(maya, "Trick", parse(IdentifierKind.SHA256, url.key.hex()), choices=REFUSE)
    publish()
    assert ask(url="https://example.org/").json()["basis"] == "unstated"


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ({}, 422, "one-identifier"),
        ({"sha256": "0" * 64, "url": "https://example.org/"}, 422, "one-identifier"),
        ({"sha256": "0" * 63}, 422, "invalid-hash"),
        ({"sha256": "0" * 65}, 422, "invalid-hash"),
        ({"sha256": "g" * 64}, 422, "invalid-hash"),
        ({"sha256": " " + "0" * 63}, 422, "invalid-hash"),
        ({"url": "not a url"}, 422, "invalid-url"),
        ({"url": "ftp://example.org/"}, 422, "invalid-url"),
        ({"url": "https://example.org/" + "a" * 9000}, 422, "url-too-long"),
        ({"isbn": "978 0 306 40615 8"}, 422, "invalid-check-digit"),
        ({"sha256": "0" * 64, "usage": "training"}, 422, "unknown-usage"),
        ({"sha256": "0" * 64, "useage": "search"}, 400, "unknown-parameter"),
        ({"sha256": "0" * 64, "receipt": "yes"}, 400, "unknown-parameter"),
        ({"sha256": "0" * 64, "receipt": ""}, 400, "unknown-parameter"),
        ({"sha256": ["0" * 64, "1" * 64]}, 400, "repeated-parameter"),
        ({"sha256": "0" * 64, "at": "yesterday"}, 422, "invalid-moment"),
        ({"sha256": "0" * 64, "at": "2026-01-01T00:00:00"}, 422, "invalid-moment"),
        ({"sha256": "0" * 64, "tree_size": "-1"}, 422, "invalid-moment"),
        (
            {"sha256": "0" * 64, "tree_size": "1", "at": "2026-01-01T00:00:00Z"},
            422,
            "invalid-moment",
        ),
        ({"sha256": "0" * 64, "at": "2020-01-01T00:00:00Z"}, 404, "unknown-moment"),
        ({"sha256": "0" * 64, "at": "2999-01-01T00:00:00Z"}, 404, "unknown-moment"),
        ({"sha256": "0" * 64, "tree_size": "999999"}, 404, "unknown-moment"),
    ],
)
def test_bad_questions_get_a_problem_and_no_verdict(
    query: dict[str, object], status: int, code: str, ask: Ask, publish: Ask
) -> None:
    publish()
    answer = ask(**query)
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["code"] == code
    assert problem["type"].endswith(f"/problems/{code}")
    assert problem["request_id"] == answer["Request-Id"]
    assert "verdict" not in problem


def test_problems_are_written_in_the_language_of_who_asks(client: Any, publish: Ask) -> None:
    publish()
    answer = client.get(
        "/api/v1/consent", {"sha256": "no"}, headers={"Accept-Language": "fr"}
    ).json()
    assert answer["title"] == "Invalid hash"
    assert "caractères" in answer["detail"]


def test_before_the_first_checkpoint_nothing_is_answered(ask: Ask) -> None:
    answer = ask(sha256="0" * 64)
    assert (answer.status_code, answer.json()["code"]) == (503, "stale-state")


def test_an_entry_that_waits_too_long_stops_every_answer(
    maya: Rightsholder, register: Ask, publish: Ask, ask: Ask, now: datetime
) -> None:
    publish()
    register(maya, "Late", at=now - timedelta(seconds=61))
    answer = ask(sha256="0" * 64)
    assert (answer.status_code, answer.json()["code"]) == (503, "stale-state")
    assert answer["Retry-After"]
    assert ask(sha256="0" * 64, tree_size=3).status_code in {200, 404}, "as-of is exempt"


def test_as_of_questions_answer_as_they_were_answered_then(
    vouched: Rightsholder, register: Ask, publish: Ask, ask: Ask, now: datetime, settings: Any
) -> None:
    work = register(vouched, choices=ALLOW, at=now - timedelta(seconds=40))
    before = publish(now - timedelta(seconds=30))
    declarations.withdraw(rightsholder=vouched, work=work, at=now)
    publish(now - timedelta(seconds=12))
    value = hash_of("Harbour").value
    assert ask(sha256=value).json()["basis"] == "unstated"
    then = ask(sha256=value, tree_size=before.size, receipt=1).json()
    assert then["verdict"] == "allow"
    payload = receipts.verify(then["receipt"], keys=settings.REGISTRY_SIGNING_KEYS)
    assert payload["valid_until"] == payload["iat"], "an old yes is not valid today (R27)"
    assert then["state"]["tree_size"] == before.size
    between = (now - timedelta(seconds=20)).isoformat()
    assert ask(sha256=value, at=between).json()["verdict"] == "allow"
    too_recent = (now - timedelta(seconds=1)).isoformat()
    assert ask(sha256=value, at=too_recent).json()["code"] == "unknown-moment"


def test_a_lookup_costs_a_fixed_number_of_statements(
    vouched: Rightsholder, register: Ask, publish: Ask, ask: Ask, acme_key: str
) -> None:
    for number in range(5):
        register(vouched, f"Work {number}", choices=ALLOW)
    publish()
    ask(key=acme_key, sha256=hash_of("Work 0").value)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        ask(key=acme_key, sha256=hash_of("Work 1").value)
    assert len(queries) <= 8


def test_an_anonymous_answer_that_still_stands_need_not_be_sent_again(
    client: Any, maya: Rightsholder, register: Ask, publish: Ask, now: datetime
) -> None:
    work = register(maya, choices={Usage.GENERATIVE_TRAINING: Choice.REFUSE})
    publish()
    query = {"sha256": hash_of("Harbour").value}

    def ask(tag: str = "") -> Any:
        return client.get("/api/v1/consent", query, headers={"If-None-Match": tag} if tag else {})

    tag = ask()["ETag"]
    again = ask(tag)
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
    assert again["Cache-Control"].startswith("public, max-age=")
    assert ask('W/"other"').status_code == 200
    assert ask("*").status_code == 304, "whatever there is (RFC 9110, 13.1.2)"
    declarations.withdraw(rightsholder=maya, work=work, at=now)
    publish(now + timedelta(seconds=1))
    assert ask(tag).status_code == 200, "the log has grown: another answer"


def test_answers_to_firms_and_with_receipts_carry_no_tag(
    ask: Ask, publish: Ask, acme_key: str
) -> None:
    publish()
    assert "ETag" not in ask(key=acme_key, sha256="0" * 64)
    with_receipt = ask(sha256="0" * 64, receipt=1)
    assert "ETag" not in with_receipt
    assert with_receipt["Cache-Control"] == "private, no-store"
