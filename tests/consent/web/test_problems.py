"""Every refusal has a page that says what it means and what to do."""

from html import escape
from urllib.parse import urlsplit

import pytest
from django.test import Client

from config.problems import problem
from consent.statuses import catalogue
from consent.web.remedies import REMEDIES
from registry.errors import DomainError

pytestmark = pytest.mark.django_db


def test_every_refusal_has_its_remedy_and_every_remedy_its_refusal() -> None:
    assert set(REMEDIES) == set(catalogue())


def every(kind: type[DomainError]) -> set[type[DomainError]]:
    """Give every refusal that is a kind of this one, wherever it is defined."""
    return {kind}.union(*(every(each) for each in kind.__subclasses__()))


def test_every_type_of_refusal_is_in_the_catalogue() -> None:
    apps = ("registry.", "consent.")
    ours = {each for each in every(DomainError) if each.__module__.startswith(apps)}
    codes = {each.code for each in ours - {DomainError}}
    assert len(codes) > 40
    assert codes <= set(catalogue())


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_type_of_every_problem_is_a_page_in_both_languages(
    language: str, client: Client
) -> None:
    for code, (status, sentence) in catalogue().items():
        given = problem(code, sentence)
        assert given["status"] == status
        page = client.get(urlsplit(given["type"]).path, headers={"Accept-Language": language})
        assert page.status_code == 200, code
        assert f'<html lang="{language}"' in page.content.decode()


def test_every_code_has_its_page_and_stands_in_the_list(client: Client) -> None:
    listed = client.get("/problems/").content.decode()
    for code, (status, _sentence) in catalogue().items():
        assert f'href="/problems/{code}"' in listed
        response = client.get(f"/problems/{code}")
        assert response.status_code == 200
        page = response.content.decode()
        assert f"{status.value} · <code>{code}</code>" in page
        assert escape(str(REMEDIES[code])) in page
        assert "%(" not in page


@pytest.mark.parametrize("code", ["no-such-code", "Unknown-Usage", "a" * 300])
def test_an_unknown_code_is_not_found(code: str, client: Client) -> None:
    assert client.get(f"/problems/{code}").status_code == 404


def test_a_problem_of_the_api_leads_to_its_page(client: Client) -> None:
    problem = client.get("/api/v1/consent", {"usage": "painting"}).json()
    assert client.get(urlsplit(problem["type"]).path).status_code == 200
