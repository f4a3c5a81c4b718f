"""The first page says what this is, and what has been said so far."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_anybody_sees_the_first_page_with_its_figures(client: Client, maya, register) -> None:
    register(maya)
    page = client.get("/").content.decode()
    assert "No statement means no consent" in page
    assert "1 work is registered" in page


def test_the_first_page_leads_to_the_question_and_to_the_statement(client: Client) -> None:
    page = client.get("/").content.decode()
    assert 'href="/check/"' in page
    assert 'href="/statement/"' in page
