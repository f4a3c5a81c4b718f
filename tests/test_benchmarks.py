"""The benchmarks run, however small; their numbers are for people."""

import pytest

from tests.benchmarks.__main__ import main, seed


@pytest.mark.django_db(transaction=True)
def test_seeding_is_measured() -> None:
    assert "works/s" in seed(works=200, rounds=1)


def test_an_unknown_benchmark_is_said_in_one_sentence() -> None:
    with pytest.raises(SystemExit, match="No benchmark speed; there are seed"):
        main(["speed"])
