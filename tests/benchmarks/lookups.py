"""One item over HTTP, with its receipt, beside plain views that do the same by hand."""

from collections.abc import Callable, Sequence
from functools import partial
from statistics import median

from registry.identifiers import Identifier
from tests.benchmarks import serving
from tests.benchmarks.measuring import ROUNDS, alternating, ratio
from tests.benchmarks.seeding import registered, unregistered
from tests.benchmarks.serving import LOOKUP, PLAIN_DJANGO, PLAIN_PSYCOPG, Load

ITEMS = 100
CONNECTIONS = 4
RIVALS = {
    PLAIN_DJANGO: "a plain Django view with the same SQL and one signature (goal 0.6)",
    PLAIN_PSYCOPG: "a plain Django + psycopg view with the same SQL, unsigned (G10, goal 0.45)",
}


def lookups(works: int, *, seconds: float = 3, rounds: int = ROUNDS) -> str:
    """Ask about registered items and about others; the rivals answer in the same process."""
    key = serving.new_key("lookups")
    asked = {"registered": registered(ITEMS, works), "unregistered": unregistered(ITEMS)}
    with serving.serving() as port:
        lines = []
        for name, items in asked.items():
            ask = _asker(port, key, items, seconds)
            for address in (LOOKUP, *RIVALS):
                ask(address)  # so that every process knows what to repeat
            views = [partial(ask, address) for address in (LOOKUP, *RIVALS)]
            ours, *others = alternating(*views, rounds=rounds)
            lines += [
                f"{name} items: {compared(ours, theirs)}, {rival}"
                for rival, theirs in zip(RIVALS.values(), others, strict=True)
            ]
    return "\n  ".join(["", *lines])


def compared(ours: Sequence[Load], theirs: Sequence[Load]) -> str:
    """Give the ratio of requests per second, and both sides' own figures."""
    share = ratio([each.per_second for each in ours], [each.per_second for each in theirs])
    return f"{share:.2f} ({figures(ours)}) of ({figures(theirs)})"


def figures(loads: Sequence[Load]) -> str:
    """Give requests per second and percentiles, medians of all rounds."""
    per_second = median(each.per_second for each in loads)
    middle, p99 = median(each.median for each in loads), median(each.p99 for each in loads)
    return f"{per_second:,.0f} requests/s, median {middle:.1f} ms, p99 {p99:.1f} ms"


def _asker(
    port: int, key: str, items: Sequence[Identifier], seconds: float
) -> Callable[[str], Load]:
    def ask(address: str) -> Load:
        asked = serving.paths(address, items)
        return serving.load(port, asked, key=key, connections=CONNECTIONS, seconds=seconds)

    return ask
