"""What people may type on the pages of the answer, and the sentence where it cannot be taken."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from consent.labels import KEY_SCOPES, ROLE_HELP, ROLES, sentence
from consent.services.firms import KEY_NAME_LENGTH
from consent.vocabulary import KeyScope, Role
from registry.errors import DomainError, EmptyFile
from registry.identifiers import MAX_URL_LENGTH, SHA256_OF_NOTHING, Identifier
from registry.labels import ERROR_SENTENCES, IDENTIFIER_KINDS
from registry.recognition import read, recognise
from registry.vocabulary import IdentifierKind

NAME_LENGTH = 200
ADDRESS_LENGTH = 254  # RFC 5321 section 4.5.3.1.3


class CheckForm(forms.Form):
    """Which item to look up; `item` is its identifier once the form is valid."""

    q = forms.CharField(
        label=_("Web address or number"),
        help_text=_("An address from the web, an ISBN, ISRC, ISWC or DOI, or a SHA-256."),
        max_length=MAX_URL_LENGTH,
        error_messages={"max_length": ERROR_SENTENCES["url-too-long"]},
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}
        ),
    )
    kind = forms.ChoiceField(
        label=_("What is it?"),
        choices=[("", _("Find it out for me")), *IDENTIFIER_KINDS],
        required=False,
    )

    item: Identifier

    @property
    def asks_for_kind(self) -> bool:
        """Whether the kind is worth asking for: it was given, or could not be found out."""
        return bool(self.data.get("kind")) or self.has_error("q")

    def clean(self) -> dict[str, Any]:
        """Find out what is meant, or say at the field what is wrong with it."""
        if not self.has_error("q") and not self.has_error("kind"):
            try:
                self.item = _item(**self.cleaned_data)
            except DomainError as refusal:
                self.add_error("q", forms.ValidationError(sentence(refusal), code=refusal.code))
            except forms.ValidationError as unrecognised:
                self.add_error("q", unrecognised)
        return self.cleaned_data


class FirmForm(forms.Form):
    """The name under which an organisation asks."""

    name = forms.CharField(
        label=_("Name of the organisation"),
        help_text=_("Use its full name."),
        max_length=NAME_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )


class KeyForm(forms.Form):
    """What a new key is for, and how long it lasts."""

    name = forms.CharField(
        label=_("What the key is for"),
        help_text=_("A note for yourselves, such as “crawler” or “test”."),
        max_length=KEY_NAME_LENGTH,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    days = forms.TypedChoiceField(
        label=_("It ends after"),
        help_text=_("We write to you 14 and 3 days before."),
        choices=[(30, _("30 days")), (90, _("90 days")), (365, _("One year"))],
        coerce=int,
        initial=365,
    )
    scopes = forms.MultipleChoiceField(
        label=_("It may be used for"),
        choices=KEY_SCOPES,
        initial=[KeyScope.LOOKUPS],
        widget=forms.CheckboxSelectMultiple,
    )
    once = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    is_test = forms.BooleanField(
        label=_("A test key"),
        help_text=_("It gets fixed answers, so that you can try your programs without any data."),
        required=False,
    )


class RoleForm(forms.Form):
    """What a member may do."""

    role = forms.ChoiceField(label=_("Role"), choices=ROLES)


DESCRIBED_ROLES = [
    (role, format_lazy("{}. {}", word, ROLE_HELP[Role(role)])) for role, word in ROLES
]


class InvitationForm(RoleForm):
    """Whom to invite, and to do what."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=ADDRESS_LENGTH,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(
        label=_("Role"),
        choices=DESCRIBED_ROLES,
        initial=Role.ENGINEER,
        widget=forms.RadioSelect,
    )
    field_order = ("email", "role")


def _item(q: str, kind: str) -> Identifier:
    item = read(IdentifierKind(kind), q) if kind else recognise(q)
    if item is None:
        raise forms.ValidationError(
            _("We cannot tell what this is. Choose below what it is, or paste it again in full."),
            code="unrecognised",
        )
    if item.kind is IdentifierKind.SHA256 and item.value == SHA256_OF_NOTHING:
        raise EmptyFile
    return item
