"""Texts as people type them, made fit to store and to show on one line."""

import re
import unicodedata

from registry.errors import InvalidCharacters, InvalidName, InvalidTitle

NAME_LENGTH = 200
TITLE_LENGTH = 300

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def storable(text: str) -> str:
    """Give the text in NFC; raise InvalidCharacters for what UTF-8 or PostgreSQL cannot hold."""
    if "\x00" in text or _SURROGATE.search(text):
        raise InvalidCharacters
    return unicodedata.normalize("NFC", text)


def one_line(text: str) -> str:
    """Give the text with every run of white space and control characters as one space."""
    return " ".join(_CONTROL.sub(" ", storable(text)).split())


def name(text: str) -> str:
    """Give a public name; raise InvalidName if it is empty or too long."""
    line = one_line(text)
    if not 1 <= len(line) <= NAME_LENGTH:
        raise InvalidName
    return line


def title(text: str) -> str:
    """Give a title; raise InvalidTitle if it is empty or too long."""
    line = one_line(text)
    if not 1 <= len(line) <= TITLE_LENGTH:
        raise InvalidTitle
    return line
