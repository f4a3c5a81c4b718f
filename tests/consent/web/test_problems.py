"""Every refusal has a page that says what it means and what to do."""

from html import escape
from urllib.parse import urlsplit

import pytest
from django.test import Client

from consent.statuses import catalogue
from consent.web.remedies import REMEDIES

pytestmark = pytest.mark.django_db


def test_every_refusal_has_its_remedy_and_every_remedy_its_refusal() -> None:
    assert set(REMEDIES) == set(catalogue())


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
