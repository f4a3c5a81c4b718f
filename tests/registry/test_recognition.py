"""What people paste is recognised for what it is, or asked about, never guessed."""

import pytest

from registry.errors import (
    DomainError,
    InvalidCheckDigit,
    InvalidHash,
    InvalidIdentifier,
    InvalidUrl,
    UrlTooLong,
)
from registry.recognition import read, recognise
from registry.vocabulary import IdentifierKind

HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        (HASH, IdentifierKind.SHA256, HASH),
        (f"  {HASH.upper()}\n", IdentifierKind.SHA256, HASH),
        ("https://example.org/Harbour.jpg", IdentifierKind.URL, "https://example.org/Harbour.jpg"),
        ("HTTP://EXAMPLE.ORG", IdentifierKind.URL, "https://example.org/"),
        ("example.org/harbour.jpg", IdentifierKind.URL, "https://example.org/harbour.jpg"),
        ("www.example.org", IdentifierKind.URL, "https://www.example.org/"),
        ("example.org:8080/a?b=c#d", IdentifierKind.URL, "https://example.org:8080/a?b=c"),
        ("0-306-40615-2", IdentifierKind.ISBN, "9780306406157"),
        ("ISBN 978-0-306-40615-7", IdentifierKind.ISBN, "9780306406157"),
        ("GB-AYE-06-01498", IdentifierKind.ISRC, "GBAYE0601498"),
        ("T-034.524.680-1", IdentifierKind.ISWC, "T0345246801"),
        ("10.1000/182", IdentifierKind.DOI, "10.1000/182"),
        ("https://doi.org/10.1000/182", IdentifierKind.DOI, "10.1000/182"),
        ("doi:10.1000/ABC", IdentifierKind.DOI, "10.1000/abc"),
    ],
)
def test_what_is_clear_is_recognised(text: str, kind: IdentifierKind, value: str) -> None:
    found = recognise(text)
    assert found is not None
    assert (found.kind, found.value) == (kind, value)


@pytest.mark.parametrize(
    "text",
    ["harbour.jpg", "example.org", "harbour", "0", "-1", "1/0", "javascript:alert(1)", "a b/c", ""],
)
def test_what_is_not_clear_is_asked_about(text: str) -> None:
    assert recognise(text) is None


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        (HASH[:-1], InvalidHash),
        (HASH + "0", InvalidHash),
        ("0-306-40615-3", InvalidCheckDigit),
        ("T-034.524.680-2", InvalidCheckDigit),
        ("ftp://example.org/", InvalidUrl),
        ("https://", InvalidUrl),
        ("https://maya:secret@example.org/", InvalidUrl),
        ("https://example.org/" + "a" * 8_000, UrlTooLong),
    ],
)
def test_a_clear_mistake_is_named(text: str, refusal: type[DomainError]) -> None:
    with pytest.raises(refusal):
        recognise(text)


def test_an_address_may_be_typed_without_its_scheme() -> None:
    assert read(IdentifierKind.URL, "example.org").value == "https://example.org/"


@pytest.mark.parametrize("text", ["mailto:maya@example.org", "urn:isbn:x.y", "maya@example.org"])
def test_a_scheme_is_not_added_to_something_else(text: str) -> None:
    with pytest.raises(InvalidIdentifier):
        read(IdentifierKind.URL, text)
