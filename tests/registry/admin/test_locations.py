"""Places on the web: registered and ended by operators, through services, and logged."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from registry.models import Location, LocationEvent, Rightsholder, User
from registry.selectors.locations import is_under_control
from registry.services.declarations import declare
from registry.services.locations import register_location
from registry.vocabulary import Choice, Scope, Usage

pytestmark = pytest.mark.django_db

LIST = "/admin/registry/location/"
FORM = {"_form_submitted": "on", "scope": "host", "value": "Maya.example", "reason": "DNS read"}


def registering(rightsholder: Rightsholder) -> str:
    return f"/admin/registry/rightsholder/{rightsholder.id}/register_location/"


def ending(location: Location) -> str:
    return f"{LIST}{location.id}/end_control/"


@pytest.fixture
def site(maya: Rightsholder, now: datetime) -> Location:
    return register_location(
        rightsholder=maya, scope=Scope.HOST, value="maya.example", reason="file read", at=now
    )


def test_registering_a_place_is_a_logged_act(operator: Client, maya: Rightsholder) -> None:
    asked = operator.get(registering(maya)).content.decode()
    assert '<option value="host"' in asked
    assert '<option value="catalogue"' not in asked
    answer = operator.post(registering(maya), FORM)
    assert answer.status_code == 302
    location = Location.objects.get()
    assert (location.rightsholder, location.value) == (maya, "maya.example")
    event = LocationEvent.objects.get()
    assert (event.kind, event.reason, event.entry.kind) == ("shown", "DNS read", "location-shown")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"value": "github.io"}, "nobody speaks for all"),
        ({"scope": "domain", "value": "www.maya.example"}, "what somebody registered"),
        ({"scope": "url", "value": "https://maya.example/a?b"}, "This is not a place"),
    ],
)
def test_a_refusal_is_said_in_words(
    operator: Client, maya: Rightsholder, change: dict[str, str], sentence: str
) -> None:
    answer = operator.post(registering(maya), FORM | change, follow=True)
    assert sentence in answer.content.decode()
    assert not Location.objects.exists()


@pytest.mark.parametrize("change", [{"scope": "catalogue"}, {"value": ""}, {"reason": ""}])
def test_half_a_form_registers_nothing(
    operator: Client, maya: Rightsholder, change: dict[str, str]
) -> None:
    assert operator.post(registering(maya), FORM | change).status_code == 200
    assert not Location.objects.exists()


def test_ending_control_is_a_logged_act_and_done_once(operator: Client, site: Location) -> None:
    form = {"_form_submitted": "on", "reason": "domain sold"}
    operator.get(ending(site))
    assert is_under_control(site)
    page = operator.post(ending(site), form, follow=True).content.decode()
    assert not is_under_control(site)
    assert "domain sold" in page
    again = operator.post(ending(site), form, follow=True)
    assert "not shown at present" in again.content.decode()
    assert LocationEvent.objects.count() == 2


def test_a_place_is_shown_with_its_control_and_what_was_said_there(
    operator: Client, site: Location, now: datetime
) -> None:
    choices = {Usage.MINING: Choice.REFUSE}
    declare(rightsholder=site.rightsholder, location=site, choices=choices, at=now)
    listed = operator.get(LIST, {"q": "maya.ex"}).content.decode()
    assert "maya.example" in listed
    assert "Control shown" in listed
    page = operator.get(f"{LIST}{site.id}/change/").content.decode()
    assert "file read" in page
    assert "Text and data mining: No" in page
    assert "maya.example" in operator.get("/admin/registry/declaration/").content.decode()


def test_a_place_cannot_be_changed(operator: Client, site: Location) -> None:
    answer = operator.post(f"{LIST}{site.id}/change/", {"value": "zed.example"})
    assert answer.status_code == 403


def test_staff_without_the_right_neither_register_nor_end(
    client: Client, account: Callable[[str], User], site: Location, maya: Rightsholder
) -> None:
    zed = account("zed@example.org")
    User.objects.filter(pk=zed.pk).update(is_staff=True)
    client.force_login(zed)
    other = FORM | {"value": "zed.example"}
    assert client.post(registering(maya), other).status_code == 403
    form = {"_form_submitted": "on", "reason": "x"}
    assert client.post(ending(site), form).status_code == 403
    assert LocationEvent.objects.count() == 1
