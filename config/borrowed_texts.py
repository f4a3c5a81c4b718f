"""Texts of django-allauth that our French says otherwise: makemessages finds them here."""

from django.utils.translation import gettext_noop

TEXTS = (
    gettext_noop("Be patient, you are sending too many requests."),
    gettext_noop("Confirmation email sent to %(email)s."),
    gettext_noop("Password successfully changed."),
    gettext_noop("Please type your current password."),
    gettext_noop("Successfully signed in as %(name)s."),
    gettext_noop("The email address and/or password you specified are not correct."),
    gettext_noop("Too many failed login attempts. Try again later."),
    gettext_noop("You have confirmed %(email)s."),
    gettext_noop("You have signed out."),
)
