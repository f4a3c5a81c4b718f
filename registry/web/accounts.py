"""What django-allauth does differently here: the public name, the log, queued mails."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone, translation

from registry.selectors.people import account
from registry.services import people
from registry.services.mails import queue_mail
from registry.tasks import send_due_mails
from registry.web.forms import PublicNameForm


class SignupForm(PublicNameForm):
    """Asks for the public name when somebody signs up."""

    field_order = ["name", "email", "password1"]

    def signup(self, request: HttpRequest, user: Any) -> None:
        """Give the new account its rightsholder and its language."""
        people.add_rightsholder(user=user, name=self.cleaned_data["name"])
        people.set_language(user=user, language=translation.get_language() or "en")


class AccountAdapter(DefaultAccountAdapter):
    """Queues mails, and logs that an address was confirmed."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue the mail in the language of the account, or of the page that asked for it."""
        user = account(email)
        language = user.language if user else translation.get_language()
        with translation.override(language):
            message = self.render_mail(template_prefix, email, {**context, "site": settings})
        queue_mail(
            recipient=email, subject=str(message.subject), body=str(message.body), at=timezone.now()
        )
        send_due_mails.delay_on_commit()

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Confirm the address; the account's rightsholders then stand at evidence level 1."""
        with transaction.atomic():  # allauth confirms an address once only
            is_confirmed = bool(super().confirm_email(request, email_address))
            if is_confirmed:
                people.confirm_address(user=email_address.user, at=timezone.now())
        return is_confirmed
