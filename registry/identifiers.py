"""Canonical forms and keys of everything a work can be recognised by exactly; pure, no database."""

import re
from base64 import b32decode, b32encode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import overload
from urllib.parse import unquote

import can_ada
import tldextract
from stdnum import isbn as stdnum_isbn
from stdnum import isrc as stdnum_isrc
from stdnum.exceptions import InvalidChecksum, ValidationError

from registry.errors import (
    InvalidCheckDigit,
    InvalidHash,
    InvalidIdentifier,
    InvalidLocation,
    InvalidUrl,
    LocationTooDeep,
    NotADomain,
    PublicSuffix,
    UrlTooLong,
)
from registry.vocabulary import IdentifierKind, Scope

SHA256_OF_NOTHING = sha256().hexdigest()
#: Octets of a canonical URL: what RFC 9110 section 4.1 asks every recipient to take.
MAX_URL_LENGTH = 8_000
#: Characters of a DOI; the standard names no limit, the longest in use stay far below.
MAX_DOI_LENGTH = 2_048
#: Characters of a numbered identifier as people type it, with label and separators.
MAX_NUMBER_LENGTH = 64
#: Path segments that a location may have; deeper URLs still match their shallower prefixes.
MAX_PREFIX_DEPTH = 16

KEY_SIZE = 32
_AUTHORITY = len("https://")  # where it starts in a canonical URL
_HASH_DIGITS = 2 * KEY_SIZE
_ISCC_PREFIX = "ISCC:"
#: Base32 digits of the shortest unit (32 bits) and the longest code (five units) of ISO 24138.
_ISCC_DIGITS = range(10, 69)
_ISWC_DIGITS = 9
_DOI_RESOLVERS = tuple(
    scheme + host + "/"
    for scheme in ("https://", "http://", "")
    for host in ("doi.org", "dx.doi.org", "www.doi.org")
)
#: ISO 26324: directory indicator, registrant code with optional divisions, suffix.
_DOI_SHAPE = re.compile(r"10\.[0-9]{4,9}(?:\.[0-9]+)*/[^\s]+")
_ASCII_LOWER = {ord(letter): letter.lower() for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
#: The ports of http and https, which are one scheme here.
_DEFAULT_PORTS = ("", "80", "443")
_MAX_HOST_LENGTH = 253
_MAX_LABEL_LENGTH = 63
#: Whatever RFC 3986 does not let stand as it is in a path or query, and every escape.
_TO_NORMALISE = re.compile(r"%[0-9A-Fa-f]{2}|[^A-Za-z0-9\-._~!$&'()*+,;=:@/?]")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
#: The bundled Public Suffix List, never fetched; private suffixes count, so that one customer
#: of a hosting service never speaks for another.
_SUFFIXES = tldextract.TLDExtract(
    cache_dir=None, suffix_list_urls=(), include_psl_private_domains=True
)


@dataclass(frozen=True, slots=True)
class Identifier:
    """An identifier in its canonical form; make it with `parse`."""

    kind: IdentifierKind
    value: str

    @property
    def key(self) -> bytes:
        """The 32 bytes it is stored and found under: a SHA-256 as it is, else one of the text."""
        if self.kind is IdentifierKind.SHA256:
            return bytes.fromhex(self.value)
        return sha256(f"{self.kind}:{self.value}".encode()).digest()


class Hashes(Sequence[Identifier]):
    """Many SHA-256 identifiers in a row, kept as their octets: 32 each, in `octets`."""

    def __init__(self, octets: bytes) -> None:
        """Keep the octets; raise InvalidHash where they are no multiple of 32."""
        if len(octets) % KEY_SIZE:
            raise InvalidHash
        self.octets = octets

    def __len__(self) -> int:
        return len(self.octets) // KEY_SIZE

    def __iter__(self) -> Iterator[Identifier]:
        digits = self.octets.hex()
        for start in range(0, len(digits), _HASH_DIGITS):
            yield Identifier(IdentifierKind.SHA256, digits[start : start + _HASH_DIGITS])

    @overload
    def __getitem__(self, place: int) -> Identifier: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Identifier]: ...
    def __getitem__(self, place: int | slice) -> Identifier | Sequence[Identifier]:
        if isinstance(place, slice):
            return [self[n] for n in range(*place.indices(len(self)))]
        start = range(0, len(self.octets), KEY_SIZE)[place]
        return Identifier(IdentifierKind.SHA256, self.octets[start : start + KEY_SIZE].hex())


@dataclass(frozen=True, slots=True)
class LocationKeys:
    """The locations that a URL lies in.

    `prefixes` are canonical URLs without query and closing slash, the longest first, none for the
    root; `host` carries no port; `domain` is None for addresses and for public suffixes.
    """

    prefixes: tuple[str, ...]
    host: str
    domain: str | None


def parse(kind: IdentifierKind, text: str) -> Identifier:
    """The identifier that `text` means as `kind`; raises a kind of InvalidIdentifier otherwise."""
    return Identifier(kind, _CANONICAL[kind](text))


def parse_hashes(texts: Sequence[str]) -> Hashes:
    """The SHA-256 identifiers that all the texts mean; raises InvalidHash if one means none.

    Stricter than `parse`: no text may have spaces around its 64 digits.
    """
    if set(map(len, texts)) != {_HASH_DIGITS}:
        raise InvalidHash
    try:
        octets = bytes.fromhex("".join(texts))
    except ValueError:
        raise InvalidHash from None
    if len(octets) != len(texts) * KEY_SIZE:  # `fromhex` skips spaces
        raise InvalidHash
    return Hashes(octets)


def keys_of(items: Sequence[Identifier]) -> bytes:
    """The keys of all items in a row, 32 octets each."""
    if isinstance(items, Hashes):
        return items.octets
    return b"".join(item.key for item in items)


def location_keys(url: Identifier) -> LocationKeys:
    """The path prefixes, host and registrable domain of a parsed URL, for location scopes."""
    value = url.value.encode()
    start = value.index(b"/", _AUTHORITY)
    host = _without_port(value[_AUTHORITY:start].decode())
    prefixes = tuple(value[:end].decode() for end in _prefix_ends(value, start))
    return LocationKeys(prefixes, host, registrable_domain(host))


class LocationKeyring:
    """The keys of the locations that many URLs lie in; each prefix, host and domain hashed once."""

    def __init__(self) -> None:
        """Start knowing nothing."""
        self._of_prefix: dict[bytes, bytes] = {}
        self._of_authority: dict[bytes, list[bytes]] = {}
        self._of_domain: dict[str, bytes] = {}

    def keys(self, url: Identifier) -> list[bytes]:
        """The keys of all that `location_keys` gives of a parsed URL, in that order."""
        value = url.value.encode()
        start = value.index(b"/", _AUTHORITY)
        known = self._of_prefix
        keys = []
        for end in _prefix_ends(value, start):
            prefix = value[:end]
            key = known.get(prefix)
            if key is None:
                key = known[prefix] = sha256(b"url:" + prefix).digest()
            keys.append(key)
        authority = value[_AUTHORITY:start]
        if authority not in self._of_authority:
            self._of_authority[authority] = self._site_keys(authority.decode())
        keys += self._of_authority[authority]
        return keys

    def _site_keys(self, authority: str) -> list[bytes]:
        host = _without_port(authority)
        domain = registrable_domain(host)
        keys = [location_key(Scope.HOST, host)]
        if domain and domain not in self._of_domain:
            self._of_domain[domain] = location_key(Scope.DOMAIN, domain)
        return [*keys, self._of_domain[domain]] if domain else keys


def location_key(scope: Scope, value: str) -> bytes:
    """The 32 bytes that a location in its canonical form is stored and found under."""
    return sha256(f"{scope}:{value}".encode()).digest()


def canonical_location(scope: Scope, text: str) -> str:
    """A location as `location_keys` names it: the prefix of a URL, a host, or a domain.

    Raises InvalidLocation, LocationTooDeep, PublicSuffix, NotADomain, or a kind of InvalidUrl.
    """
    if scope is Scope.URL:
        return _canonical_prefix(text)
    host = _bare_host(text)
    domain = registrable_domain(host)
    if scope is Scope.DOMAIN and (is_address(host) or domain not in (None, host)):
        raise NotADomain
    if domain is None and not is_address(host):
        raise PublicSuffix(host=host)
    return host


def is_address(host: str) -> bool:
    """Whether a canonical host is an IP address, which nobody registers."""
    return host.startswith("[") or bool(_SUFFIXES.extract_str(host).ipv4)


@lru_cache(maxsize=65_536)
def registrable_domain(host: str) -> str | None:
    """The domain that somebody registered above `host` (publicsuffix.org algorithm), or None.

    `host` is canonical. None for IP addresses, single labels and public suffixes themselves.
    """
    found = _SUFFIXES.extract_str(host)
    if found.suffix:
        return found.top_domain_under_public_suffix or None
    if found.ipv4 or host.startswith("[") or not found.subdomain:
        return None
    return f"{found.subdomain.rpartition('.')[2]}.{found.domain}"  # no rule: the rule "*"


def canonical_hash(text: str) -> str:
    """A SHA-256 or PDQ as 64 lower-case hexadecimal digits; raises InvalidHash."""
    digits = text.strip()
    try:
        is_hash = len(digits) == _HASH_DIGITS and len(bytes.fromhex(digits)) * 2 == _HASH_DIGITS
    except ValueError:
        is_hash = False
    if not is_hash:
        raise InvalidHash
    return digits.lower()


def canonical_url(text: str) -> str:
    """An http(s) URL in the registry's one form: `https://`, host, path, query.

    WHATWG parsing; scheme, default ports, fragment and an empty query make no difference, nor do
    the ways of percent-encoding (RFC 3986 section 6.2.2). Credentials are refused. Raises
    InvalidUrl or UrlTooLong.
    """
    if len(text) > MAX_URL_LENGTH:
        raise UrlTooLong(limit=MAX_URL_LENGTH)
    try:
        text.encode()  # the parser answers lone surrogates with a TypeError
        url = can_ada.parse(text)
    except ValueError:
        raise InvalidUrl from None
    if url.protocol not in ("https:", "http:") or url.has_credentials():
        raise InvalidUrl
    host = _canonical_host(url.hostname)
    port = "" if url.port in _DEFAULT_PORTS else f":{url.port}"
    value = f"https://{host}{port}{_normalised(url.pathname)}{_normalised(url.search)}"
    if len(value) > MAX_URL_LENGTH:
        raise UrlTooLong(limit=MAX_URL_LENGTH)
    return value


def canonical_isbn(text: str) -> str:
    """An ISBN as 13 digits (ISO 2108); ISBN-10 is converted, ISMN (979-0) is not an ISBN."""
    number = _compact(IdentifierKind.ISBN, text, stdnum_isbn.compact)
    value = _checked(IdentifierKind.ISBN, number, stdnum_isbn.validate)
    value = stdnum_isbn.to_isbn13(value)
    if value.startswith("9790"):
        raise InvalidIdentifier(kind=IdentifierKind.ISBN)
    return value


def canonical_isrc(text: str) -> str:
    """An ISRC as 12 upper-case characters (ISO 3901), which has no check digit."""
    number = _compact(IdentifierKind.ISRC, text, stdnum_isrc.compact)
    return _checked(IdentifierKind.ISRC, number, stdnum_isrc.validate)


def canonical_iswc(text: str) -> str:
    """An ISWC as T and 10 digits (ISO 15707), the last one checked."""
    number = _compact(IdentifierKind.ISWC, text, _compact_iswc)
    digits = number[1:]
    if number[:1] != "T" or len(digits) != _ISWC_DIGITS + 1 or not digits.isdecimal():
        raise InvalidIdentifier(kind=IdentifierKind.ISWC)
    total = 1 + sum(place * int(digit) for place, digit in enumerate(digits[:-1], start=1))
    if (total + int(digits[-1])) % 10:
        raise InvalidCheckDigit(kind=IdentifierKind.ISWC)
    return number


def canonical_doi(text: str) -> str:
    """A DOI in lower case (ISO 26324: ASCII letters have no case), resolver and label removed."""
    if len(text) > MAX_DOI_LENGTH:
        raise InvalidIdentifier(kind=IdentifierKind.DOI)
    value = _without_resolver(_without_label(IdentifierKind.DOI, text.strip()))
    if not _DOI_SHAPE.fullmatch(value) or not value.isprintable():
        raise InvalidIdentifier(kind=IdentifierKind.DOI)
    return value.translate(_ASCII_LOWER)


def canonical_iscc(text: str) -> str:
    """An ISCC as `ISCC:` and upper-case base32 without padding (ISO 24138)."""
    value = text.strip().upper()
    digits = value.removeprefix(_ISCC_PREFIX)
    if digits == value or not text.isascii() or not _is_canonical_base32(digits):
        raise InvalidIdentifier(kind=IdentifierKind.ISCC)
    return value


_CANONICAL: dict[IdentifierKind, Callable[[str], str]] = {
    IdentifierKind.SHA256: canonical_hash,
    IdentifierKind.URL: canonical_url,
    IdentifierKind.ISBN: canonical_isbn,
    IdentifierKind.ISRC: canonical_isrc,
    IdentifierKind.ISWC: canonical_iswc,
    IdentifierKind.DOI: canonical_doi,
    IdentifierKind.ISCC: canonical_iscc,
    IdentifierKind.PDQ: canonical_hash,
}


def _is_canonical_base32(digits: str) -> bool:
    if len(digits) not in _ISCC_DIGITS:
        return False
    padded = digits + "=" * (-len(digits) % 8)
    try:
        return b32encode(b32decode(padded)).decode() == padded  # no stray bits at the end
    except ValueError:
        return False


def _canonical_host(host: str) -> str:
    host = host.removesuffix(".")
    if not host or len(host) > _MAX_HOST_LENGTH:
        raise InvalidUrl
    if any(not 0 < len(label) <= _MAX_LABEL_LENGTH for label in host.split(".")):
        raise InvalidUrl
    return host


def _normalised(part: str) -> str:
    return _TO_NORMALISE.sub(_normalised_character, part)


def _normalised_character(found: re.Match[str]) -> str:
    text = found.group()
    if len(text) == 1:
        return f"%{ord(text):02X}"
    character = chr(int(text[1:], 16))
    return character if character in _UNRESERVED else text.upper()


def _without_port(authority: str) -> str:
    if authority.endswith("]"):  # an IPv6 address without a port
        return authority
    host, _, _ = authority.rpartition(":")
    return host or authority


def _canonical_prefix(text: str) -> str:
    url = canonical_url(text)
    value = url.removesuffix("/")
    prefixes = location_keys(Identifier(IdentifierKind.URL, url)).prefixes
    if "?" in url or value.endswith("/") or not prefixes:
        raise InvalidLocation
    if prefixes[0] != value:
        raise LocationTooDeep(limit=MAX_PREFIX_DEPTH)
    return value


def _bare_host(text: str) -> str:
    try:
        url = canonical_url(f"https://{text.strip()}/")
    except InvalidUrl:
        raise InvalidLocation from None
    host = location_keys(Identifier(IdentifierKind.URL, url)).host
    if url != f"https://{host}/":
        raise InvalidLocation
    return host


def _prefix_ends(value: bytes, start: int) -> list[int]:
    """Where the path prefixes of a canonical URL end whose path starts at `start`, deepest first.

    A prefix ends at a slash, or where the path does.
    """
    query = value.find(b"?", start)
    stop = len(value) if query < 0 else query
    ends: list[int] = []
    end = value.find(b"/", start + 1, stop)
    while end >= 0 and len(ends) < MAX_PREFIX_DEPTH:
        ends.append(end)
        end = value.find(b"/", end + 1, stop)
    if len(ends) < MAX_PREFIX_DEPTH and not value.endswith(b"/", start, stop):
        ends.append(stop)
    ends.reverse()
    return ends


def _compact(kind: IdentifierKind, text: str, compact: Callable[[str], str]) -> str:
    if len(text) > MAX_NUMBER_LENGTH:
        raise InvalidIdentifier(kind=kind)
    number = compact(_without_label(kind, text.strip()))
    if not (number.isascii() and number.isalnum()):
        raise InvalidIdentifier(kind=kind)
    return number


def _compact_iswc(text: str) -> str:
    return text.upper().replace("-", "").replace(".", "").replace(" ", "")


def _checked(kind: IdentifierKind, number: str, validate: Callable[[str], str]) -> str:
    try:
        return validate(number)
    except InvalidChecksum:
        raise InvalidCheckDigit(kind=kind) from None
    except ValidationError:
        raise InvalidIdentifier(kind=kind) from None


def _without_label(kind: IdentifierKind, text: str) -> str:
    label, rest = text[: len(kind)], text[len(kind) :]
    if label.lower() == kind and rest[:1] in (":", " "):
        return rest[1:].strip()
    return text


def _without_resolver(text: str) -> str:
    start = text[: len("https://www.doi.org/")].lower()
    for resolver in _DOI_RESOLVERS:
        if start.startswith(resolver):
            try:
                return unquote(text[len(resolver) :], errors="strict")
            except UnicodeDecodeError:
                return ""
    return text
