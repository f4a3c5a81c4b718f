"""A registration as it comes from the browser: files, addresses and numbers, several at once.

The browser sends each file as its SHA-256, never the file. Addresses and numbers are pasted as
lines; each line comes back once as an item with a suggested title, to be checked, and is
registered with the next click.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from mimetypes import guess_type
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from registry.errors import (
    AlreadyRegistered,
    DomainError,
    InvalidIdentifier,
    InvalidTitle,
    InvalidYear,
)
from registry.identifiers import Identifier
from registry.labels import sentence
from registry.recognition import recognise
from registry.services import texts
from registry.services.declarations import Terms
from registry.services.works import Draft
from registry.vocabulary import Choice, IdentifierKind, Medium, Usage
from registry.web.forms import MOST_HOLDERS, TermsForm, WorkForm, checked
from registry.web.presets import BY_CODE, PRESETS

#: Works in one form post; with it, a post stays below DATA_UPLOAD_MAX_NUMBER_FIELDS.
WORKS_AT_ONCE = 1_000

MEDIA_OF_KINDS = {
    IdentifierKind.ISBN: Medium.TEXT,
    IdentifierKind.DOI: Medium.TEXT,
    IdentifierKind.ISRC: Medium.AUDIO,
    IdentifierKind.ISWC: Medium.AUDIO,
}
FIELDS_OF_REFUSALS = {InvalidTitle.code: "title", InvalidYear.code: "year"}


class ItemForm(WorkForm):
    """One work to register, by the one thing it can be recognised by: `item`, as typed."""

    item = forms.CharField(label=_("Address or number"))
    field_order = ["item", "title", "medium", "year"]

    def __init__(
        self, data: dict[str, str], *, is_file: bool = False, is_new: bool = False
    ) -> None:
        """Keep whether it was made out of a file, and whether nobody has seen its title yet."""
        super().__init__(data)
        self.is_file = is_file
        self.is_new = is_new
        self.identifier: Identifier | None = None

    def clean_item(self) -> str:
        """Give the text as typed; `identifier` is what it means."""
        text = str(self.cleaned_data["item"])
        try:
            self.identifier = _recognised(text)
        except DomainError as refusal:
            raise forms.ValidationError(_unrecognised(refusal), code=refusal.code) from refusal
        return text

    def draft(self, holders: tuple[str, ...], choices: dict[Usage, Choice], terms: Terms) -> Draft:
        """Give the work to register, of a valid item."""
        return Draft(
            title=self.cleaned_data["title"],
            medium=Medium(self.cleaned_data["medium"]),
            year=self.cleaned_data["year"],
            identifiers=(self.identifier,) if self.identifier else (),
            holders=holders,
            choices=choices,
            terms=terms,
        )

    def refuse(self, refusal: DomainError) -> None:
        """Say at the right field why the registry did not take it."""
        text = sentence(refusal)
        if isinstance(refusal, AlreadyRegistered):
            address = reverse("work", args=[refusal.details["work"]])
            text = format_html('{} <a href="{}">{}</a>', text, address, gettext("Look at it"))
        self.add_error(FIELDS_OF_REFUSALS.get(refusal.code, "item"), text)

    @property
    def error(self) -> str:
        """All that is wrong with it, as HTML; of a new one, whether it is recognised."""
        fields = ["item"] if self.is_new else list(self.errors)
        wrong = (text for field in fields for text in self.errors.get(field, []))
        return format_html_join(" ", "{}", ((text,) for text in wrong))

    @property
    def row(self) -> dict[str, str]:
        """What the page shows of it, as typed."""
        return {**self.data, "sha256": self.data["item"], "error": self.error}


def items_in(post: QueryDict) -> list[ItemForm]:
    """Give the items of a form that came back: files first, then those pasted before."""
    return [*_rows(post, "", is_file=True), *_rows(post, "item_", is_file=False)]


def items_from(lines: list[str]) -> list[ItemForm]:
    """Give an item for each line, with a suggested title and medium."""
    return [ItemForm(_suggestion(line), is_new=True) for line in lines]


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _rows(post: QueryDict, prefix: str, *, is_file: bool) -> Iterator[ItemForm]:
    """Give one form per item; the fields of all items come as lists in the same order."""
    items = post.getlist("sha256" if is_file else "item")
    columns = [post.getlist(prefix + name) for name in ("title", "medium", "year")]
    for item, *rest in zip_longest(items, *columns, fillvalue=""):
        if item.strip():
            data = dict(zip(("title", "medium", "year"), rest, strict=True), item=item)
            yield ItemForm(data, is_file=is_file)


def _suggestion(line: str) -> dict[str, str]:
    try:
        identifier = _recognised(line)
    except DomainError:
        return {"item": line, "title": "", "medium": Medium.OTHER, "year": ""}
    if identifier.kind is IdentifierKind.URL:
        title, medium = _from_address(identifier.value)
    else:
        title = ""
        medium = MEDIA_OF_KINDS.get(identifier.kind, Medium.OTHER)
    return {"item": line, "title": title, "medium": medium, "year": ""}


def _recognised(text: str) -> Identifier:
    identifier = recognise(text)
    if identifier is None:
        raise InvalidIdentifier
    return identifier


def _from_address(url: str) -> tuple[str, Medium]:
    """Give a title out of the last part of the path, and the medium that its ending tells."""
    path = urlsplit(url).path
    name = PurePosixPath(unquote(path)).stem.replace("_", " ").replace("-", " ")
    kind = (guess_type(path)[0] or "").partition("/")[0]
    medium = Medium(kind) if kind in set(Medium) else Medium.OTHER
    return texts.one_line(name)[: texts.TITLE_LENGTH], medium


def _unrecognised(refusal: DomainError) -> str:
    """Give the sentence, a more helpful one where nothing at all was recognised."""
    if refusal.code == InvalidIdentifier.code:
        return gettext("This is no web address, ISBN, ISRC, ISWC, DOI or SHA-256.")
    return sentence(refusal)


class RegistrationForm(TermsForm):
    """What goes for all works of one registration, and the lines that become items."""

    lines = forms.CharField(
        label=_("Web addresses and numbers"),
        help_text=_("One per line: addresses, ISBN, ISRC, ISWC, DOI, or SHA-256 codes of files."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
    )
    holders = forms.CharField(
        label=_("Who else holds rights in it?"),
        help_text=_(
            "One name per line. As long as they have not joined, nobody can say yes for this "
            "work; a no counts at once."
        ),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    preset = forms.ChoiceField(
        label=_("What may AI do with it?"),
        choices=[*((preset.code, preset.label) for preset in PRESETS), ("", _("Say it later"))],
        required=False,
        widget=forms.RadioSelect,
    )
    field_order = ["lines", "holders", "preset", "terms_url", "contact"]

    def clean_lines(self) -> list[str]:
        """Give the lines that are not empty."""
        return _lines(self.cleaned_data["lines"])

    def clean_holders(self) -> tuple[str, ...]:
        """Give the names of those who share the works."""
        lines = _lines(self.cleaned_data["holders"])
        names = dict.fromkeys(checked(texts.name, line) for line in lines)
        if len(names) > MOST_HOLDERS:
            raise forms.ValidationError(
                _("At most %(limit)s names fit here."), params={"limit": MOST_HOLDERS}
            )
        return tuple(names)

    def clean(self) -> dict[str, Any]:
        """Ask for terms where the preset needs some."""
        self.refuse_missing_terms(self.choices)
        return self.cleaned_data

    def holders_beside(self, registrant: str) -> tuple[str, ...]:
        """Give the names of the others, should the registrant be among them."""
        names: tuple[str, ...] = self.cleaned_data["holders"]
        return tuple(name for name in names if name.casefold() != registrant.casefold())

    @property
    def choices(self) -> dict[Usage, Choice]:
        """The choices of the preset, none without one."""
        preset = BY_CODE.get(self.cleaned_data.get("preset", ""))
        return dict(preset.choices) if preset else {}
