"""Alternating rounds, so that whatever else the machine does falls on both sides alike."""

import time
from collections.abc import Callable, Sequence
from statistics import median
from typing import TypeVar

ROUNDS = 5
Figure = TypeVar("Figure")


def alternating(*subjects: Callable[[], Figure], rounds: int = ROUNDS) -> tuple[list[Figure], ...]:
    """Measure every subject once a round, each round in the other order; give each one's rounds."""
    measured: tuple[list[Figure], ...] = tuple([] for _ in subjects)
    order = list(range(len(subjects)))
    for _ in range(rounds):
        for number in order:
            measured[number].append(subjects[number]())
        order.reverse()
    return measured


def ratio(ours: Sequence[float], rivals: Sequence[float]) -> float:
    """Give the median of what each round's two figures make."""
    return median(our / rival for our, rival in zip(ours, rivals, strict=True))


def seconds(work: Callable[[], object]) -> float:
    """Give how long the work takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
