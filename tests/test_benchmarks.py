"""The benchmarks run, however small; their numbers are for people."""

import re
from collections.abc import Callable

import pytest

from tests.benchmarks.__main__ import arguments_of, benchmarks
from tests.benchmarks.batch import batch
from tests.benchmarks.load import percentile
from tests.benchmarks.lookups import lookups
from tests.benchmarks.measuring import alternating, ratio
from tests.benchmarks.neighbours import neighbours
from tests.benchmarks.seeding import registered, seed, seed_shared
from tests.benchmarks.servers import servers
from tests.benchmarks.snapshots import snapshots

WORKS = 400


@pytest.mark.django_db(transaction=True)
def test_seeding_is_measured() -> None:
    assert re.match(r"0\.\d{3} of a bare COPY", seed(works=200, rounds=1))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("benchmark", "said"),
    [
        pytest.param(
            lookups,
            r"registered items: \d\.\d\d .* of .* one signature .*\n.*\(G10",
            marks=pytest.mark.slow,
        ),
        pytest.param(
            servers,
            r"4 connections: granian \d\.\d\d .* of .* gunicorn",
            marks=pytest.mark.slow,
        ),
        (neighbours, r"p99 \d+\.\d\d times that of quiet rounds .* [1-9]\d% were refused"),
    ],
)
def test_a_real_server_is_measured(benchmark: Callable[..., str], said: str) -> None:
    seed_shared(WORKS)
    assert re.search(said, benchmark(WORKS, seconds=0.3, rounds=1))


@pytest.mark.django_db(transaction=True)
def test_a_batch_is_measured() -> None:
    seed_shared(WORKS)
    said = batch(WORKS, items=200, rounds=1)
    assert re.search(r"nothing matches .*: \d+\.\d\d .*with the receipt", said)
    assert re.search(r"10 % match .*: \d+\.\d\d .*with the receipt", said)


@pytest.mark.django_db(transaction=True)
def test_a_snapshot_is_measured() -> None:
    seed_shared(WORKS)
    said = snapshots(WORKS, rounds=1)
    assert re.search(r"built in \d+\.\d times a bare COPY .* bytes a key .* shapes", said)
    assert len(re.findall(r"items, .*: \d+\.\d times the loop .* \d+ left", said)) == 4


@pytest.mark.django_db(transaction=True)
def test_what_is_asked_as_registered_is_registered(client: Callable[..., object]) -> None:
    seed_shared(WORKS)
    items = registered(20, WORKS)
    assert len(items) == 20
    bases = {
        client.get("/api/v1/consent", {item.kind: item.value}).json()["basis"]  # type: ignore[attr-defined]
        for item in items
    }
    assert len(bases) > 1


def test_rounds_alternate_and_each_makes_its_own_ratio() -> None:
    order = []

    def subject(name: str, figures: list[float]) -> Callable[[], float]:
        def measure() -> float:
            order.append(name)
            return figures.pop(0)

        return measure

    ours, rivals = alternating(subject("a", [1, 9, 3]), subject("b", [2, 9, 4]), rounds=3)
    assert "".join(order) == "abbaab"
    assert ratio(ours, rivals) == 0.75


def test_a_percentile_is_a_time_that_occurred() -> None:
    assert percentile([0.003, 0.001, 0.002], 0.99) == 3.0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ["speed"],
            "No benchmark speed; there are batch, lookups, servers, neighbours, snapshots, seed.",
        ),
        (["--works", "0"], "--works must be at least 1."),
    ],
)
def test_a_mistake_is_said_in_one_sentence(arguments: list[str], sentence: str) -> None:
    with pytest.raises(SystemExit, match=re.escape(sentence)):
        arguments_of(arguments)


def test_a_million_works_are_the_default() -> None:
    given = arguments_of(["seed"])
    assert (given.works, given.names) == (1_000_000, ["seed"])
    assert list(benchmarks(1)) == ["batch", "lookups", "servers", "neighbours", "snapshots", "seed"]
