"""A timer trigger: six-field NCRONTAB expressions in UTC, one run at a time, the retry decorator honoured."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime

from croniter import croniter  # type: ignore[import-untyped]  # ships no types

from localazure.host.app_settings import resolve
from localazure.host.function import Function
from localazure.host.protos import TypedData
from localazure.host.worker import Invocation

type Run = Callable[[Invocation], Awaitable[bool]]


class ScheduleError(ValueError):
    """A timer's schedule is not an NCRONTAB expression."""


class TimerListener:
    """One function's timer. `run` it as a task; `stop` lets a running function end."""

    def __init__(self, function: Function, settings: Mapping[str, str], invoke: Run) -> None:
        trigger = function.trigger
        self._parameter = trigger.name
        self._schedule = resolve(trigger.settings["schedule"], settings)
        self._at_start = bool(trigger.settings.get("runOnStartup"))
        self._retry = function.retry
        self._invoke = invoke
        self._stopped = asyncio.Event()
        self._last: datetime | None = None
        if len(self._schedule.split()) != 6 or not croniter.is_valid(self._schedule, second_at_beginning=True):
            raise ScheduleError(
                f"The schedule '{self._schedule}' of function '{function.name}' is not an NCRONTAB expression of six "
                "fields: {second} {minute} {hour} {day} {month} {day-of-week}, for example '0 */5 * * * *'."
            )

    def next_after(self, moment: datetime) -> datetime:
        due: datetime = croniter(self._schedule, moment, second_at_beginning=True).get_next(datetime)
        return due

    async def run(self) -> None:
        if self._at_start:
            await self.fire(datetime.now(UTC))
        due = datetime.now(UTC)
        while True:
            # A wait may end a moment early by the wall clock; counting on from `due` never fires it twice.
            due = self.next_after(max(due, datetime.now(UTC)))
            if await self._stopped_within((due - datetime.now(UTC)).total_seconds()):
                return
            await self.fire(due)

    async def stop(self) -> None:
        self._stopped.set()

    async def fire(self, due: datetime) -> None:
        """Run now, and again as the retry decorator says while the function fails."""
        most = self._retry.max_retry_count if self._retry else 0
        for count in range(most + 1):
            if count and self._retry and await self._stopped_within(self._retry.delay(count)):
                return
            if await self._invoke(self.invocation(due, (count, most))):
                break
        self._last = due

    def invocation(self, due: datetime, retry: tuple[int, int] = (0, 0)) -> Invocation:
        """The TimerInfo the worker gets. Never past due: this host starts anew and remembers no missed run."""
        last = self._last or datetime.min.replace(tzinfo=UTC)
        timer = {
            "Schedule": {"AdjustForDST": True},
            "ScheduleStatus": {
                "Last": last.isoformat(),
                "Next": self.next_after(due).isoformat(),
                "LastUpdated": last.isoformat(),
            },
            "IsPastDue": False,
        }
        return Invocation(inputs={self._parameter: TypedData(json=json.dumps(timer))}, retry=retry)

    async def _stopped_within(self, seconds: float) -> bool:
        try:
            await asyncio.wait_for(self._stopped.wait(), max(0.0, seconds))
        except TimeoutError:
            return False
        return True
