"""The French is complete, keeps what the English holds, is well set, and is on every page."""

import os
import re
import shutil
import struct
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import allauth
import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import translation

from config import borrowed_texts
from config.bootstrap import PROJECT
from consent.statuses import catalogue as problem_catalogue
from registry.models import Rightsholder, Work
from registry.vocabulary import Choice, Usage

FRENCH = PROJECT / "config" / "locale" / "fr" / "LC_MESSAGES"
SOURCES = ("config", "consent", "registry", "templates")

needs_gettext = pytest.mark.skipif(
    not shutil.which("msgfmt") and "CI" not in os.environ,
    reason="GNU gettext is not installed: `apt-get install gettext`",
)

#: Parts of a text that are no French: HTML, placeholders, addresses, header lines.
MARKS = re.compile(r"</?\w[^>]*>|%\(\w+\)[sd]|\{\w*\}")
CODE = re.compile(r"https?://\S*|Authorization: (?:Bearer|API)|Content-Type: application/json")
FAULTS = {
    "a straight apostrophe": re.compile(r"'"),
    "a straight or an English quotation mark": re.compile(r'["“”]'),
    "three dots for an ellipsis": re.compile(r"\.\.\."),
    "no narrow no-break space (U+202F) before it": re.compile(r"(?<!\u202f)[;!?](?=\W|$)"),
    "no no-break space (U+00A0) before a colon": re.compile(r"(?<!\u00a0):(?=\s|$)"),
    "no no-break space (U+00A0) after «": re.compile(r"«(?!\u00a0)"),
    "no no-break space (U+00A0) before »": re.compile(r"(?<!\u00a0)»"),
}

STRANGERS_PAGES = [
    "home",
    "statement",
    "signatories",
    "mails",
    "account_signup",
    "account_login",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
    "account_email_verification_sent",
    "consent:check",
    "consent:firm",
    "consent:docs",
    "consent:reference",
    "consent:problems",
]
MAYAS_PAGES = [
    "works",
    "register_works",
    "catalogue",
    "account_settings",
    "account_logout",
    "statement",
    "consent:firm",
]
WORKS_PAGES = ["work", "record", "correct_work", "remove_work"]


def catalogue(compiled: Path) -> dict[str, list[str]]:
    """Give the texts of an .mo file: the singular, NUL, the plural -> every form."""
    content = compiled.read_bytes()
    magic, _, count, *tables = struct.unpack_from("<5I", content)
    assert magic == 0x950412DE
    texts = []
    for table in tables:
        places = struct.iter_unpack("<2I", content[table : table + 8 * count])
        texts.append([content[start : start + size].decode() for size, start in places])
    return {key: value.split("\0") for key, value in zip(*texts, strict=True) if key}


def compile_po(po: Path, to: Path) -> dict[str, list[str]]:
    """Give the texts of a .po file that are translated and not fuzzy."""
    subprocess.run(["msgfmt", "--check-format", "-o", to, po], check=True)
    return catalogue(to)


@pytest.fixture(scope="module")
def french() -> dict[str, list[str]]:
    """The French that the pages use."""
    return catalogue(FRENCH / "django.mo")


@needs_gettext
def test_every_text_has_its_french(
    french: dict[str, list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in SOURCES:
        shutil.copytree(
            PROJECT / folder,
            tmp_path / folder,
            ignore=shutil.ignore_patterns("locale", "static", "__pycache__"),
        )
    locale = tmp_path / "config" / "locale"
    locale.mkdir()
    monkeypatch.chdir(tmp_path)
    with override_settings(LOCALE_PATHS=[locale]):
        call_command("makemessages", locale=["fr"], keep_pot=True, verbosity=0)
    english = tmp_path / "english.po"
    subprocess.run(["msgen", "-o", english, locale / "django.pot"], check=True)
    missing = compile_po(english, tmp_path / "english.mo").keys() - french.keys()
    assert not missing, "run makemessages, translate these, run compilemessages"


@needs_gettext
def test_the_compiled_french_is_that_of_the_source(
    french: dict[str, list[str]], tmp_path: Path
) -> None:
    assert compile_po(FRENCH / "django.po", tmp_path / "django.mo") == french


def test_what_is_said_otherwise_is_still_what_allauth_says(
    french: dict[str, list[str]],
) -> None:
    theirs = catalogue(Path(allauth.__path__[0]) / "locale/fr/LC_MESSAGES/django.mo")
    for text in borrowed_texts.TEXTS:
        assert text in theirs
        with translation.override("fr"):
            assert translation.gettext(text) == french[text][0] != theirs[text][0]


def test_the_french_keeps_placeholders_and_html(french: dict[str, list[str]]) -> None:
    for english, forms in french.items():
        singular_and_plural = english.partition("\4")[2] or english
        for source, form in zip(singular_and_plural.split("\0"), forms, strict=True):
            assert sorted(MARKS.findall(form)) == sorted(MARKS.findall(source)), source


def test_the_french_is_well_set(french: dict[str, list[str]]) -> None:
    found = [
        (fault, form)
        for forms in french.values()
        for form in forms
        for fault, pattern in FAULTS.items()
        if pattern.search(CODE.sub("x", MARKS.sub("x", form)))
    ]
    assert not found


class Texts(HTMLParser):
    """Collects the texts of a page, and what its attributes tell people."""

    def __init__(self) -> None:
        """Start with none."""
        super().__init__()
        self.found: set[str] = set()
        self.is_code = False  # the API's own words, which are the same in every language

    def handle_data(self, data: str) -> None:
        """Take a text."""
        if not self.is_code:
            self.found.add(data.strip())

    def handle_endtag(self, tag: str) -> None:
        """Notice the end of code."""
        self.is_code = self.is_code and tag != "code"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take the attributes that are read aloud or shown."""
        self.is_code = self.is_code or tag == "code"
        shown = {"aria-label", "placeholder", "title", "data-label", "content", "alt"}
        self.found |= {str(value).strip() for name, value in attrs if name in shown}


def left_in_english(page: str, french: dict[str, list[str]]) -> set[str]:
    """Give the texts of a page that have a French of their own, and stand there in English."""
    texts = Texts()
    texts.feed(page)
    return {text for text in texts.found if french.get(text, [text]) != [text]}


def read(client: Client, address: str, french: dict[str, list[str]], status: int = 200) -> str:
    """Give a page after looking whether all of it is French."""
    answer = client.get(address, headers={"Accept-Language": "fr"})
    assert answer.status_code == status, address
    page = answer.content.decode()
    assert '<html lang="fr"' in page
    assert not left_in_english(page, french), address
    return page


@pytest.fixture
def _nothing_cached(db: None) -> None:
    """Forget the figures of the test before."""
    cache.clear()


pages = pytest.mark.usefixtures("_nothing_cached")


@pytest.fixture
def harbour(maya: Rightsholder, register, publish) -> Work:
    """A published work of Maya's, shared, with a choice of every sort."""
    work = register(
        maya,
        "Harbour",
        choices={
            Usage.GENERATIVE_TRAINING: Choice.REFUSE,
            Usage.SEARCH: Choice.ALLOW,
        },
        holders=("Rui",),
    )
    publish()
    return work


@pages
@pytest.mark.parametrize("name", STRANGERS_PAGES)
def test_strangers_read_french(
    client: Client, french: dict[str, list[str]], harbour: Work, name: str
) -> None:
    read(client, reverse(name), french)


@pages
def test_mayas_pages_are_french(
    client: Client, french: dict[str, list[str]], maya: Rightsholder, harbour: Work
) -> None:
    client.force_login(maya.members.get())
    client.post(reverse("set_language"), {"language": "fr", "next": "/"})
    for name in MAYAS_PAGES:
        read(client, reverse(name), french)
    for name in WORKS_PAGES:
        page = read(client, reverse(name, args=[harbour.id]), french)
        assert "Harbour" in page


@pages
def test_answers_are_french(client: Client, french: dict[str, list[str]], harbour: Work) -> None:
    digest = harbour.identifiers.get().value
    assert "Non" in read(client, f"{reverse('consent:check')}?sha256={digest}", french)
    read(client, f"{reverse('consent:check')}?sha256={'0' * 64}", french)


@pages
def test_every_refusal_is_french(client: Client, french: dict[str, list[str]]) -> None:
    for code in problem_catalogue():
        read(client, reverse("consent:problem", args=[code]), french)
    read(client, "/nowhere/", french, status=404)


def test_nothing_is_singular_in_french() -> None:
    with translation.override("fr"):
        counted = [translation.ngettext("%(number)s work", "%(number)s works", n) for n in (0, 2)]
    assert counted == ["%(number)s œuvre", "%(number)s œuvres"]
