"""A deterministic scheduler: a seed draws which of the calls under way goes on next, and how.

Every call to the outside world waits here twice: on its way there, and on its way back. Nothing else lets a task wait,
so that a run is the same each time, whatever the machine does.
"""

import asyncio
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from typing import Any

BEGAN = datetime(2026, 11, 23, 12, tzinfo=UTC)
WORLD = 0  # the process of what belongs to Azure: it never dies

process: ContextVar[int] = ContextVar("process", default=WORLD)
delivery: ContextVar[int] = ContextVar("delivery", default=0)


class SteppedLoop(asyncio.SelectorEventLoop):
    """An event loop whose time is the scheduler's: what sleeps or times out does so in the model's time."""

    def __init__(self) -> None:
        self.seconds = 0.0
        super().__init__()

    def time(self) -> float:
        return self.seconds


@dataclass(eq=False)
class Turn:
    """A call that waits to go on: not before `hangs_until`. `goes` is False on the way back."""

    process: int
    port: str
    call: str
    goes: bool
    future: "asyncio.Future[None]" = field(repr=False)
    number: int = 0
    hangs_until: datetime = BEGAN

    def __str__(self) -> str:
        return f"{'call' if self.goes else 'answer'} of process {self.process}: {self.port} {self.call}"


class Scheduler:
    """Who goes on, by the seed. `trace` tells what has happened, for whoever looks at one run alone."""

    def __init__(self, seed: int, loop: SteppedLoop) -> None:
        self.random = Random(seed)  # noqa: S311 - it has to be the same again
        self.loop = loop
        self.waiting: list[Turn] = []
        self.dead: set[int] = set()
        self.still: dict[int, datetime] = {}  # processes that stand still until then
        self.trace: list[str] = []
        self.over = False
        self._numbers = count(1)

    def now(self) -> datetime:
        return BEGAN + timedelta(seconds=self.loop.seconds)

    def say(self, text: str) -> None:
        self.trace.append(f"{self.loop.seconds:10.3f}  {text}")

    async def turn(self, port: str, call: str, *, goes: bool = True) -> None:
        """Wait until it is drawn. A process that is dead waits for ever: nothing of it is cleaned up."""
        if self.over:
            return
        mine = process.get()
        future = self.loop.create_future()
        if mine not in self.dead:
            self.waiting.append(Turn(mine, port, call, goes, future, next(self._numbers)))
        await future

    async def call[T](self, port: str, what: str, effect: Callable[[], T]) -> T:
        """A call to the outside world. Its effect is had on arrival; the answer may be late, or be lost."""
        await self.turn(port, what)
        try:
            return effect()
        finally:
            await self.turn(port, what, goes=False)

    async def settle(self) -> None:
        """Let everybody run up to the next turn."""
        ready: Any = self.loop._ready  # type: ignore[attr-defined]  # the loop's own list of what can run
        await asyncio.sleep(0)
        while ready:
            await asyncio.sleep(0)
        self.waiting = [each for each in self.waiting if not each.future.done() and each.process not in self.dead]

    def eligible(self) -> list[Turn]:
        now = self.now()
        return [each for each in self.waiting if self.goes_on(each) <= now]

    def goes_on(self, turn: Turn) -> datetime:
        """When its call, or its process, hangs no more. What belongs to Azure never stands still."""
        return max(turn.hangs_until, self.still.get(turn.process, BEGAN) if turn.process != WORLD else BEGAN)

    def go_on(self, turn: Turn, error: BaseException | None = None) -> None:
        self.say(f"{turn}{f' raises {error!r}' if error else ''}")
        self.waiting.remove(turn)
        if error:
            turn.future.set_exception(error)
        else:
            turn.future.set_result(None)

    def next_timer(self) -> datetime | None:
        """When the first sleep or limit of anybody is over."""
        scheduled: Any = self.loop._scheduled  # type: ignore[attr-defined]  # the loop's own heap of timers
        times = [handle.when() for handle in scheduled if not handle.cancelled()]
        return BEGAN + timedelta(seconds=min(times)) if times else None

    def move_to(self, when: datetime) -> None:
        """The time never goes back; a microsecond more, because times are rounded to one."""
        self.loop.seconds = max(self.loop.seconds, (when - BEGAN).total_seconds() + 1e-6)
