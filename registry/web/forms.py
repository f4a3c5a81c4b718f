"""What people may type on the pages of the record, and the sentence where it cannot be taken."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from registry.errors import DomainError, InvalidName, InvalidWindow, NothingDeclared, TermsMissing
from registry.identifiers import canonical_url
from registry.labels import (
    CHOICE_LABELS,
    DISCIPLINES,
    ERROR_SENTENCES,
    MEDIA,
    USAGE_HELP,
    USAGE_LABELS,
    sentence,
)
from registry.services import texts
from registry.services.declarations import CONTACT_LENGTH, TERMS_URL_LENGTH, Terms
from registry.vocabulary import Capacity, Choice, Usage
from registry.web.presets import BY_CODE, PRESETS, UNSTATED

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

MOST_HOLDERS = 50


def checked(clean: Callable[[str], str], text: str) -> str:
    """Give the cleaned text, or raise ValidationError with the sentence of the refusal."""
    try:
        return clean(text)
    except DomainError as refusal:
        raise forms.ValidationError(sentence(refusal), code=refusal.code) from refusal


class SignatureForm(forms.Form):
    """Signing the Statement, for oneself or for a body."""

    capacity = forms.ChoiceField(
        label=_("I sign for"),
        choices=[
            (Capacity.PERSON, _("myself")),
            (Capacity.ORGANISATION, _("an organisation that has asked me to")),
        ],
        widget=forms.RadioSelect,
        initial=Capacity.PERSON,
    )
    name = forms.CharField(
        label=_("My name"),
        help_text=_("Your own name or the name you work under."),
        max_length=texts.NAME_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    organisation_name = forms.CharField(
        label=_("Organisation"),
        help_text=_("Only if you sign for one."),
        max_length=texts.NAME_LENGTH,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    discipline = forms.ChoiceField(
        label=_("Field"), choices=[("", _("Please choose")), *DISCIPLINES]
    )
    is_listed = forms.BooleanField(
        label=_("Show my signature in the public list"),
        help_text=_("Otherwise it counts, and nobody sees whose it is."),
        required=False,
        initial=True,
    )

    def clean_name(self) -> str:
        """Give the name on one line."""
        return checked(texts.name, self.cleaned_data["name"])

    def clean(self) -> dict[str, Any]:
        """Ask for the organisation's name where one is signing."""
        data = self.cleaned_data
        if data.get("capacity") == Capacity.ORGANISATION and "organisation_name" in data:
            try:
                data["organisation_name"] = texts.name(data["organisation_name"])
            except InvalidName as refusal:
                self.add_error("organisation_name", sentence(refusal))
        return data


class DisciplineForm(forms.Form):
    """Which signatures to list."""

    discipline = forms.ChoiceField(
        label=_("Field"), choices=[("", _("All fields")), *DISCIPLINES], required=False
    )


class PublicNameForm(forms.Form):
    """The public name of an account."""

    name = forms.CharField(
        label=_("Public name"),
        help_text=_("Shown beside your works: your name, your artist name or your organisation."),
        max_length=texts.NAME_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    def clean_name(self) -> str:
        """Give the name on one line, or say what is wrong with it."""
        return checked(texts.name, self.cleaned_data["name"])


class AccountForm(PublicNameForm):
    """The public name and the language of an account."""

    language = forms.ChoiceField(
        label=_("Language"),
        help_text=_("For these pages and for our mails."),
        choices=settings.LANGUAGES,
    )


class WorkForm(forms.Form):
    """What is shown of a work."""

    title = forms.CharField(
        label=_("Title"),
        max_length=texts.TITLE_LENGTH,
        error_messages=dict.fromkeys(("required", "max_length"), ERROR_SENTENCES["invalid-title"]),
    )
    medium = forms.ChoiceField(label=_("What it is"), choices=MEDIA)
    year = forms.IntegerField(
        label=_("Year"),
        required=False,
        error_messages={"invalid": ERROR_SENTENCES["invalid-year"]},
    )

    def clean_title(self) -> str:
        """Give the title on one line."""
        return checked(texts.title, self.cleaned_data["title"])


class TermsForm(forms.Form):
    """What goes with "ask me first"."""

    terms_url = forms.CharField(
        label=_("Web address of my terms"),
        max_length=TERMS_URL_LENGTH,
        required=False,
        widget=forms.URLInput(attrs={"placeholder": "https://…"}),
    )
    contact = forms.CharField(
        label=_("How to reach me"),
        help_text=_("For “Ask me first” give at least one of the two. Both are public."),
        max_length=CONTACT_LENGTH,
        required=False,
    )

    def clean_terms_url(self) -> str:
        """Give the address as typed, if it is one."""
        address = str(self.cleaned_data["terms_url"])
        if address:
            checked(canonical_url, address)
        return address

    def clean_contact(self) -> str:
        """Give the contact on one line."""
        return checked(texts.one_line, self.cleaned_data["contact"])

    def terms(self, choices: dict[Usage, Choice]) -> Terms:
        """Give the terms; terms and contact are published with "ask me first" only."""
        if Choice.LICENSE not in choices.values():
            return Terms()
        return Terms(terms_url=self.cleaned_data["terms_url"], contact=self.cleaned_data["contact"])

    def refuse_missing_terms(self, choices: dict[Usage, Choice]) -> None:
        """Add an error where somebody is to be asked and cannot be reached."""
        given = self.cleaned_data.get("terms_url") or self.cleaned_data.get("contact")
        if Choice.LICENSE in choices.values() and not given and not self.errors:
            self.add_error("contact", sentence(TermsMissing()))


class PresetForm(TermsForm):
    """One click: a preset, with the terms where it needs some."""

    preset = forms.ChoiceField(
        label=_("Choice"), choices=[(preset.code, preset.label) for preset in PRESETS]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Keep the ids apart from those of the other form on the page."""
        super().__init__(*args, **kwargs)
        self.auto_id = "preset_%s"

    def clean(self) -> dict[str, Any]:
        """Ask for terms where the preset needs some."""
        if "preset" in self.cleaned_data:
            self.refuse_missing_terms(self.choices)
        return self.cleaned_data

    @property
    def choices(self) -> dict[Usage, Choice]:
        """The choices of the preset."""
        return dict(BY_CODE[self.cleaned_data["preset"]].choices)


class ChoicesForm(TermsForm):
    """A choice for each usage, with an end if wanted."""

    ends_on = forms.DateField(
        label=_("Until"),
        help_text=_("The last day on which this holds. Leave it empty for no end."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Add one row of choices per usage."""
        super().__init__(*args, **kwargs)
        options: list[tuple[str, StrPromise]] = [
            *((choice.value, label) for choice, label in CHOICE_LABELS.items()),
            (UNSTATED, _("Not stated")),
        ]
        for usage in Usage:
            self.fields[usage.value] = forms.ChoiceField(
                label=USAGE_LABELS[usage],
                help_text=USAGE_HELP[usage],
                choices=options,
                initial=UNSTATED,
                widget=forms.RadioSelect(attrs={"class": "segments"}),
            )

    @property
    def usages(self) -> list[forms.BoundField]:
        """The fields with a choice each."""
        return [self[usage.value] for usage in Usage]

    def clean(self) -> dict[str, Any]:
        """Ask for at least one choice, for terms where they are needed, for an end to come."""
        if not self.choices and not self.errors:
            raise forms.ValidationError(sentence(NothingDeclared()))
        self.refuse_missing_terms(self.choices)
        return self.cleaned_data

    def clean_ends_on(self) -> date | None:
        """Give the last day, if the calendar has one after it."""
        last_day: date | None = self.cleaned_data["ends_on"]
        if last_day == date.max:
            raise forms.ValidationError(sentence(InvalidWindow()))
        return last_day

    @property
    def choices(self) -> dict[Usage, Choice]:
        """The choices made; a usage left unsaid is not among them."""
        said = ((usage, self.cleaned_data.get(usage.value, UNSTATED)) for usage in Usage)
        return {usage: Choice(choice) for usage, choice in said if choice != UNSTATED}

    def terms(self, choices: dict[Usage, Choice]) -> Terms:
        """Give the terms with the end: midnight after the last day, UTC."""
        terms = super().terms(choices)
        last_day = self.cleaned_data["ends_on"]
        ends_at = None
        if last_day:
            ends_at = datetime.combine(last_day + timedelta(days=1), time(), UTC)
        return Terms(ends_at=ends_at, terms_url=terms.terms_url, contact=terms.contact)
