"""Celery: background work, where the row is the work and the message only a nudge."""

import logging.config
import os
from typing import Any

from celery import Celery, signals
from celery.contrib.django.task import DjangoTask
from django.conf import settings
from django.db import transaction

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


class NudgeTask(DjangoTask[Any, Any]):
    """A task whose message may get lost: the timetable makes up for it."""

    # The stubs promise a result, which nobody has before the commit.
    def delay_on_commit(self, *args: Any, **kwargs: Any) -> None:  # type: ignore[override]
        """Send the message after the commit; a broker that is down is logged and harms nobody."""

        def send() -> None:  # a partial has no __qualname__, which Django logs
            self.delay(*args, **kwargs)

        transaction.on_commit(send, robust=True)


app = Celery("registry", task_cls=NudgeTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["registry", "consent"])


@signals.setup_logging.connect
def _log_as_django_does(**_: Any) -> None:
    logging.config.dictConfig(settings.LOGGING)


@signals.worker_ready.connect
def _show_life(**_: Any) -> None:
    app.send_task("registry.tasks.beat_heart")
