"""Whatever is asked of a running registry, it answers as its own description says."""

import pytest

from tests.fuzz import SEED, fuzz


@pytest.mark.slow
def test_a_running_registry_keeps_to_its_description() -> None:
    report = fuzz(1_500, SEED)
    print(report)
    assert report.failures == {}
    assert report.calls >= 1_500
    assert {"granted", "refused", "license-required", "unstated"} <= set(report.bases)
    codes = {code for _, code in report.statuses}
    assert {200, 400, 401, 404, 415, 422, 429} <= codes
    assert max(codes) < 500
