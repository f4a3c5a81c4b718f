"""What one rightsholder says is logged in the order in which it was said."""

from collections.abc import Callable
from datetime import datetime
from threading import Event, Thread

import pytest
from django.db import connection, transaction

from registry.log.services import integrate
from registry.models import Declaration, Rightsholder
from registry.selectors.log import DECLARATIONS
from registry.services.declarations import declare
from registry.vocabulary import Choice, Usage

ALLOW = {Usage.MINING: Choice.ALLOW}
REFUSE = {Usage.MINING: Choice.REFUSE}


@pytest.mark.django_db(transaction=True)
def test_a_slow_yes_is_never_logged_after_a_no_that_came_later(
    rightsholder: Callable[..., Rightsholder], now: datetime
) -> None:
    maya = rightsholder("Maya")
    said, may_commit = Event(), Event()

    def slowly_allow() -> None:
        with transaction.atomic():
            declare(rightsholder=maya, choices=ALLOW, at=now)
            said.set()
            may_commit.wait(10)
        connection.close()

    def refuse() -> None:
        declare(rightsholder=maya, choices=REFUSE, at=now)
        connection.close()

    first, second = Thread(target=slowly_allow), Thread(target=refuse)
    first.start()
    assert said.wait(10)
    second.start()
    second.join(0.5)
    assert second.is_alive(), "the later one waits for the earlier one"
    integrate(log=DECLARATIONS, at=now)
    may_commit.set()
    first.join(10)
    second.join(10)
    integrate(log=DECLARATIONS, at=now)
    newest = Declaration.objects.order_by("-entry__index")[0]
    assert newest.mining == Choice.REFUSE
