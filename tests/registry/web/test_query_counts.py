"""Pages ask the database as often for many works as for one."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registry.services import declarations
from registry.web.presets import BY_CODE

pytestmark = pytest.mark.django_db


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_the_list_of_works(mayas: Client, maya, register) -> None:
    register(maya, "Harbour", choices=BY_CODE["no-ai"].choices)
    for_one = queries(mayas, "/works/")
    for number in range(24):
        register(maya, f"Sketch {number}", choices=BY_CODE["no-ai"].choices, holders=("Noor",))
    assert queries(mayas, "/works/") == for_one


def test_the_page_of_a_work_and_its_record(mayas: Client, maya, register, publish, now) -> None:
    work = register(maya, "Harbour", choices=BY_CODE["no-ai"].choices, holders=("Noor",))
    publish()
    addresses = [reverse("work", args=[work.id]), reverse("record", args=[work.id])]
    counts = [queries(mayas, address) for address in addresses]
    for _ in range(10):
        declarations.declare(
            rightsholder=maya, work=work, choices=BY_CODE["no-training"].choices, at=now
        )
    publish()
    assert [queries(mayas, address) for address in addresses] == counts


def test_registering_many_costs_as_much_as_registering_one(mayas: Client) -> None:
    def sent(count: int, start: int = 0) -> dict[str, list[str]]:
        numbers = range(start, start + count)
        return {
            "item": [f"https://example.org/{number}" for number in numbers],
            "item_title": [f"Sketch {number}" for number in numbers],
            "item_medium": ["image"] * count,
            "preset": ["no-training"],
        }

    counts = []
    for form in (sent(2), sent(500, start=2)):
        with CaptureQueriesContext(connection) as captured:
            assert mayas.post("/works/new/", form).status_code == 302
        counts.append(len(captured))
    assert counts[1] <= counts[0] + 4
