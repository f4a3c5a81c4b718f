"""What is counted is not kept."""

from datetime import datetime, timedelta

import pytest

from consent import tasks
from consent.models import Meter
from consent.services.quotas import charge_address

pytestmark = pytest.mark.django_db


def test_who_asked_a_day_ago_and_not_since_is_forgotten(now: datetime) -> None:
    charge_address(address="192.0.2.7", items=1, at=now - timedelta(days=1, minutes=5))
    tasks.forget_meters()
    assert not Meter.objects.exists()
    charge_address(address="192.0.2.7", items=1, at=now - timedelta(hours=23))
    tasks.forget_meters()
    assert Meter.objects.count() == 1
