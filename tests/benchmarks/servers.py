"""Which web server: granian as `up` starts it, beside gunicorn's threads, on the same endpoint."""

from functools import partial

from tests.benchmarks import serving
from tests.benchmarks.lookups import ITEMS, compared
from tests.benchmarks.measuring import ROUNDS, alternating
from tests.benchmarks.seeding import registered
from tests.benchmarks.serving import GRANIAN, GUNICORN, LOOKUP

CONNECTIONS = (4, 16)


def servers(works: int, *, seconds: float = 3, rounds: int = ROUNDS) -> str:
    """Ask both servers the same, with few connections and with many."""
    key = serving.new_key("servers")
    asked = serving.paths(LOOKUP, registered(ITEMS, works))
    lines = []
    with serving.serving(GRANIAN) as granian, serving.serving(GUNICORN) as gunicorn:
        for connections in CONNECTIONS:
            ask = partial(serving.load, key=key, connections=connections, seconds=seconds)
            pair = [partial(ask, port, asked) for port in (granian, gunicorn)]
            alternating(*pair, rounds=1)  # to warm up
            ours, theirs = alternating(*pair, rounds=rounds)
            line = f"{connections} connections: granian {compared(ours, theirs)}, {GUNICORN}"
            lines.append(line)
    return "\n  ".join(["", *lines])
