"""Whatever is asked of a running registry, it answers as its own description says."""

import pytest

from tests.fuzz import SEED, fuzz

CALLS = 1_000


@pytest.mark.slow
def test_a_running_registry_keeps_to_its_description() -> None:
    report = fuzz(CALLS, SEED)
    assert report.failures == {}, str(report)
    assert report.calls >= CALLS
    assert {"granted", "refused", "license-required", "unstated"} <= set(report.bases)
    codes = {code for _, code in report.statuses}
    assert {200, 400, 401, 404, 415, 422} <= codes
    assert max(codes) < 500
