"""The failures of the bench strike as often as it says, and the share is that of each request and not of each rule."""

from collections import Counter

import pytest

from bench.failing import rules
from localazure.emulator.faults import Faults

_HUB = "/subscriptions/a/resourcegroups/b/providers/microsoft.network/virtualnetworks/hub-h01"
_HALF = f"{_HUB}/virtualnetworkpeerings/autopeer-spoke-000{{}}-abcdefgh"


@pytest.mark.parametrize(("method", "path"), [("PUT", _HALF.format(7)), ("PUT", _HALF.format(3)), ("GET", _HUB)])
def test_a_fifth_of_each_kind_of_request_is_struck(method: str, path: str) -> None:
    faults, tries = Faults(), 5000
    faults.load(rules())
    struck = [faults.strike(method, path, 0.0) for _ in range(tries)]
    kinds = Counter(faults.rules.index(rule) for rule in struck if rule)
    assert 0.18 < kinds.total() / tries < 0.22
    assert max(kinds.values()) < 1.5 * min(kinds.values())


@pytest.mark.parametrize(
    ("method", "path"), [("PATCH", f"{_HUB}/providers/microsoft.resources/tags/default"), ("DELETE", _HALF.format(1))]
)
def test_the_bench_itself_is_not_struck(method: str, path: str) -> None:
    faults = Faults()
    faults.load(rules(0.9))
    assert [faults.strike(method, path, 0.0) for _ in range(20)] == [None] * 20


def test_the_answer_of_a_write_is_lost_after_the_work_for_some_spokes_and_before_it_for_the_others() -> None:
    faults = Faults()
    faults.load(rules())
    for digit in range(10):
        dropped = {rule.drop for rule in (faults.strike("PUT", _HALF.format(digit), 0.0) for _ in range(500)) if rule}
        assert dropped == {None, "after" if digit >= 5 else "before"}
