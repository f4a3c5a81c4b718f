"""The Statement: one signature an account, public or not, and taken back in one click."""

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from registry.models import Mail, Rightsholder, Signature, User
from registry.services import signatures
from registry.vocabulary import Capacity, Discipline

pytestmark = pytest.mark.django_db

AS_MAYA = {"capacity": "person", "name": "Maya", "discipline": "music", "is_listed": "on"}


def sign(client: Client, **changes: str) -> str:
    return client.post(reverse("sign_statement"), AS_MAYA | changes, follow=True).content.decode()


def test_the_text_the_count_and_the_form_are_open_to_all(client: Client) -> None:
    page = client.get(reverse("statement")).content.decode()
    assert "must not be permitted" in page
    assert "0 people and organisations have signed" in page
    assert 'name="discipline"' in page


def test_a_person_signs_and_is_listed(mayas: Client) -> None:
    assert "You have signed the Statement" in sign(mayas)
    listed = mayas.get(reverse("signatories")).content.decode()
    assert "Maya" in listed
    assert "1 person or organisation has signed" in listed


def test_a_signature_that_is_not_listed_counts_and_is_not_shown(mayas: Client) -> None:
    mayas.post(reverse("sign_statement"), {**AS_MAYA, "is_listed": ""})
    listed = Client().get(reverse("signatories")).content.decode()
    assert "Maya" not in listed
    assert "1 person or organisation has signed" in listed


def test_an_organisation_signs_by_its_name(mayas: Client) -> None:
    sign(mayas, capacity="organisation", organisation_name="Guild of Makers")
    assert "Guild of Makers" in Client().get(reverse("signatories")).content.decode()


def test_an_organisation_without_a_name_is_asked_for_it(mayas: Client) -> None:
    page = sign(mayas, capacity="organisation")
    assert "A name has between 1 and 200 characters" in page
    assert not Signature.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 201),
        ("name", "\x07"),
        ("discipline", "alchemy"),
        ("capacity", ""),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    mayas: Client, field: str, value: str
) -> None:
    page = mayas.post(reverse("sign_statement"), AS_MAYA | {field: value})
    assert page.context["form"].errors[field]
    assert 'value="music" selected' in page.content.decode() or field == "discipline"
    assert not Signature.objects.exists()


def test_an_account_signs_once(mayas: Client) -> None:
    sign(mayas)
    assert "You have signed the Statement already" in sign(mayas, name="Maya again")
    assert Signature.objects.count() == 1


def test_a_signature_is_withdrawn_in_one_click_and_signed_again(mayas: Client) -> None:
    sign(mayas, discipline="games")
    page = mayas.post(reverse("withdraw_signature"), follow=True).content.decode()
    assert "0 people and organisations have signed" in page
    assert "Sign again" in page
    assert 'value="games" selected' in page
    assert "1 person or organisation has signed" in sign(mayas, discipline="games")


def test_withdrawing_nothing_is_said(mayas: Client) -> None:
    page = mayas.post(reverse("withdraw_signature"), follow=True).content.decode()
    assert "There is no signature to withdraw" in page


@pytest.mark.parametrize("name", ["sign_statement", "withdraw_signature"])
def test_the_addresses_of_buttons_lead_back_to_the_page(mayas: Client, name: str) -> None:
    assert mayas.get(reverse(name))["Location"] == reverse("statement")


def test_withdrawing_asks_strangers_to_sign_in(client: Client) -> None:
    assert client.post(reverse("withdraw_signature"))["Location"].startswith("/accounts/login/")


def test_whoever_has_no_account_signs_up_and_finds_the_form_filled(client: Client) -> None:
    answer = client.post(reverse("sign_statement"), AS_MAYA | {"discipline": "games"})
    assert answer["Location"].startswith(reverse("account_signup"))
    assert "next=%2Fstatement%2F" in answer["Location"]
    client.post(
        answer["Location"],
        {"name": "Maya", "email": "maya@example.org", "password1": "a-long-enough-password"},
    )
    link = next(
        word for word in Mail.objects.get().body.split() if "/accounts/confirm-email/" in word
    )
    after = client.post(link.partition("testserver")[2] or link[link.index("/accounts/") :])
    assert after["Location"] == f"{reverse('statement')}#sign"
    page = client.get(reverse("statement")).content.decode()
    assert "One more click" in page
    assert 'value="games" selected' in page
    assert EmailAddress.objects.get().verified
    assert not Signature.objects.exists()


def test_the_list_is_paged_and_narrowed_by_field(client: Client, now) -> None:
    for number in range(61):
        signatures.sign_statement(
            user=User.objects.create_user(f"s{number}@example.org"),
            name=f"Signatory {number}",
            capacity=Capacity.PERSON,
            discipline=Discipline.GAMES if number == 7 else Discipline.MUSIC,
            is_listed=True,
            at=now,
        )
    first = client.get(reverse("signatories"))
    assert len(first.context["page"]) == 60
    assert len(client.get(reverse("signatories"), {"page": 2}).context["page"]) == 1
    games = client.get(reverse("signatories"), {"discipline": "games"})
    assert [signature.name for signature in games.context["page"]] == ["Signatory 7"]


@pytest.mark.parametrize(
    "query", [{"page": "minus one"}, {"page": "99999999999999"}, {"discipline": "alchemy"}]
)
def test_a_broken_address_of_the_list_shows_the_list(client: Client, query: dict) -> None:
    assert client.get(reverse("signatories"), query).status_code == 200


def test_no_address_is_ever_listed(mayas: Client, maya: Rightsholder) -> None:
    sign(mayas)
    assert "example.org" not in Client().get(reverse("signatories")).content.decode()
