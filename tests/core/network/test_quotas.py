"""Our own count of what ARM takes: it never refuses us, nobody waits for nothing, and what Azure says counts more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localazure.emulator.throttle import LIMITS, Throttle
from peering.core.network.quotas import Bucket, Quota, Use, Window, use_of


class Arm:
    """Resource Manager's own bucket, as the emulator has it."""

    def __init__(self) -> None:
        self.now = 0.0
        self._throttle = Throttle(lambda: self.now)

    def takes(self, use: Use, when: float) -> int:
        """How many are left after one more; negative where it is refused."""
        self.now = when
        return self._throttle.take(LIMITS[use], "s", use)


def send(quota: Quota, use: Use, now: float, *, of_network: bool = False) -> float:
    """When one is sent that comes at that time."""
    while (wait := quota.wait(use, now, of_network=of_network)) > 0:
        now += wait
    quota.take(use, now, of_network=of_network)
    return now


@given(
    use=st.sampled_from(Use),
    gaps=st.lists(st.one_of(st.just(0.0), st.floats(0, 0.2), st.floats(0, 30)), min_size=300, max_size=600),
    late=st.floats(0, 0.09),
)
def test_who_waits_as_told_is_never_refused(use: Use, gaps: list[float], late: float) -> None:
    """Whenever they come, and though every second one takes a little longer on its way."""
    arm, quota, now = Arm(), Quota(), 0.0
    arrivals = []
    for number, gap in enumerate(gaps):
        now = send(quota, use, now + gap)
        arrivals.append(now + (late if number % 2 else 0.0))
    assert all(arm.takes(use, when) >= 0 for when in sorted(arrivals))


@pytest.mark.parametrize(("use", "burst", "rate"), [(Use.READ, 245, 25), (Use.WRITE, 195, 10), (Use.DELETE, 195, 10)])
def test_a_burst_goes_at_once_and_the_rest_at_arms_own_rate(use: Use, burst: int, rate: float) -> None:
    quota = Quota()
    assert [send(quota, use, 0) for _ in range(burst)] == [0] * burst
    assert send(quota, use, 0) == pytest.approx(1 / rate)
    assert quota.wait(use, 0, ahead=9) == pytest.approx(11 / rate)


@given(st.lists(st.floats(0, 40), min_size=1, max_size=60))
def test_no_window_has_more_than_it_takes(gaps: list[float]) -> None:
    window, now, taken = Window(5, 60), 0.0, list[float]()
    for gap in gaps:
        now += gap
        now += window.wait(now)
        window.take(now)
        taken.append(now)
    for index, when in enumerate(taken):
        assert sum(when - 60 + 1e-6 < other <= when for other in taken[: index + 1]) <= 5


def test_a_thousand_changes_of_networks_in_five_minutes_and_tags_beside_them() -> None:
    quota, now = Quota(), 0.0
    for number in range(995):
        now = send(quota, Use.DELETE if number % 2 else Use.WRITE, now, of_network=True)
    assert now < 100
    assert quota.wait(Use.WRITE, now, of_network=True) == pytest.approx(300 - now)
    assert quota.wait(Use.WRITE, now) <= 1
    assert quota.wait(Use.READ, now) == 0


def test_what_azure_has_left_counts() -> None:
    bucket = Bucket(100, 10)
    numbers = [bucket.take(0) for _ in range(100)]
    assert bucket.left(0) == pytest.approx(0)
    for _ in range(90):
        bucket.answered()
    bucket.told(numbers[89], 60, 0)  # ten are on their way, and five are kept back
    assert bucket.left(0) == pytest.approx(45)
    bucket.told(numbers[80], 0, 0)  # an older answer that comes late
    assert bucket.left(0) == pytest.approx(45)
    for _ in range(10):
        bucket.answered()
    bucket.told(numbers[99], 8, 0)  # somebody else has used them
    assert bucket.left(0) == pytest.approx(3)


def test_those_that_were_overtaken_are_under_way_too() -> None:
    bucket = Bucket(100, 10)
    last = [bucket.take(0) for _ in range(50)][-1]
    bucket.answered()
    bucket.told(last, 90, 0)  # 49 that were sent before it wait for a connection
    assert bucket.left(0) == pytest.approx(90 - 49 - 5)


def test_nobody_sends_before_a_refusal_is_over() -> None:
    quota = Quota()
    quota.spent(Use.WRITE, 100, 17)
    assert quota.wait(Use.WRITE, 100) == 17
    assert quota.wait(Use.READ, 100) == quota.wait(Use.DELETE, 100) == 0
    assert send(quota, Use.WRITE, 110) == 117
    assert send(quota, Use.WRITE, 117) == pytest.approx(117.1)  # it has one more, and no burst


def test_polls_hurry_while_there_is_plenty_and_nothing_was_refused() -> None:
    quota = Quota()
    assert quota.may_hurry(0)
    quota.refused(0, 5)
    assert not quota.may_hurry(64)
    assert quota.may_hurry(65)
    for _ in range(145):
        quota.take(Use.READ, 65)
    assert not quota.may_hurry(65)
    assert quota.may_hurry(66)


def test_what_a_request_counts_as() -> None:
    assert [use_of(method) for method in ("GET", "HEAD", "DELETE", "PUT", "PATCH", "POST")] == [
        Use.READ, Use.READ, Use.DELETE, Use.WRITE, Use.WRITE, Use.WRITE,
    ]  # fmt: skip
