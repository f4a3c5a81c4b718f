"""The public record: what was declared since when, and a proof that outsiders can check."""

import json
from base64 import b64decode
from hashlib import sha256

import pytest
from django.test import Client
from django.urls import reverse

from registry.identifiers import parse
from registry.log import merkle
from registry.log.models import Log
from registry.log.note import open_note, parse_checkpoint
from registry.log.reads import note_keys
from registry.models import Organisation, Work
from registry.services import declarations, works
from registry.vocabulary import Choice, IdentifierKind, Medium, Usage
from registry.web.presets import BY_CODE
from tests.conftest import register_work

pytestmark = pytest.mark.django_db


@pytest.fixture
def harbour(maya, register) -> Work:
    return register(maya, "Harbour", year=2021, choices=BY_CODE["no-training"].choices)


def record(work: Work) -> str:
    return Client().get(reverse("record", args=[work.id])).content.decode()


def proof(work: Work, index: int) -> dict:
    answer = Client().get(reverse("entry_proof", args=[work.id, index]))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/json"
    return json.loads(answer.content)


def test_anybody_sees_title_name_medium_year_and_what_is_declared(harbour, publish) -> None:
    publish()
    page = record(harbour)
    for words in ("Harbour", "Maya", "Image", "2021", "No training", "Training generative AI"):
        assert words in page
    assert "Since <time" in page
    assert "Published as entry 2 of the public log" in page


def test_no_e_mail_address_is_ever_shown(harbour, publish) -> None:
    publish()
    assert "example.org" not in record(harbour)


def test_the_way_to_a_licence_is_shown_as_it_was_published(maya, harbour, now, publish) -> None:
    declarations.declare(
        rightsholder=maya,
        work=harbour,
        choices={Usage.MINING: Choice.LICENSE},
        terms=declarations.Terms(terms_url="https://t.example/terms", contact="ring the bell"),
        at=now,
    )
    publish()
    page = record(harbour)
    assert 'href="https://t.example/terms"' in page
    assert "ring the bell" in page


def test_only_what_is_published_is_shown(maya, harbour, now, publish) -> None:
    publish()
    declarations.declare(
        rightsholder=maya, work=harbour, choices={Usage.SEARCH: Choice.REFUSE}, at=now
    )
    page = Client().get(reverse("record", args=[harbour.id]))
    assert len(page.context["events"]) == 2
    assert "being published" not in page.content.decode()


def test_a_registration_that_waits_for_the_log_says_so(harbour) -> None:
    page = record(harbour)
    assert "This registration is being published" in page
    assert "No training" not in page


def test_a_yes_that_does_not_count_is_not_shown_as_one(maya, register, publish) -> None:
    work = register(maya, "Pier", choices=BY_CODE["training-allowed"].choices)
    publish()
    page = record(work)
    assert "This yes does not count yet" in page
    assert 'data-choice="allow"' not in page.split("History")[0]


def test_what_was_said_for_all_works_is_shown(maya, harbour, now, publish) -> None:
    declarations.declare(rightsholder=maya, choices={Usage.SEARCH: Choice.REFUSE}, at=now)
    publish()
    assert "Said for all works." in record(harbour)


def test_words_to_a_single_firm_are_not_public(maya, harbour, now, publish) -> None:
    acme = Organisation.objects.create(name="Acme")
    said = declarations.declare(
        rightsholder=maya,
        work=harbour,
        choices={Usage.SEARCH: Choice.ALLOW},
        terms=declarations.Terms(organisation=acme),
        at=now,
    )
    publish()
    said.entry.refresh_from_db()
    assert "Acme" not in record(harbour)
    address = reverse("entry_proof", args=[harbour.id, said.entry.index])
    assert Client().get(address).status_code == 404


def test_markup_in_a_title_is_text(maya, register, publish) -> None:
    work = register(maya, "<script>alert(1)</script>")
    publish()
    assert "<script>alert" not in record(work)


def test_a_removed_work_is_gone(maya, harbour, now, publish) -> None:
    works.remove_work(work=harbour, at=now)
    publish()
    answer = Client().get(reverse("record", args=[harbour.id]))
    assert answer.status_code == 410
    assert "was removed" in answer.content.decode()
    assert "Harbour" not in answer.content.decode()
    assert Client().get(reverse("entry_proof", args=[harbour.id, 1])).status_code == 404


@pytest.mark.parametrize("work_id", ["wrk_" + "0" * 32, "wrk_x", "x"])
def test_an_unknown_work_is_not_there(client: Client, work_id: str) -> None:
    assert client.get(f"/record/{work_id}/").status_code == 404


def test_an_entry_opens_to_whoever_checks_it(maya, harbour, publish) -> None:
    head = publish()
    for index, kind in ((1, "claim"), (2, "declaration")):
        opening = proof(harbour, index)
        salt, leaf = b64decode(opening["salt"]), b64decode(opening["leaf"])
        commitment = sha256(salt + opening["payload"].encode()).digest()
        assert b64decode(json.loads(leaf)["commitment"]) == commitment
        assert json.loads(leaf)["kind"] == kind
        keys = note_keys(Log.objects.get(name="declarations"))
        checkpoint = parse_checkpoint(open_note(opening["checkpoint"], keys))
        assert (checkpoint.size, checkpoint.root) == (opening["tree_size"], head.root)
        assert merkle.verify_inclusion(
            leaf_hash=sha256(b"\x00" + leaf).digest(),
            index=opening["index"],
            size=opening["tree_size"],
            proof=[b64decode(node) for node in opening["inclusion_proof"]],
            root=checkpoint.root,
        )


def test_the_opened_words_are_what_was_said(maya, register, now, publish) -> None:
    work = register_work(
        rightsholder=maya,
        draft=works.Draft(
            title="Song",
            medium=Medium.AUDIO,
            identifiers=(
                parse(IdentifierKind.URL, "https://maya.example.org/song"),
                parse(IdentifierKind.ISRC, "GB-AYE-69-00531"),
            ),
            holders=("Noor",),
            choices={Usage.SEARCH: Choice.REFUSE},
        ),
        at=now,
    )
    publish()
    claim = json.loads(proof(work, 1)["payload"])
    assert claim["identifiers"] == [
        ["isrc", "GBAYE6900531"],
        ["url", "https://maya.example.org/song"],
    ]
    assert [name for name, *_ in claim["holders"]] == ["Maya", "Noor"]
    assert json.loads(proof(work, 2)["payload"])["choices"] == {"search": "refuse"}


def test_an_entry_about_another_work_does_not_open_here(
    maya, rui, harbour, register, now, publish
) -> None:
    other = register(rui, "Quarry", choices={Usage.SEARCH: Choice.REFUSE})
    declarations.declare(rightsholder=maya, choices={Usage.SEARCH: Choice.REFUSE}, at=now)
    publish()
    answers = {
        index: Client().get(reverse("entry_proof", args=[other.id, index])).status_code
        for index in range(9)
    }
    assert [index for index, status in answers.items() if status == 200] == [4, 5]
    assert proof(harbour, 6)["index"] == 6


@pytest.mark.parametrize("index", ["99", "9" * 30, "-1", "x"])
def test_an_entry_that_is_none_is_not_there(client: Client, harbour, publish, index: str) -> None:
    publish()
    address = reverse("record", args=[harbour.id])
    assert client.get(f"{address}entries/{index}.json").status_code == 404


def test_a_waiting_entry_does_not_open(client: Client, harbour) -> None:
    assert client.get(reverse("entry_proof", args=[harbour.id, 0])).status_code == 404
