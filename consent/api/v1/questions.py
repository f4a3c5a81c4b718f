"""What a request asks, read strictly: a typing mistake must never become another question."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils.dateparse import parse_datetime

from consent.errors import (
    InvalidItems,
    InvalidMoment,
    OneIdentifier,
    RepeatedParameter,
    TooManyItems,
    UnknownParameter,
    UnknownUsage,
)
from registry.errors import DomainError, InvalidHash
from registry.identifiers import Hashes, Identifier, parse, parse_hashes
from registry.vocabulary import IdentifierKind, Usage

MOST_ITEMS = 10_000
LARGEST_TREE = 2**63 - 1
KINDS = ", ".join(IdentifierKind)


@dataclass(frozen=True, slots=True)
class AsOf:
    """The moment asked about: the present without either."""

    at: datetime | None = None
    tree_size: int | None = None


def only(names: set[str], given: QueryDict) -> dict[str, str]:
    """Give the parameters; raise UnknownParameter or RepeatedParameter."""
    for name, values in given.lists():
        if name not in names:
            raise UnknownParameter(name=name[:40])
        if len(values) > 1:
            raise RepeatedParameter(name=name)
    return given.dict()  # type: ignore[return-value]  # one value each, as just seen


def usage_of(value: object) -> Usage:
    """Give the usage, generative training where none is named; raise UnknownUsage (R22)."""
    if value is None:
        return Usage.GENERATIVE_TRAINING
    if not isinstance(value, str) or value not in set(Usage):
        raise UnknownUsage
    return Usage(value)


def identifier_of(item: object) -> Identifier:
    """Give the one identifier of an item; raise OneIdentifier or an InvalidIdentifier."""
    if not isinstance(item, Mapping) or len(item) != 1:
        raise OneIdentifier(kinds=KINDS)
    [(kind, value)] = item.items()
    if kind not in set(IdentifierKind) or not isinstance(value, str):
        raise OneIdentifier(kinds=KINDS)
    return parse(IdentifierKind(kind), value)


@dataclass(frozen=True, slots=True)
class Items:
    """The items of a batch: the `good` ones in order, and the refusals of the others by place."""

    good: Sequence[Identifier]
    refused: Mapping[int, DomainError] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.good) + len(self.refused)

    @property
    def places(self) -> Sequence[int]:
        """Where the good ones stand, counted from 0."""
        everywhere = range(len(self))
        return [n for n in everywhere if n not in self.refused] if self.refused else everywhere


def items_of(value: object) -> Items:
    """Give each item's identifier, or its refusal in its place.

    Raises InvalidItems and TooManyItems.
    """
    if not isinstance(value, list | Hashes):
        raise InvalidItems
    if not 1 <= len(value) <= MOST_ITEMS:
        raise TooManyItems(limit=MOST_ITEMS)
    if isinstance(value, Hashes):
        return Items(value)
    return _hashes_only(value) or _each(value)


def as_of(at: object, tree_size: object) -> AsOf:
    """Give the moment asked about; raise InvalidMoment."""
    if at is not None and tree_size is not None:
        raise InvalidMoment
    return AsOf(
        at=None if at is None else _time(at),
        tree_size=None if tree_size is None else _size(tree_size),
    )


def _hashes_only(items: list[Any]) -> Items | None:
    """Give a batch of nothing but well-formed SHA-256 hashes, all read at once."""
    try:
        if set(map(len, items)) == {1}:
            return Items(parse_hashes([item["sha256"] for item in items]))
    except (TypeError, KeyError, InvalidHash):
        pass
    return None


def _each(items: list[Any]) -> Items:
    good: list[Identifier] = []
    refused: dict[int, DomainError] = {}
    for place, item in enumerate(items):
        try:
            good.append(identifier_of(item))
        except DomainError as refusal:
            refused[place] = refusal
    return Items(good, refused)


def _time(value: object) -> datetime:
    try:
        is_text = isinstance(value, str) and value.isascii() and value.isprintable()
        moment = parse_datetime(str(value)) if is_text else None
    except ValueError as error:
        raise InvalidMoment from error
    if moment is None or moment.tzinfo is None:
        raise InvalidMoment
    return moment


def _size(value: object) -> int:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20:
        value = int(value)
    if type(value) is not int or not 0 <= value <= LARGEST_TREE:
        raise InvalidMoment
    return value
