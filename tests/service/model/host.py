"""The host of the functions: processes that take messages, and die; what is raised is delivered again, or poison."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from peering.core.intake.messages import Message
from peering.core.intake.requests import visible_in
from tests.fakes.storage import FakeMessage, FakeQueue
from tests.service.model.interleavings import Scheduler, delivery, process

HIDDEN, AGAIN, DEQUEUES = timedelta(minutes=10), timedelta(seconds=10), 5  # as host.json says

type Work = Callable[[FakeMessage, timedelta], Awaitable[object]]
"""A function of the app: what it does with a message, in a process whose clock differs by so much."""


class Queue:
    """The queue of requests."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        self.fake = FakeQueue(scheduler.now)
        self.largest = 0

    async def send(self, message: Message, delay: timedelta = timedelta()) -> None:
        body = message.to_json()
        visible = timedelta(seconds=visible_in(delay))
        await self._scheduler.call("queue", f"send {body} in {visible}", lambda: self.put(body, visible))

    async def count(self) -> int:
        return await self.fake.count()

    def put(self, body: str, delay: timedelta = timedelta()) -> None:
        self.fake.put(body, delay)
        self.largest = max(self.largest, len(self.fake.messages))


@dataclass(eq=False)
class Process:
    """One process of the app: what it works on, at most `slots` messages at a time."""

    number: int
    slots: int
    skew: timedelta = timedelta()
    running: dict[FakeMessage, "asyncio.Task[None]"] = field(default_factory=dict)


class Host:
    """Two queues, and the processes that work on them."""

    def __init__(self, scheduler: Scheduler, work: Work, abandon: Work) -> None:
        self.scheduler, self.random = scheduler, scheduler.random
        self.queue, self.poison = Queue(scheduler), Queue(scheduler)
        self._work, self._abandon = work, abandon
        slots = self.random.choice((1, 1, 2, 4))
        self._skew = self.random.choice((0.0, 0.4))  # clocks differ, but by less than an alarm is late on purpose
        self.started = self.deliveries = 0
        self.processes = [self._process(slots) for _ in range(self.random.randint(2, 4))]
        self.lost: list[str] = []
        self.tasks: list[asyncio.Task[None]] = []  # of the dead too: nobody else would keep them

    def _process(self, slots: int) -> Process:
        self.started += 1
        return Process(self.started, slots, timedelta(seconds=self.random.uniform(-self._skew, self._skew)))

    def due(self) -> list[tuple[Queue, FakeMessage]]:
        """What can be seen on either queue, and is with nobody."""
        busy = {message for each in self.processes for message in each.running}
        now = self.scheduler.now()
        return [
            (queue, message)
            for queue in (self.queue, self.poison)
            for message in queue.fake.messages
            if message.due <= now and message not in busy
        ]

    def next_due(self) -> datetime | None:
        busy = {message for each in self.processes for message in each.running}
        waiting = [each for queue in (self.queue, self.poison) for each in queue.fake.messages]
        return min((each.due for each in waiting if each not in busy), default=None)

    def idle(self) -> list[Process]:
        return [each for each in self.processes if len(each.running) < each.slots]

    def start(self, queue: Queue, message: FakeMessage, by: Process) -> None:
        message.deliveries += 1
        if message.deliveries > DEQUEUES:
            self._give_up(queue, message)
            return
        self.deliveries += 1
        self.scheduler.say(f"process {by.number} takes (delivery {self.deliveries}) {message.body}")

        async def run() -> None:
            process.set(by.number)
            delivery.set(number)
            await self._run(queue, message, by)

        number = self.deliveries
        by.running[message] = asyncio.create_task(run())
        self.tasks.append(by.running[message])

    async def _run(self, queue: Queue, message: FakeMessage, by: Process) -> None:
        try:
            await (self._abandon if queue is self.poison else self._work)(message, by.skew)
        except Exception as error:  # noqa: BLE001 - the host delivers again whatever was raised
            self.scheduler.say(f"process {by.number} raises {error!r}")
            message.due = self.scheduler.now() + AGAIN
            if message.deliveries >= DEQUEUES:
                self._give_up(queue, message)
        else:
            queue.fake.take(message)
        del by.running[message]

    def _give_up(self, queue: Queue, message: FakeMessage) -> None:
        queue.fake.take(message)
        self.scheduler.say(f"POISON {message.body}")
        if queue is self.poison:
            self.lost.append(message.body)
        else:
            self.poison.put(message.body)

    def kill(self) -> None:
        """A process dies, wherever it is; another takes its place. What it had comes back when the host says so."""
        victim = self.random.choice([each for each in self.processes if each.running] or self.processes)
        self.scheduler.say(f"KILLED process {victim.number}")
        self.scheduler.dead.add(victim.number)
        for message in victim.running:
            message.due = self.scheduler.now() + HIDDEN
        self.processes.remove(victim)
        self.processes.append(self._process(victim.slots))
