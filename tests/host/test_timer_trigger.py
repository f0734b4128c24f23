"""Timer triggers: the schedule, the retries, and a real tick."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from localazure.host.function import Binding, Function, RetryOptions
from localazure.host.timer_trigger import ScheduleError, TimerListener
from localazure.host.worker import Invocation
from tests.host.host_process import running_host


def timer(schedule: str, retry: RetryOptions | None = None, fails: int = 0) -> tuple[TimerListener, list[Invocation]]:
    """A listener whose function fails the first `fails` times, and the invocations it makes."""
    binding = Binding("timer", "timerTrigger", is_output=False, settings={"schedule": schedule})
    made: list[Invocation] = []

    async def invoke(invocation: Invocation) -> bool:
        made.append(invocation)
        return len(made) > fails

    return TimerListener(Function("sweep", "1", (binding,), retry), {"SCHEDULE": "0 */5 * * * *"}, invoke), made


def test_schedule_has_seconds_first_and_is_utc() -> None:
    listener, _ = timer("%SCHEDULE%")
    assert listener.next_after(datetime(2026, 3, 1, 10, 5, tzinfo=UTC)) == datetime(2026, 3, 1, 10, 10, tzinfo=UTC)
    listener, _ = timer("30 0 9 * * MON")
    assert listener.next_after(datetime(2026, 3, 1, tzinfo=UTC)) == datetime(2026, 3, 2, 9, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize("schedule", ["*/5 * * * *", "0 99 * * * *", "now and then"])
def test_other_schedules_are_refused_by_name(schedule: str) -> None:
    with pytest.raises(ScheduleError, match="of function 'sweep' is not an NCRONTAB expression"):
        timer(schedule)


async def test_timer_info_tells_last_and_next() -> None:
    listener, made = timer("0 0 * * * *")
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    await listener.fire(noon)
    await listener.fire(noon.replace(hour=13))
    info = [json.loads(invocation.inputs["timer"].json) for invocation in made]
    assert info[0]["ScheduleStatus"]["Next"] == "2026-03-01T13:00:00+00:00"
    assert info[0]["ScheduleStatus"]["Last"] == "0001-01-01T00:00:00+00:00"
    assert info[1]["ScheduleStatus"]["Last"] == "2026-03-01T12:00:00+00:00"
    assert [entry["IsPastDue"] for entry in info] == [False, False]


async def test_failure_is_retried_as_the_decorator_says() -> None:
    listener, made = timer("0 0 * * * *", RetryOptions(3, 0, 0), fails=2)
    await listener.fire(datetime(2026, 3, 1, tzinfo=UTC))
    assert [invocation.retry for invocation in made] == [(0, 3), (1, 3), (2, 3)]


async def test_failure_without_the_decorator_is_left() -> None:
    listener, made = timer("0 0 * * * *", fails=9)
    await listener.fire(datetime(2026, 3, 1, tzinfo=UTC))
    assert len(made) == 1


def test_retry_delays_double_up_to_their_maximum() -> None:
    options = RetryOptions(5, minimum=2, maximum=10)
    assert [options.delay(retry) for retry in (1, 2, 3, 4)] == [2, 4, 8, 10]


def test_timer_ticks(storage: str, tmp_path: Path) -> None:
    with running_host(storage, tmp_path) as host:
        host.await_log("Executed 'every_second' .Succeeded")
        assert sum("Executed 'every_second' (Failed" in line for line in host.log) == 2
        assert json.loads(host.take("ticks")[0])["attempt"] == 3
