"""Whatever is asked of a running registry, it answers as its own description says."""

import pytest

from registry.vocabulary import Usage
from tests.fuzz import MISTAKES, REGISTERED, SEED, fuzz

CALLS = 1_000
BASES = {"allow": "granted", "license": "license-required", "refuse": "refused"}


@pytest.mark.slow
def test_a_running_registry_keeps_to_its_description() -> None:
    report = fuzz(CALLS, SEED)
    assert report.failures == {}, str(report)
    assert report.calls >= CALLS
    assert max(code for _, code in report.statuses) < 500
    assert report.mistakes == {status: status for status in MISTAKES}
    assert report.registered == {
        (value, usage): BASES[choice] if usage is Usage.GENERATIVE_TRAINING else "unstated"
        for (_, value), choice in REGISTERED.items()
        for usage in Usage
    }
