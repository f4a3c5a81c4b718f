"""Saying what AI may do: one click, one choice per use, undo, take back, and the whole history."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from registry.errors import TermsMissing
from registry.labels import sentence
from registry.models import Declaration, Rightsholder, Work
from registry.selectors.declarations import choices_in_force
from registry.services import declarations, people
from registry.vocabulary import Choice, Usage
from registry.web.presets import BY_CODE, PRESETS

pytestmark = pytest.mark.django_db

TERMS = {"terms_url": "https://maya.example.org/terms"}
EACH = dict.fromkeys(Usage, "unstated")


@pytest.fixture
def harbour(maya: Rightsholder, register) -> Work:
    return register(maya, "Harbour")


def act(client: Client, name: str, work: Work | None = None, **sent: str) -> str:
    """Press a button on the page of a work, or of all, and give the page that follows."""
    of_work = {"declare": "declare_work", "undo": "undo_work_declaration"}
    of_work |= {"withdraw": "withdraw_work_declaration"}
    address = reverse(of_work[name], args=[work.id]) if work else reverse(f"{name}_catalogue")
    answer = client.post(address, sent, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def undo(client: Client, work: Work | None = None) -> str:
    newest = Declaration.objects.filter(work=work).order_by("-entry_id").first()
    assert newest
    return act(client, "undo", work, newest=str(newest.id))


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.code)
def test_each_preset_is_one_click_and_says_what_it_says(
    mayas: Client, maya, harbour, preset
) -> None:
    page = act(mayas, "declare", harbour, preset=preset.code, **TERMS)
    assert "Saved. It is being published." in page
    assert 'href="#undo"' in page
    assert choices_in_force(rightsholder=maya, work=harbour) == preset.choices
    assert "This is what stands now." in page


def test_the_presets_are_those_of_the_product() -> None:
    assert set(BY_CODE["no-ai"].choices.values()) == {Choice.REFUSE}
    assert set(BY_CODE["no-ai"].choices) == set(Usage)
    assert BY_CODE["no-training"].choices == {
        Usage.GENERATIVE_TRAINING: Choice.REFUSE,
        Usage.OTHER_TRAINING: Choice.REFUSE,
        Usage.MINING: Choice.REFUSE,
    }
    assert set(BY_CODE["ask-first"].choices.values()) == {Choice.LICENSE}
    assert BY_CODE["training-allowed"].choices == {
        Usage.GENERATIVE_TRAINING: Choice.ALLOW,
        Usage.OTHER_TRAINING: Choice.ALLOW,
    }


def test_a_new_preset_replaces_the_whole_of_the_old_one(mayas: Client, maya, harbour) -> None:
    act(mayas, "declare", harbour, preset="no-ai")
    act(mayas, "declare", harbour, preset="no-training")
    standing = choices_in_force(rightsholder=maya, work=harbour)
    assert standing == BY_CODE["no-training"].choices


def test_ask_me_first_without_a_way_to_ask_is_said_at_its_field(mayas: Client, harbour) -> None:
    answer = mayas.post(reverse("declare_work", args=[harbour.id]), {"preset": "ask-first"})
    assert answer.context["preset_form"].errors["contact"] == [sentence(TermsMissing())]
    assert not Declaration.objects.exists()


def test_no_two_fields_of_the_page_share_an_id(mayas: Client, harbour) -> None:
    answer = mayas.post(reverse("declare_work", args=[harbour.id]), {"preset": "ask-first"})
    ids = re.findall(r' id="([^"]+)"', answer.content.decode())
    assert len(ids) == len(set(ids))


def test_the_way_to_ask_is_remembered(mayas: Client, maya, harbour, register) -> None:
    act(mayas, "declare", harbour, preset="ask-first", **TERMS)
    pier = register(maya, "Pier")
    page = mayas.get(reverse("work", args=[pier.id])).content.decode()
    assert 'value="https://maya.example.org/terms"' in page


def test_a_preset_that_does_not_exist_is_refused(mayas: Client, harbour) -> None:
    act(mayas, "declare", harbour, preset="all-yours")
    assert not Declaration.objects.exists()


def test_each_use_gets_its_own_choice_with_an_end(mayas: Client, maya, harbour, now) -> None:
    last_day = (now + timedelta(days=30)).date()
    sent = EACH | {Usage.SEARCH: "allow", Usage.MINING: "license", "ends_on": str(last_day)}
    act(mayas, "declare", harbour, **sent, **TERMS)
    said = Declaration.objects.get()
    assert (said.search, said.mining, said.inference) == ("allow", "license", "")
    assert said.ends_at
    assert (said.ends_at - timedelta(seconds=1)).date() == last_day
    page = mayas.get(reverse("work", args=[harbour.id]))
    assert f'value="{last_day}"' in page.content.decode()


def test_leaving_a_use_unsaid_takes_its_choice_back(mayas: Client, maya, harbour) -> None:
    act(mayas, "declare", harbour, preset="no-ai")
    act(mayas, "declare", harbour, **EACH | {Usage.SEARCH: "refuse"})
    assert choices_in_force(rightsholder=maya, work=harbour) == {Usage.SEARCH: Choice.REFUSE}


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({}, "__all__"),
        ({Usage.SEARCH: "maybe"}, "search"),
        ({Usage.SEARCH: "license"}, "contact"),
        ({Usage.SEARCH: "license", "terms_url": "javascript:alert(1)"}, "terms_url"),
        ({Usage.SEARCH: "license", "terms_url": "https://" + "a" * 2000}, "terms_url"),
        ({Usage.SEARCH: "license", "contact": "x" * 301}, "contact"),
        ({Usage.SEARCH: "refuse", "ends_on": "2001-01-01"}, "ends_on"),
        ({Usage.SEARCH: "refuse", "ends_on": "9999-12-31"}, "ends_on"),
        ({Usage.SEARCH: "refuse", "ends_on": "tomorrow"}, "ends_on"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(mayas: Client, harbour, sent: dict, field: str) -> None:
    answer = mayas.post(reverse("declare_work", args=[harbour.id]), EACH | sent)
    assert answer.context["choices_form"].errors[field]
    assert not Declaration.objects.exists()


def test_everything_is_taken_back_in_one_click(mayas: Client, maya, harbour) -> None:
    act(mayas, "declare", harbour, preset="no-ai")
    page = act(mayas, "withdraw", harbour)
    assert "Taken back" in page
    assert choices_in_force(rightsholder=maya, work=harbour) == {}
    assert "There is nothing to withdraw" in act(mayas, "withdraw", harbour)


def test_the_last_change_is_undone_in_one_click(mayas: Client, maya, harbour) -> None:
    act(mayas, "declare", harbour, preset="ask-first", **TERMS)
    act(mayas, "declare", harbour, preset="no-training")
    assert "Undone" in undo(mayas, harbour)
    standing = choices_in_force(rightsholder=maya, work=harbour)
    assert standing == BY_CODE["ask-first"].choices
    newest = Declaration.objects.order_by("-entry_id").first()
    assert newest
    assert newest.terms_url == TERMS["terms_url"]


def test_undoing_the_first_word_takes_it_back(mayas: Client, maya, harbour) -> None:
    act(mayas, "declare", harbour, preset="no-ai")
    undo(mayas, harbour)
    assert choices_in_force(rightsholder=maya, work=harbour) == {}


def test_taking_back_is_undone_too(mayas: Client, maya, harbour) -> None:
    act(mayas, "declare", harbour, preset="no-ai")
    act(mayas, "withdraw", harbour)
    undo(mayas, harbour)
    assert choices_in_force(rightsholder=maya, work=harbour) == BY_CODE["no-ai"].choices


def test_a_second_click_on_undo_changes_nothing(mayas: Client, maya, harbour) -> None:
    act(mayas, "declare", harbour, preset="no-ai")
    first = Declaration.objects.get()
    act(mayas, "declare", harbour, preset="no-training")
    assert "something newer" in act(mayas, "undo", harbour, newest=str(first.id))
    standing = choices_in_force(rightsholder=maya, work=harbour)
    assert standing == BY_CODE["no-training"].choices


@pytest.mark.parametrize("newest", ["", "x", "0" * 32])
def test_a_forged_undo_changes_nothing(mayas: Client, harbour, newest: str) -> None:
    act(mayas, "declare", harbour, preset="no-ai")
    act(mayas, "undo", harbour, newest=newest)
    assert Declaration.objects.count() == 1


def test_the_whole_history_is_shown_with_entries_and_states(
    mayas: Client, harbour, publish
) -> None:
    act(mayas, "declare", harbour, preset="no-ai")
    publish()
    act(mayas, "declare", harbour, preset="training-allowed")
    act(mayas, "withdraw", harbour)
    events = mayas.get(reverse("work", args=[harbour.id])).context["events"]
    assert [event.title for event in events] == [
        "Withdrawn",
        "Training allowed",
        "No AI use",
        "Registered",
    ]
    assert [event.is_published for event in events] == [False, False, True, True]
    page = mayas.get(reverse("work", args=[harbour.id])).content.decode()
    assert "Published as entry 2 of the public log" in page
    assert "Being published" in page


def test_all_works_get_their_word_at_once(mayas: Client, maya, harbour) -> None:
    page = act(mayas, "declare", preset="no-ai")
    assert "At present that is 1 work." in page
    assert choices_in_force(rightsholder=maya) == BY_CODE["no-ai"].choices
    of_work = mayas.get(reverse("work", args=[harbour.id])).content.decode()
    assert "Said for all works." in of_work


def test_the_word_for_all_is_undone_and_taken_back(mayas: Client, maya) -> None:
    act(mayas, "declare", preset="no-ai")
    act(mayas, "declare", preset="no-training")
    undo(mayas)
    assert choices_in_force(rightsholder=maya) == BY_CODE["no-ai"].choices
    act(mayas, "withdraw")
    assert choices_in_force(rightsholder=maya) == {}


def test_the_word_for_one_work_comes_before_the_word_for_all(mayas: Client, harbour) -> None:
    act(mayas, "declare", preset="no-ai")
    act(mayas, "declare", harbour, **EACH | {Usage.SEARCH: "license"}, **TERMS)
    lines = mayas.get(reverse("work", args=[harbour.id])).context["lines"]
    said = {line.usage: (line.choice, line.is_general) for line in lines}
    assert said[Usage.SEARCH] == ("license", False)
    assert said[Usage.MINING] == ("refuse", True)


def test_an_account_without_evidence_is_told_what_is_missing(
    mayas: Client, maya, harbour, now
) -> None:
    people.set_evidence_level(rightsholder=maya, level=0, reason="test", at=now)
    page = act(mayas, "declare", harbour, preset="no-ai")
    assert "Please confirm your e-mail address first." in page


@pytest.mark.parametrize("name", ["declare", "withdraw", "undo"])
def test_the_addresses_of_buttons_lead_back_to_their_page(
    mayas: Client, harbour, name: str
) -> None:
    assert mayas.get(f"/catalogue/{name}/")["Location"] == "/catalogue/"
    of_work = reverse("work", args=[harbour.id])
    assert mayas.get(f"{of_work}{name}/")["Location"] == of_work


def test_what_has_ended_is_shown_as_over(mayas: Client, maya, harbour, now) -> None:
    declarations.declare(
        rightsholder=maya,
        work=harbour,
        choices=BY_CODE["no-ai"].choices,
        terms=declarations.Terms(ends_at=now - timedelta(days=1)),
        at=now - timedelta(days=2),
    )
    page = mayas.get(reverse("work", args=[harbour.id]))
    assert {line.choice for line in page.context["lines"]} == {"unstated"}
    assert "“No” ended" in page.content.decode()


def test_nobody_declares_for_somebody_elses_work(ruis: Client, harbour) -> None:
    address = reverse("declare_work", args=[harbour.id])
    assert ruis.post(address, {"preset": "training-allowed"}).status_code == 404
    assert not Declaration.objects.exists()
