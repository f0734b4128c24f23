"""One run of the model: a storm, then calm weather until nothing is due within half a day, then the checks."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace
from unittest.mock import patch

from tests.service.model.checks import faults_of
from tests.service.model.interleavings import Scheduler, SteppedLoop, Turn
from tests.service.model.world import World

type Mischief = Callable[[], bool]
"""Whether something went wrong instead of going on."""

HALF_A_DAY = timedelta(hours=12)
_MOST = 60_000  # turns of a run that comes to rest


@dataclass(frozen=True, slots=True)
class Run:
    """What one seed came to."""

    seed: int
    faults: list[str]
    largest_queue: int
    turns: int
    deaths: int
    mishaps: int
    trace: list[str]


@dataclass
class _Budget:
    """What may still go wrong: few enough of each that nothing has to be given up."""

    changes: int
    deaths: int
    raised: int
    hangs: int
    steps: int


class _Weather:
    """Draws what happens next."""

    def __init__(self, world: World) -> None:
        self.world, self.scheduler, self.random = world, world.scheduler, world.random
        draw = self.random.randint
        self.left = _Budget(draw(2, 12), draw(0, 4), draw(0, 8), draw(0, 4), draw(100, 900))
        self.turns = self.deaths = self.mishaps = 0

    async def storm(self) -> None:
        while self.left.changes or self.left.steps > 0:
            self.left.steps -= 1
            await self._step(self._mischief)
        self.scheduler.say("CALM")

    async def calm(self) -> None:
        while await self._step(lambda: False):
            if self.turns > _MOST:
                self.world.networks.faults.append(f"it does not come to rest in {_MOST} turns")
                return

    async def _step(self, mischief: Mischief) -> bool:
        """One thing happens; False when nothing is left to happen within half a day."""
        await self.scheduler.settle()
        if mischief():
            return True
        if self.random.random() < 0.05:
            self.scheduler.move_to(self.scheduler.now() + timedelta(seconds=self.random.uniform(0.1, 5)))
            return True
        due, idle, turns = self.world.host.due(), self.world.host.idle(), self.scheduler.eligible()
        if due and idle and (not turns or self.random.random() < 0.1):
            queue, message = self.random.choice(due)
            self.world.host.start(queue, message, self.random.choice(idle))
            return True
        if turns:
            self.turns += 1
            self.scheduler.go_on(self.random.choice(turns))
            return True
        return self._pass_time()

    def _pass_time(self) -> bool:
        """Nobody can go on: the time jumps to whatever comes next."""
        busy = any(each.running for each in self.world.host.processes)
        times = [self.scheduler.goes_on(turn) for turn in self.scheduler.waiting]
        message = self.world.host.next_due()
        if message and self.world.host.idle():
            times.append(message)
        if busy and (timer := self.scheduler.next_timer()):
            times.append(timer)
        if self.left.changes:
            times.append(self.scheduler.now())
        if not times or (min(times) > self.scheduler.now() + HALF_A_DAY and not busy):
            return False
        self.scheduler.move_to(min(times))
        return True

    def _mischief(self) -> bool:
        """Whether something out of the ordinary has happened instead of the next step."""
        chance = self.random.random()
        turns = self.scheduler.eligible()
        if self.left.changes and (chance < 0.03 or not (turns or self.world.host.due())):
            self.left.changes -= 1
            self.world.change()
            return True
        if 0.1 < chance < 0.11 and self.left.deaths:
            self.left.deaths -= 1
            self.deaths += 1
            self.world.host.kill()
            return True
        if 0.2 < chance < 0.215 and self.left.hangs and turns:
            self.left.hangs -= 1
            self._hold_up(self.random.choice(turns))
            return True
        if 0.3 < chance < 0.32 and self.left.raised and (turns := [each for each in turns if each.process]):
            self.left.raised -= 1
            self.mishaps += 1
            turn = self.random.choice(turns)
            self.scheduler.go_on(turn, self.world.fault(turn))
            return True
        return False

    def _hold_up(self, turn: Turn) -> None:
        """One call hangs or, as often, its whole process stands still: it renews no lease and notices nothing."""
        until = self.scheduler.now() + timedelta(seconds=self.random.uniform(5, 130))
        if self.random.random() < 0.5:
            turn.hangs_until = until
            self.scheduler.say(f"HANGS {turn}")
        else:
            self.scheduler.still[turn.process] = until
            self.scheduler.say(f"STANDS STILL process {turn.process}")


def play(seed: int) -> Run:
    """The same for the same seed, always."""
    with asyncio.Runner(loop_factory=SteppedLoop) as runner:
        loop = runner.get_loop()
        assert isinstance(loop, SteppedLoop)
        with patch("peering.adapters.leases.time", SimpleNamespace(monotonic=loop.time)):
            found = runner.run(_play(seed, loop))
            loop.set_exception_handler(lambda *_: None)  # of the dead, who are ended now
    return found


async def _play(seed: int, loop: SteppedLoop) -> Run:
    scheduler = Scheduler(seed, loop)
    world = World(scheduler)
    weather = _Weather(world)
    await weather.storm()
    await weather.calm()
    world.sweep_up()
    await weather.calm()
    scheduler.over = True
    return Run(
        seed=seed,
        faults=faults_of(world),
        largest_queue=world.host.queue.largest,
        turns=weather.turns,
        deaths=weather.deaths,
        mishaps=weather.mishaps,
        trace=scheduler.trace,
    )
