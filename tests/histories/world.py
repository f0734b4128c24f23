"""One history's world: the local Azure, the app's services over it, a queue that is pumped, and one clock for all."""

import json
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from peering.core.catalogue.reader import read_catalogue
from peering.core.intake.requests import Door
from peering.core.intake.sweep_orders import SweepOrder
from peering.core.record.record import Record, State
from peering.noop import NoTelemetry
from peering.ports import Ports
from peering.service.context import Context
from peering.service.poison import abandon
from peering.service.worker import work
from tests.fakes.estate import FakeSweepLog
from tests.fakes.registry import FakeRegistry
from tests.fakes.storage import FakeAnnouncer, FakeLeases, FakeMessage, FakePauses, FakeQueue, FakeRecords, SteppedClock
from tests.histories import town
from tests.histories.azure import APP, Answer, Asked, LocalAzure
from tests.histories.model.estate import Estate
from tests.histories.model.rules import Rules
from tests.histories.model.story import Story
from tests.histories.model.writes import against_the_promises
from tests.histories.transport import adapters_for

type Json = dict[str, Any]

_DEQUEUES, _VISIBILITY = 5, timedelta(seconds=10)  # as host.json says
_MOST = 1500


@dataclass
class Mail:
    """How the next events travel: `delays` has one entry for each time that an event is delivered."""

    delays: tuple[timedelta, ...] = (timedelta(seconds=1),)


class World:
    """What a history is played in.

    `story` is the model's memory of it, `labels` what has been seen to happen,
    `dropped` the last tag that was taken from each spoke.
    """

    def __init__(self) -> None:
        self.clock = SteppedClock()
        self.azure = LocalAzure(self.clock)
        self.azure.given(*town.foundation())
        for subscription in (town.HUBS_IN, town.SPOKES_IN):
            self.azure.give_role(f"/subscriptions/{subscription}")
        self.azure.watchers.append(self._watch)
        self.azure.answered.append(self._note_answer)
        self.records, self.queue = FakeRecords(), FakeQueue(self.clock)
        self.leases, self.book = FakeLeases(self.clock), FakeSweepLog()
        self.document = town.catalogue()
        self.story = Story(Rules.read(self.document))
        self.labels: set[str] = set()
        self.dropped: dict[str, str] = {}
        self.writes = 0
        self.context = self._context()
        self.look(by_people=True)

    def _context(self) -> Context:
        networks, estate = adapters_for(self.azure)
        ports = Ports(
            networks=networks,
            estate=estate,
            sweeps=self.book,
            pauses=FakePauses(),
            registry=FakeRegistry(),
            records=self.records,
            leases=self.leases,
            requests=self.queue,
            announcer=FakeAnnouncer(),
            telemetry=NoTelemetry(),
        )
        catalogue = read_catalogue(self.document)
        return Context(ports=ports, catalogue=catalogue, clock=self.clock, chance=lambda: 0.5, sleep=self._sleep)

    async def _sleep(self, seconds: float) -> None:
        self.clock.now += timedelta(seconds=seconds)

    def edit_catalogue(self, hub: str, key: str, value: object) -> None:
        """Somebody deploys another catalogue."""
        document = deepcopy(self.document)
        document["hubs"][hub][key] = value
        self.document = document
        self.context = replace(self.context, catalogue=read_catalogue(document))

    # The model watches.

    def look(self, *, by_people: bool) -> None:
        """Let the model see what has become of the estate."""
        estate = Estate.read(self.azure.networks())
        if by_people:
            self.story.people_did(estate, Rules.read(self.document), self.clock())
        else:
            self.story.app_did(estate, self.clock())

    def _watch(self, asked: Asked) -> None:
        if asked.method not in ("PUT", "DELETE"):
            return
        estate = Estate.read(self.azure.networks())
        broken = against_the_promises(self.story, estate, asked.method, asked.path, asked.body, self.clock())
        self._suspected = [f"{self.clock():%dT%H:%M:%S}: {fault}" for fault in broken]

    def _note_answer(self, asked: Asked, answer: Answer) -> None:
        """What ARM refused was not done."""
        if asked.method in ("PUT", "DELETE") and answer.status < 300:
            self.writes += 1
            self.story.faults += self._suspected
        if (
            asked.method == "GET"
            and answer.status == 200
            and asked.path.rpartition("/")[0].endswith("/virtualNetworks")
        ):
            key = asked.path.lower()
            self.story.app_read(Estate.read({key: answer.body}).networks[key], self.clock())

    # Events travel, messages are worked on.

    def post(self, mail: Mail) -> None:
        """Put what was published since on the queue, as Event Grid does when it delivers there."""
        for event in self.azure.events:
            own = event["data"]["claims"]["appid"] and event["data"]["authorization"]["evidence"]["principalId"]
            delays = (timedelta(seconds=1),) if own == APP.object_id.replace("-", "") else mail.delays
            for delay in delays:
                self.queue.put(json.dumps(event), delay)
        self.azure.events.clear()

    def sweep(self) -> None:
        """The timer rings: the app's own sweep is on the queue."""
        order = SweepOrder(id=f"sweep-{self.clock():%dT%H%M%S}", door=Door.SWEEP, who="the timer", when=self.clock())
        self.queue.put(order.to_json())

    def clear_the_way(self) -> None:
        """Locks are gone, roles are back, Azure tells the truth again."""
        access = self.azure.emulator.estate.access
        access.locks.clear()
        for subscription in (town.HUBS_IN, town.SPOKES_IN):
            self.azure.give_role(f"/subscriptions/{subscription}")
        self.azure.emulator.load_faults([])
        self.azure.emulator.latency.graph_delay_seconds = 0.0

    async def pump(self, horizon: timedelta) -> None:
        """Work on every message that becomes visible within the horizon, in order; the clock jumps to each.

        The clock ends where the last one left it: what is open for later is not waited for.
        """
        end = self.clock() + horizon
        for _ in range(_MOST):
            self.post(Mail())
            message = min(self.queue.messages, key=lambda each: each.due, default=None)
            if message is None or message.due > end:
                break
            self.azure.move_to(message.due)
            await self._deliver(message)
        else:
            self.story.faults.append(f"the queue is not empty after {_MOST} messages")
        self.look(by_people=False)
        for row in (row for row in self.records.rows.values() if row.state == State.CONNECTED):
            self.story.says_connected(row.hub, row.spoke.lowered)
        self.labels |= {label for row in self.records.rows.values() for label in _labels(row)}

    async def wait(self, duration: timedelta) -> None:
        end = self.clock() + duration
        await self.pump(duration)
        self.azure.move_to(end)

    async def _deliver(self, message: FakeMessage) -> None:
        message.deliveries += 1
        try:
            if message.poisoned:
                await abandon(message.body, self.context.ports, self.clock())
            else:
                await work(message.body, APP.object_id, self.context, message.deliveries)
        except Exception as error:  # noqa: BLE001 - the host redelivers whatever was raised
            if message.deliveries < _DEQUEUES:
                message.due = self.clock() + _VISIBILITY
                return
            self.queue.take(message)
            self.queue.put(message.body).poisoned = True
            self.story.faults.append(f"a message went to the poison queue: {error!r}")
        self.queue.take(message)


def _labels(row: Record) -> list[str]:
    codes = [f"{row.state} {finding.code}" for finding in row.found.findings]
    return codes if row.state == State.REFUSED else [str(row.state), *codes]
