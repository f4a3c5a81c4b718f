"""What somebody means who pastes an address, a number or a hash without saying which it is."""

import re

from registry.errors import InvalidCheckDigit, InvalidIdentifier
from registry.identifiers import Identifier, parse
from registry.vocabulary import IdentifierKind

#: No text is two of these; a link to a DOI's resolver is a DOI, so addresses come afterwards.
_NUMBERS = (
    IdentifierKind.SHA256,
    IdentifierKind.DOI,
    IdentifierKind.ISBN,
    IdentifierKind.ISRC,
    IdentifierKind.ISWC,
    IdentifierKind.ISCC,
)
_SCHEME = "://"
#: An address as people type it: a host with a dot, then perhaps a path.
_HOST_AND_PATH = re.compile(r"[^\s/:?#@]+\.[^\s/:?#@.]+(?:[/:?#]\S*)?")
#: Without a path it might be the name of a file, unless it says that it is on the web.
_SURE_ADDRESS = re.compile(r"(?i:www\.)\S+|[^\s/]+/\S*")
_CUT_OR_LONG_HASH = re.compile(r"[0-9A-Fa-f]{20,}")


def read(kind: IdentifierKind, text: str) -> Identifier:
    """Give the identifier that the text means as `kind`; raise an InvalidIdentifier.

    A web address may lack its scheme, as people type it.
    """
    if kind is IdentifierKind.URL and _HOST_AND_PATH.fullmatch(text):
        text = f"https{_SCHEME}{text}"
    return parse(kind, text)


def recognise(text: str) -> Identifier | None:
    """Give what the text means, or None where only whoever pasted it can tell.

    Raises InvalidIdentifier where its kind is clear and a mistake is in it.
    """
    for kind in _NUMBERS:
        try:
            return read(kind, text)
        except InvalidCheckDigit:
            raise
        except InvalidIdentifier:
            continue
    if _CUT_OR_LONG_HASH.fullmatch(text):
        return read(IdentifierKind.SHA256, text)
    return read(IdentifierKind.URL, text) if _is_surely_address(text) else None


def _is_surely_address(text: str) -> bool:
    is_typed = _HOST_AND_PATH.fullmatch(text) and _SURE_ADDRESS.fullmatch(text)
    return _SCHEME in text or bool(is_typed)
