"""A small town over the fakes: networks, a queue that is pumped, and a clock that jumps to the next message."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from peering.core.catalogue.policy import Catalogue
from peering.core.intake.requests import Door, Request
from peering.core.network.failures import Backoff
from peering.core.network.resource_ids import VnetId, lease_name
from peering.core.network.vnets import Vnet
from peering.core.record.record import Record, State
from peering.core.record.sweep_report import SweepReport
from peering.noop import NoTelemetry
from peering.ports import Ports
from peering.service.context import Context
from peering.service.poison import abandon
from peering.service.sweep import sweep
from peering.service.worker import work
from tests.builders import HUB_ID, SPOKE_ID, catalogue, hub, request, spoke, vnet_id
from tests.fakes.estate import FakeEstate, FakeSweepLog
from tests.fakes.networks import FakeNetworks
from tests.fakes.registry import FakeRegistry
from tests.fakes.scheduling import ProcessDied
from tests.fakes.storage import FakeAnnouncer, FakeLeases, FakeMessage, FakePauses, FakeQueue, FakeRecords, SteppedClock

OURS = "aaaaaaaa-0000-0000-0000-000000000001"
_DEQUEUES, _VISIBILITY = 5, timedelta(seconds=10)  # as host.json says
_MOST = 1000
_READ_TIME = timedelta(milliseconds=250)  # of real time: a read of the fakes takes none, unless it hangs
_HALF_A_DAY = timedelta(hours=12)
_LONGEST = timedelta(seconds=30)


class Town:
    """Everything the service works with, and the host's part: deliver, deliver again, give up."""

    def __init__(self, *vnets: Vnet, hubs: Catalogue | None = None, **rest: Any) -> None:  # noqa: ANN401 - the fields of Context
        self.clock = SteppedClock()
        self.networks = FakeNetworks(*vnets)
        self.estate = FakeEstate(self.networks)
        self.records, self.announcer = FakeRecords(), FakeAnnouncer()
        self.leases, self.queue = FakeLeases(self.clock), FakeQueue(self.clock)
        self.pauses, self.registry = FakePauses(), FakeRegistry()
        self.poison: list[str] = []
        self.before_delivery: list[Callable[[], None]] = []
        self.context = Context(
            ports=Ports(
                networks=self.networks,
                records=self.records,
                leases=self.leases,
                requests=self.queue,
                pauses=self.pauses,
                announcer=self.announcer,
                telemetry=rest.pop("telemetry", NoTelemetry()),
                estate=self.estate,
                sweeps=FakeSweepLog(),
                registry=self.registry,
            ),
            catalogue=hubs or catalogue(),
            clock=self.clock,
            chance=lambda: 0.5,
            **{
                "read_time": _READ_TIME,
                "backoff": Backoff(tries_at_once=1),
                "sleep": self._sleep,
                "moment": timedelta(),
                **rest,
            },
        )

    async def _sleep(self, seconds: float) -> None:
        """What waits where it stands, where a test lets it: the clock goes on."""
        self.clock.now += timedelta(seconds=seconds)

    def put(self, *requests: Request | str) -> None:
        for each in requests:
            self.queue.put(each if isinstance(each, str) else each.to_json())

    async def ask(self, network: VnetId = SPOKE_ID, **rest: Any) -> None:  # noqa: ANN401 - the fields of Request
        """Put a request on the queue and pump until nothing is left."""
        self.put(replace(request(network, when=self.clock()), **rest))
        await self.pump()

    async def pump(self, until: timedelta | None = None) -> None:
        """Deliver every message in the order they become visible, moving the clock; stop at `until` from now.

        Without an end it stops when nothing more comes within half a day: what was refused or given up is looked at
        again once a day, for ever.
        """
        async with asyncio.timeout(_LONGEST.total_seconds()):  # of real time: what turns in a circle ends as a failure
            await self._pump(until)

    async def _pump(self, until: timedelta | None) -> None:
        end = self.clock() + until if until is not None else None
        for _ in range(_MOST):
            message = min(self.queue.messages, key=lambda each: each.due, default=None)
            if message is None or message.due > (end or self.clock() + _HALF_A_DAY):
                break
            self.clock.now = max(self.clock.now, message.due)
            await self.deliver(message)
        else:
            raise AssertionError(f"the queue is not empty after {_MOST} messages")
        self.clock.now = end or self.clock.now

    async def pump_together(self) -> None:
        """Deliver all that is visible at the same time, as several workers would; then the rest in order."""
        due = [message for message in self.queue.messages if message.due <= self.clock()]
        await asyncio.gather(*(self.deliver(message) for message in due))
        await self.pump()

    async def wait_as_one_batch(self, *spokes: VnetId) -> None:
        """Have them all asked about while somebody else holds the hub, so that its next holder finds them together."""
        async with self.leases.take(lease_name(HUB_ID)):
            self.put(*(request(each, when=self.clock()) for each in spokes))
            await self.pump(timedelta())
        self.networks.log.clear()
        self.put(request(spokes[0], Door.RETRY, when=self.clock()))

    async def deliver(self, message: FakeMessage) -> None:
        for call in self.before_delivery:
            call()
        if message.deliveries == _DEQUEUES:  # each of them died over it
            self._give_up(message)
            return
        message.deliveries += 1
        message.due = self.clock() + timedelta(minutes=10)  # the host hides a message while it is worked on
        try:
            if message.poisoned:
                await abandon(message.body, self.context.ports, self.clock())
            else:
                await work(message.body, OURS, self.context, message.deliveries)
        except ProcessDied:
            return  # hidden until then: nobody tells the queue
        except Exception:  # noqa: BLE001 - the host redelivers whatever was raised
            if message.deliveries < _DEQUEUES:
                message.due = self.clock() + _VISIBILITY
                return
            self._give_up(message)
        self.queue.take(message)

    def _give_up(self, message: FakeMessage) -> None:
        assert not message.poisoned, f"nobody looks at what the poison queue's function failed over: {message.body}"
        self.queue.take(message)
        self.poison.append(message.body)
        self.queue.put(message.body).poisoned = True

    async def sweep(self) -> SweepReport:
        """One sweep; what it asks about is on the queue."""
        return await sweep(self.context)

    def change(self, network: VnetId = SPOKE_ID, **changes: Any) -> None:  # noqa: ANN401 - the fields of Vnet
        self.networks.vnets[network] = replace(self.networks.vnets[network], **changes)

    def delete(self, network: VnetId = SPOKE_ID) -> None:
        self.networks.delete(network)

    def row(self, network: VnetId = SPOKE_ID, hub: str = "prod-weu") -> Record:
        return self.records.rows[hub, network.key]

    @property
    def writes(self) -> list[str]:
        return self.networks.writes

    @property
    def removals(self) -> list[str]:
        return [entry for entry in self.writes if entry.startswith("remove")]

    @property
    def stranded(self) -> list[str]:
        """The spokes with something still to be done that no message will ever wake."""
        if self.queue.messages:
            return []
        return [row.spoke.name for row in self.records.rows.values() if row.is_waiting]

    def state(self, network: VnetId = SPOKE_ID, hub: str = "prod-weu") -> State | str:
        return self.row(network, hub).state

    @property
    def history(self) -> list[str]:
        """What became of it, time and again."""
        return [str(record.state) for _, record in self.records.entries if not record.is_open]

    @property
    def tellings(self) -> list[str]:
        """The same, and what was told on the way: that it waits for a person, or leaves."""
        return [str(record.state) for _, record in self.records.entries]

    def status(self, network: VnetId = SPOKE_ID) -> str | None:
        """What the status tag says, None where there is none."""
        return self.networks.vnets[network].tags.get("hub-status")

    def connected(self, networks: Sequence[VnetId] = (SPOKE_ID,), to: VnetId = HUB_ID) -> bool:
        """Both halves of every one of them stand, Connected and in sync."""
        hub = self.networks.vnets[to]
        pairs = [(hub.half_to(each), self.networks.vnets[each].half_to(to)) for each in networks]
        return all(one and other and one.settled and other.settled for one, other in pairs)


def town_of(count: int, **rest: Any) -> tuple[Town, list[VnetId]]:  # noqa: ANN401 - the fields of Context
    """A hub and so many tagged spokes, in the order in which they are looked at when all are asked about at once."""
    ids = sorted((vnet_id(f"spoke-{n:03}") for n in range(count)), key=lambda each: each.key)
    spokes = (spoke(f"10.{n // 250}.{n % 250}.0/24", id=each) for n, each in enumerate(ids))
    return Town(hub("172.16.0.0/16"), *spokes, **rest), ids


async def joined(*more: Vnet, **rest: Any) -> Town:  # noqa: ANN401 - the arguments of Town
    """A hub and a spoke whose pair stands."""
    town = Town(hub(), spoke(), *more, **rest)
    await town.ask()
    town.networks.log.clear()
    return town


def times(count: int, failure: BaseException, when: Callable[..., bool] = lambda *_: True) -> Callable[..., None]:
    """A hook that raises the first so many times that it is told of what `when` is true of."""
    left = [failure] * count

    def hook(*about: object) -> None:
        if left and when(*about):
            raise left.pop()

    return hook
