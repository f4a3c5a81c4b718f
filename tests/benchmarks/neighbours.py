"""Whether a firm notices that another one asks for far more than it may."""

from statistics import median

from tests.benchmarks import serving
from tests.benchmarks.measuring import ROUNDS, alternating, ratio
from tests.benchmarks.seeding import registered
from tests.benchmarks.serving import LOOKUP, Load

ITEMS = 100
RATE = 30  # questions a second of the firm that stays within its quota
QUOTA = 10  # items a second of the other one
TIMES = 20  # what it sends, in quotas
CONNECTIONS = 8  # of either


def neighbours(works: int, *, seconds: float = 10, rounds: int = ROUNDS) -> str:
    """Ask at a fixed rate, in quiet rounds alone, in noisy ones beside twenty times a quota."""
    asked = serving.paths(LOOKUP, registered(ITEMS, works))
    quiet_key = serving.new_key("quiet")
    noisy_key = serving.new_key("noisy", items=QUOTA * 3600, burst=QUOTA)
    noise: list[Load] = []

    with serving.serving() as port:

        def alone() -> Load:
            with serving.sending(
                port, asked, key=quiet_key, connections=CONNECTIONS, seconds=seconds, rate=RATE
            ) as sent:
                pass
            return sent[0].answered()

        def beside() -> Load:
            with serving.sending(
                port,
                asked,
                key=noisy_key,
                connections=CONNECTIONS,
                seconds=seconds,
                rate=QUOTA * TIMES,
            ) as noisy:
                load = alone()
            noise.extend(noisy)
            return load

        alternating(alone, rounds=1)  # to warm up
        quiet, disturbed = alternating(alone, beside, rounds=rounds)
    refused = sum(each.statuses.get("429", 0) for each in noise)
    total = sum(sum(each.statuses.values()) for each in noise)
    return (
        f"p99 {ratio([each.p99 for each in disturbed], [each.p99 for each in quiet]):.2f} times "
        f"that of quiet rounds (goal 1.5); {median(each.p99 for each in disturbed):.1f} against "
        f"{median(each.p99 for each in quiet):.1f} ms, medians "
        f"{median(each.median for each in disturbed):.1f} against "
        f"{median(each.median for each in quiet):.1f} ms, at {RATE} questions/s beside "
        f"{median(each.per_second for each in noise):.0f}/s of a firm with {QUOTA}/s, of which "
        f"{refused / total:.0%} were refused in {median(each.median for each in noise):.1f} ms "
        f"({rounds} alternating rounds)"
    )
