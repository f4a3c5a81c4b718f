"""What a request asks, read strictly: a typing mistake must never become another question."""

from collections.abc import Mapping
from dataclasses import dataclass
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
from registry.errors import DomainError
from registry.identifiers import Identifier, parse
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


def items_of(value: object) -> list[Identifier | DomainError]:
    """Give each item's identifier, or its refusal in its place.

    Raises InvalidItems and TooManyItems.
    """
    if not isinstance(value, list):
        raise InvalidItems
    if not 1 <= len(value) <= MOST_ITEMS:
        raise TooManyItems(limit=MOST_ITEMS)
    return [_identifier_or_refusal(item) for item in value]


def as_of(at: object, tree_size: object) -> AsOf:
    """Give the moment asked about; raise InvalidMoment."""
    if at is not None and tree_size is not None:
        raise InvalidMoment
    return AsOf(
        at=None if at is None else _time(at),
        tree_size=None if tree_size is None else _size(tree_size),
    )


def _identifier_or_refusal(item: Any) -> Identifier | DomainError:
    try:
        return identifier_of(item)
    except DomainError as refusal:
        return refusal


def _time(value: object) -> datetime:
    try:
        moment = parse_datetime(value) if isinstance(value, str) else None
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
