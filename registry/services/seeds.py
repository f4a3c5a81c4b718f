"""What work `n` of a seed is: the same for ever, for trials and benchmarks; pure, no database.

Everything is read out of SHA-256 of the text `<seed>:<n>`, n counted from 0. Only ids, salts and
the moment of the run are fresh each time.
"""

from datetime import timedelta
from hashlib import sha256
from typing import NamedTuple

from registry.identifiers import Identifier
from registry.vocabulary import Choice, IdentifierKind, Medium, Usage

RIGHTSHOLDERS = 400
ORGANISATIONS = 40

_SHARED = 100  # the last of each hundred carries the identifier of the one before
# How many of 256 works …
_URLS = 77  # … are known by a URL, the others by a hash
_FIRM_GRANTS = 38  # … name one organisation
_ENDED_FIRM_GRANTS = 20  # … name nobody and end what was said to single firms
_NAMED_HOLDERS = 8  # … are held jointly with somebody known by name only
_KNOWN_HOLDERS = 16  # … are held jointly, with those or with another rightsholder
_REMOVED = 3  # … were removed again
_WITHDRAWN = 5  # … had their declaration withdrawn

_LEVELS = (4, 1, 3, 2, 4, 1, 3, 0)
_NO, _YES, _ASK = Choice.REFUSE, Choice.ALLOW, Choice.LICENSE
_USAGES = tuple(usage.value for usage in Usage)
_PRESETS = (
    (_NO, _NO, _NO, _NO, _NO),
    (_NO, _NO, "", "", ""),
    (_NO, _NO, _NO, _YES, _NO),
    (_ASK, _ASK, _ASK, "", _ASK),
    (_YES, _YES, "", "", ""),
    (_YES, _YES, _YES, _YES, _YES),
    (_NO, _YES, _YES, _YES, _YES),
    (_ASK, _YES, _NO, _YES, ""),
)
_CHOICES = ("", _YES, _ASK, _NO)
_DAYS = tuple(timedelta(days=days) for days in range(2000))
_STARTS = (None, None, None, None, None, None, _DAYS[10], _DAYS[400])
_LASTS = (None, None, None, None, _DAYS[20], _DAYS[90], _DAYS[365], _DAYS[1826])
_MEDIA = tuple(Medium)
_SUBJECTS = ("Harbour", "Lullaby", "Portrait", "Winter", "Letter", "Garden", "Overture", "Dune")


class Seed(NamedTuple):
    """One work: `rightsholder`, `organisation` and `other_holder` are numbers within their kind.

    The window opens `starts_after` the declaration, if that is not None, and then lasts `lasts`.
    """

    identifier: Identifier
    title: str
    medium: Medium
    year: int
    rightsholder: int
    own_name: str
    other_name: str
    other_holder: int | None
    choices: dict[str, str]
    starts_after: timedelta | None
    lasts: timedelta | None
    organisation: int | None
    ends_firm_grants: bool
    is_removed: bool
    is_withdrawn: bool


def seeded_identifier(seed: int, n: int) -> Identifier:
    """The identifier of work `n`: the SHA-256 itself or, for three works in ten, a URL.

    One in a hundred is that of the work before it, claimed by another rightsholder.
    """
    bits = _bits(seed, n - 1 if _is_shared(n) else n)
    if bits[0] < _URLS:
        value = f"https://site-{bits[1]}.example/works/{bits[2:14].hex()}"
        return Identifier(IdentifierKind.URL, value)
    return Identifier(IdentifierKind.SHA256, bits.hex())


def seeded_work(seed: int, n: int) -> Seed:
    """All that is fixed about work `n`."""
    bits = _bits(seed, n)
    rightsholder = _rightsholder(seed, n)
    is_joint = bits[16] < _KNOWN_HOLDERS
    is_joint_by_name = bits[16] < _NAMED_HOLDERS
    other = (rightsholder + 7) % RIGHTSHOLDERS
    return Seed(
        identifier=seeded_identifier(seed, n),
        title=f"{_SUBJECTS[bits[17] % len(_SUBJECTS)]} no. {n}",
        medium=_MEDIA[bits[18] % len(_MEDIA)],
        year=1950 + bits[19] % 77,
        rightsholder=rightsholder,
        own_name=rightsholder_name(seed, rightsholder),
        other_name=rightsholder_name(seed, other) if is_joint else "",
        other_holder=other if is_joint and not is_joint_by_name else None,
        choices=_choices(bits),
        starts_after=_STARTS[bits[23] % len(_STARTS)],
        lasts=_LASTS[bits[24] % len(_LASTS)],
        organisation=bits[26] % ORGANISATIONS if bits[25] < _FIRM_GRANTS else None,
        ends_firm_grants=bits[25] >= 256 - _ENDED_FIRM_GRANTS,
        is_removed=bits[27] < _REMOVED,
        is_withdrawn=bits[28] < _WITHDRAWN,
    )


def seeded_level(rightsholder: int) -> int:
    """The evidence level, 0 to 4, at which a rightsholder ends up."""
    return _LEVELS[rightsholder % len(_LEVELS)]


def seeded_catalogue(rightsholder: int) -> dict[str, str]:
    """What a rightsholder declares on the whole catalogue, by usage; nothing for three of four."""
    if rightsholder % 4:
        return {}
    return _named(_PRESETS[rightsholder // 4 % len(_PRESETS)])


def rightsholder_name(seed: int, rightsholder: int) -> str:
    """The public name of a rightsholder."""
    return f"Rightsholder {rightsholder} of seed {seed}"


def organisation_name(seed: int, organisation: int) -> str:
    """The name of an organisation."""
    return f"Organisation {organisation} of seed {seed}"


def _bits(seed: int, n: int) -> bytes:
    return sha256(f"{seed}:{n}".encode()).digest()


def _is_shared(n: int) -> bool:
    return n % _SHARED == _SHARED - 1


def _rightsholder(seed: int, n: int) -> int:
    if _is_shared(n):
        return (_rightsholder(seed, n - 1) + 1) % RIGHTSHOLDERS
    return int.from_bytes(_bits(seed, n)[14:16], "big") % RIGHTSHOLDERS


def _choices(bits: bytes) -> dict[str, str]:
    """A preset, or for every other work anything; a usage that is not named is left out."""
    if bits[20] % 2:
        return _named(_PRESETS[bits[21] % len(_PRESETS)])
    digits = int.from_bytes(bits[21:23], "big")
    drawn = tuple(_CHOICES[digits >> 2 * place & 3] for place in range(len(_USAGES)))
    return _named(drawn) or _named(_PRESETS[0])


def _named(choices: tuple[str, ...]) -> dict[str, str]:
    return {usage: choice for usage, choice in zip(_USAGES, choices, strict=True) if choice}
