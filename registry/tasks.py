"""What Celery does for the record; every task is only a nudge to look at the rows."""

import logging
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any, ParamSpec, cast

from celery import shared_task
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from registry.ids import public_id
from registry.labels import DECLARED_CHOICES, USAGE_LABELS
from registry.log.services import integrate
from registry.selectors import audit, operations
from registry.selectors.declarations import choices_of
from registry.selectors.log import DECLARATIONS, pending_since
from registry.services import mails
from registry.services import operations as operated

if TYPE_CHECKING:
    from celery.contrib.django.task import DjangoTask
    from django.core.mail.backends.base import BaseEmailBackend

    from registry.models import Declaration, Mail

logger = logging.getLogger(__name__)
P = ParamSpec("P")

MOST_BATCHES = 64  # of 65,536 entries; the next nudge goes on
MOST_MAILS = 100
MOST_FAILURES = 3  # in a row: then it is the mail server, not the mails
MOST_LISTED = 20  # declarations in one reminder
VERIFICATION_SECONDS = 6 * 3600


def nudged(work: Callable[P, None]) -> "DjangoTask[P, None]":
    """Give the task, which an edge nudges by `delay_on_commit` after its one call."""
    return cast("DjangoTask[P, None]", shared_task(work))


@nudged
def integrate_log() -> None:
    """Publish what is pending."""
    for _ in range(MOST_BATCHES):
        if integrate(log=DECLARATIONS, at=timezone.now()) is None or pending_since() is None:
            return


@nudged
def beat_heart() -> None:
    """Show that beat, broker and worker hold together."""
    operated.beat_heart(name=operations.WORKER, at=timezone.now())


@nudged
def send_due_mails() -> None:
    """Send the mails that are due, one lease each; a failed one is due again later."""
    failures = 0
    with closing(get_connection()) as server:
        for _ in range(MOST_MAILS):
            mail = mails.lease_mail(at=timezone.now()) if failures < MOST_FAILURES else None
            if mail is None:
                return
            failures = 0 if _is_sent(mail, server) else failures + 1


@nudged
def remind_of_endings() -> None:
    """Tell owners which of their declarations end within seven days."""
    at = timezone.now()
    for ending in operations.endings(at=at):
        told = operations.recipients(ending.rightsholder) if ending.standing else []
        texts = [
            (account.email, *_ending_mail(ending.standing, account.language)) for account in told
        ]
        operated.remind(declarations=ending.declarations, mails=texts, at=at)
    send_due_mails.delay_on_commit()


@shared_task(
    acks_late=False, soft_time_limit=VERIFICATION_SECONDS, time_limit=VERIFICATION_SECONDS + 60
)
def verify_log() -> None:
    """Compare the log with itself and with the rows it commits to.

    Takes minutes a million works: acknowledged first, so that no second worker joins in.
    """
    count = sum(1 for _ in audit.findings())
    if count:
        logger.error("the log has %d findings: run the command verify_log", count)


@shared_task
def forget_sessions() -> None:
    """Delete the sessions that have ended."""
    SessionStore.clear_expired()


def _is_sent(mail: "Mail", server: "BaseEmailBackend") -> bool:
    message = EmailMessage(
        mail.subject, mail.body, to=[mail.recipient], headers={"Auto-Submitted": "auto-generated"}
    )
    try:
        server.open()
        server.send_messages([message])
    except Exception as error:  # whatever is wrong with one mail, the others wait behind it
        server.close()
        if mails.mail_failed(mail=mail, at=timezone.now()):
            logger.warning("mail %d waits: %s", mail.pk, type(error).__name__)
        else:
            logger.error("mail %d was given up: %s", mail.pk, type(error).__name__)
        return False
    mails.mail_sent(mail=mail)
    return True


def _ending_mail(declarations: Sequence["Declaration"], language: str) -> tuple[str, str]:
    """Give subject and text of the reminder in the account's language."""
    with translation.override(language):
        context = {
            "endings": [_described(declaration) for declaration in declarations[:MOST_LISTED]],
            "count": len(declarations),
            "more": max(0, len(declarations) - MOST_LISTED),
            "works_url": settings.PUBLIC_URL + reverse("works"),
            "registry_url": settings.PUBLIC_URL,
        }
        subject = render_to_string("emails/endings_subject.txt", context)
        return subject.strip(), render_to_string("emails/endings.txt", context)


def _described(declaration: "Declaration") -> dict[str, Any]:
    labels = dict(DECLARED_CHOICES)
    title, page = _subject(declaration)
    return {
        "title": title,
        "ends_at": declaration.ends_at,
        "url": settings.PUBLIC_URL + page,
        "choices": [
            (USAGE_LABELS[usage], labels[choice])
            for usage, choice in choices_of(declaration).items()
        ],
    }


def _subject(declaration: "Declaration") -> tuple[str, str]:
    """Give the name of what a declaration is about, none for the catalogue, and its page."""
    if declaration.work:
        work = declaration.work
        return work.title, reverse("work", args=[public_id("wrk", work.id)])
    if declaration.location:
        return declaration.location.value, reverse("works")
    return "", reverse("catalogue")
