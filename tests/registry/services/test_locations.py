"""Places on the web: whose they are, step by step, and who may speak for them."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from registry.errors import (
    AlreadyControlled,
    EvidenceTooLow,
    InvalidLocation,
    LocationTooDeep,
    NotADomain,
    NothingToWithdraw,
    NotSuspended,
    NotUnderControl,
    PublicSuffix,
    UrlTooLong,
)
from registry.identifiers import MAX_PREFIX_DEPTH, location_key
from registry.labels import WITHDRAWN
from registry.log.services import append
from registry.models import Declaration, Location, LocationEvent, Rightsholder
from registry.selectors.declarations import choices_in_force, choices_of
from registry.selectors.locations import is_under_control
from registry.selectors.log import DECLARATIONS
from registry.services.declarations import declare, undo, withdraw
from registry.services.locations import end_control, register_location, renew, resume, suspend
from registry.services.people import set_evidence_level
from registry.vocabulary import Choice, Scope, Usage

pytestmark = pytest.mark.django_db

REFUSE = {Usage.GENERATIVE_TRAINING: Choice.REFUSE}
ALLOW = {Usage.GENERATIVE_TRAINING: Choice.ALLOW}
DAY = timedelta(days=1)
Place = Callable[..., Location]


@pytest.fixture
def place(maya: Rightsholder, now: datetime) -> Place:
    """Register a place of Maya's."""

    def make(scope: Scope = Scope.HOST, value: str = "maya.example") -> Location:
        return register_location(
            rightsholder=maya, scope=scope, value=value, reason="DNS record read", at=now
        )

    return make


# Names


@pytest.mark.parametrize(
    ("scope", "typed", "stored"),
    [
        (Scope.URL, "http://MAYA.example:80/Photos/", "https://maya.example/Photos"),
        (Scope.URL, "https://maya.example:8443/a%7eb/%c3%a9", "https://maya.example:8443/a~b/%C3%A9"),
        (Scope.URL, "https://maya.example/a/../b#top", "https://maya.example/b"),
        (Scope.URL, "https://s3.amazonaws.com/maya/", "https://s3.amazonaws.com/maya"),
        (Scope.HOST, " Photos.Maya.example. ", "photos.maya.example"),
        (Scope.HOST, "bücher.example", "xn--bcher-kva.example"),
        (Scope.HOST, "192.0.2.7", "192.0.2.7"),
        (Scope.DOMAIN, "MAYA.co.uk", "maya.co.uk"),
        (Scope.DOMAIN, "maya.github.io", "maya.github.io"),
        (Scope.DOMAIN, "bücher.example", "xn--bcher-kva.example"),
    ],
)  # fmt: skip
def test_a_place_is_kept_in_its_one_form(
    place: Place, scope: Scope, typed: str, stored: str
) -> None:
    location = place(scope, typed)
    assert (location.scope, location.value) == (scope, stored)
    assert bytes(location.key) == location_key(scope, stored)


TOO_DEEP = "https://maya.example" + "/a" * (MAX_PREFIX_DEPTH + 1)


@pytest.mark.parametrize(
    ("scope", "typed", "refusal"),
    [
        (Scope.URL, "https://maya.example/a?page=2", InvalidLocation),
        (Scope.URL, "https://maya.example/", InvalidLocation),
        (Scope.URL, "https://maya.example/a//", InvalidLocation),
        (Scope.URL, TOO_DEEP, LocationTooDeep),
        (Scope.URL, "https://maya.example/" + "a" * 8000, UrlTooLong),
        (Scope.HOST, "", InvalidLocation),
        (Scope.HOST, "https://maya.example", InvalidLocation),
        (Scope.HOST, "maya.example/photos", InvalidLocation),
        (Scope.HOST, "maya.example:8443", InvalidLocation),
        (Scope.HOST, "maya.example?", InvalidLocation),
        (Scope.HOST, "maya@maya.example", InvalidLocation),
        (Scope.HOST, "github.io", PublicSuffix),
        (Scope.HOST, "localhost", PublicSuffix),
        (Scope.DOMAIN, "co.uk", PublicSuffix),
        (Scope.DOMAIN, "github.io", PublicSuffix),
        (Scope.DOMAIN, "example", PublicSuffix),
        (Scope.DOMAIN, "www.maya.example", NotADomain),
        (Scope.DOMAIN, "192.0.2.7", NotADomain),
        (Scope.DOMAIN, "[2001:db8::1]", NotADomain),
    ],
)
def test_what_nobody_can_control_or_no_lookup_would_find_is_refused(
    place: Place, scope: Scope, typed: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        place(scope, typed)
    assert not Location.objects.exists()


def test_the_deepest_prefix_that_lookups_try_can_be_registered(place: Place) -> None:
    deepest = TOO_DEEP.removesuffix("/a")
    assert place(Scope.URL, deepest + "/").value == deepest


# Control


def test_each_step_is_logged(place: Place, now: datetime) -> None:
    location = place()
    assert suspend(location=location, reason="three probes failed", at=now + DAY)
    assert not is_under_control(location)
    assert resume(location=location, reason="DNS record read", at=now + 2 * DAY)
    assert is_under_control(location)
    assert renew(location=location, reason="DNS record read", at=now + 32 * DAY)
    assert end_control(location=location, reason="domain sold", at=now + 33 * DAY)
    assert not is_under_control(location)
    events = LocationEvent.objects.order_by("entry_id").select_related("entry")
    assert [(event.kind, event.entry.kind) for event in events] == [
        (kind, f"location-{kind}") for kind in ("shown", "suspended", "resumed", "renewed", "ended")
    ]
    assert events[0].reason == "DNS record read"


def test_a_renewal_is_logged_every_thirty_days_at_most(place: Place, now: datetime) -> None:
    location = place()
    assert renew(location=location, reason="", at=now + 30 * DAY - timedelta(seconds=1)) is None
    assert renew(location=location, reason="", at=now + 30 * DAY)
    assert renew(location=location, reason="", at=now + 37 * DAY) is None


def test_a_place_is_shown_once_at_a_time(
    place: Place, maya: Rightsholder, rui: Rightsholder, now: datetime
) -> None:
    first = place()
    with pytest.raises(AlreadyControlled):
        place(value="MAYA.example")
    place(Scope.DOMAIN)
    other = register_location(
        rightsholder=rui, scope=Scope.HOST, value="maya.example", reason="", at=now
    )
    assert other.id != first.id
    end_control(location=first, reason="", at=now)
    assert place().id != first.id


@pytest.mark.parametrize("step", [renew, suspend, resume, end_control])
def test_what_has_ended_stays_so(place: Place, now: datetime, step: Callable[..., object]) -> None:
    location = place()
    end_control(location=location, reason="", at=now)
    with pytest.raises((NotUnderControl, NotSuspended)):
        step(location=location, reason="", at=now + 99 * DAY)


def test_what_is_suspended_is_neither_renewed_nor_suspended_again(
    place: Place, now: datetime
) -> None:
    location = place()
    with pytest.raises(NotSuspended):
        resume(location=location, reason="", at=now)
    suspend(location=location, reason="", at=now)
    for step in (renew, suspend):
        with pytest.raises(NotUnderControl):
            step(location=location, reason="", at=now + 99 * DAY)


def test_postgresql_ends_a_place_once(place: Place, now: datetime) -> None:
    location = place()
    end_control(location=location, reason="", at=now)
    entry = append(log=DECLARATIONS, kind="location-ended", payload=b"", at=now)
    again = LocationEvent(location=location, kind="ended", happened_at=now, entry=entry)
    with pytest.raises(IntegrityError, match="location_ends_once"), transaction.atomic():
        again.save(force_insert=True)


# Speaking


@pytest.mark.parametrize("choices", [ALLOW, REFUSE])
def test_who_controls_a_place_speaks_for_it(
    place: Place, maya: Rightsholder, now: datetime, choices: dict[Usage, Choice]
) -> None:
    location = place()
    said = declare(rightsholder=maya, location=location, choices=choices, at=now)
    assert (said.scope, said.location, said.work) == ("host", location, None)
    assert choices_in_force(rightsholder=maya, location=location) == choices
    assert choices_in_force(rightsholder=maya) == {}


@pytest.mark.parametrize("choices", [ALLOW, REFUSE])
@pytest.mark.parametrize("step", [suspend, end_control])
def test_without_control_nothing_new_is_said_and_everything_withdrawn(
    place: Place,
    maya: Rightsholder,
    now: datetime,
    choices: dict[Usage, Choice],
    step: Callable[..., object],
) -> None:
    location = place()
    declare(rightsholder=maya, location=location, choices=choices, at=now)
    step(location=location, reason="", at=now)
    with pytest.raises(NotUnderControl):
        declare(rightsholder=maya, location=location, choices=choices, at=now)
    said = withdraw(rightsholder=maya, location=location, at=now)
    assert choices_of(said) == dict.fromkeys(choices, WITHDRAWN)


def test_nobody_speaks_for_the_place_of_another(
    place: Place, rui: Rightsholder, now: datetime
) -> None:
    location = place()
    with pytest.raises(NotUnderControl):
        declare(rightsholder=rui, location=location, choices=REFUSE, at=now)
    with pytest.raises(NothingToWithdraw):
        withdraw(rightsholder=rui, location=location, at=now)


def test_without_any_evidence_a_place_gives_no_voice(
    place: Place, maya: Rightsholder, now: datetime
) -> None:
    location = place()
    set_evidence_level(rightsholder=maya, level=0, reason="test", at=now)
    with pytest.raises(EvidenceTooLow):
        declare(rightsholder=maya, location=location, choices=REFUSE, at=now)


def test_a_word_at_a_place_is_undone_by_itself(
    place: Place, maya: Rightsholder, now: datetime
) -> None:
    location = place()
    declare(rightsholder=maya, choices=ALLOW, at=now)
    declare(rightsholder=maya, location=location, choices=REFUSE, at=now)
    newest = declare(rightsholder=maya, location=location, choices=ALLOW, at=now)
    undo(rightsholder=maya, location=location, newest=newest.id, at=now)
    assert choices_in_force(rightsholder=maya, location=location) == REFUSE
    assert choices_in_force(rightsholder=maya) == ALLOW


@pytest.mark.parametrize("scope", [Scope.WORK, Scope.CATALOGUE, Scope.COPY])
def test_postgresql_wants_the_target_that_fits_the_scope(
    place: Place, maya: Rightsholder, now: datetime, scope: Scope
) -> None:
    said = declare(rightsholder=maya, location=place(), choices=REFUSE, at=now)
    other = Declaration.objects.get(id=said.id)
    other.pk, other.scope = None, scope
    with pytest.raises(IntegrityError, match="one_target"), transaction.atomic():
        other.save(force_insert=True)
