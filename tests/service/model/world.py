"""The world of the model: networks and their owners, storage, the host, and what may go wrong with a call."""

from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any

from azure.core.exceptions import ServiceRequestError

from peering.adapters.leases import BlobLeases
from peering.adapters.pauses import TablePauses
from peering.adapters.records import TableRecords
from peering.core.intake.requests import Door
from peering.core.network.failures import AzureFailure, StorageFailure
from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import Vnet
from peering.core.record.announcement import Announcement
from peering.noop import NoTelemetry
from peering.ports import Ports
from peering.service.context import Context, Memory
from peering.service.poison import abandon
from peering.service.worker import work
from tests.builders import HUB_ID, OTHER_HUB_ID, catalogue, half, hub, policy, request, spoke, vnet, vnet_id
from tests.fakes.estate import FakeEstate, FakeSweepLog
from tests.fakes.registry import FakeRegistry
from tests.fakes.storage import FakeMessage
from tests.service.model.blobs import Blobs
from tests.service.model.host import Host
from tests.service.model.interleavings import Scheduler, Turn, process
from tests.service.model.networks import ModelNetworks
from tests.service.model.tables import Tables

OURS = "aaaaaaaa-0000-0000-0000-000000000001"
STRANGER = vnet_id("stranger")
FOREIGN = half(STRANGER, "by-hand", "10.99.0.0/24")
HUBS = catalogue(
    policy(grace_minutes=15, status_tag="hub-status"),
    policy("neu", OTHER_HUB_ID, grace_minutes=0),
)
TARGETS = {each.name: each.vnet for each in HUBS.hubs.values()}


class Announcer:
    """The port that tells the world."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler

    async def announce(self, event: Announcement) -> None:
        what = f"announce {event.type} of {event.subject.rpartition('/')[2]}"
        await self._scheduler.call("topic", what, lambda: None)


class World:
    """Networks, storage, the owners, and the host."""

    def __init__(self, scheduler: Scheduler) -> None:
        self.scheduler, self.random = scheduler, scheduler.random
        self.spokes = [vnet_id(f"spoke-{n}") for n in range(self.random.randint(1, 4))]
        self.tables, self.blobs = Tables(scheduler), Blobs(scheduler)
        self.host = Host(scheduler, self._work, self._abandon)
        self.networks = ModelNetworks(
            scheduler,
            self.blobs,
            HUBS,
            hub(halves=(FOREIGN,)),
            vnet(OTHER_HUB_ID, "10.200.0.0/16"),
            vnet(STRANGER, "10.99.0.0/24", halves=(half(HUB_ID, "by-hand-too", "10.0.0.0/16"),)),
            *(self._new(each) for each in self.spokes),
        )
        self.context = self._context()
        self.memories: defaultdict[int, Memory] = defaultdict(Memory)  # by process
        self.put = 0

    async def _work(self, message: FakeMessage, skew: timedelta) -> None:
        memory = self.memories[process.get()]
        context = replace(self.context, clock=lambda: self.scheduler.now() + skew, memory=memory)
        await work(message.body, OURS, context, message.deliveries)

    async def _abandon(self, message: FakeMessage, skew: timedelta) -> None:
        await abandon(message.body, self.context.ports, self.scheduler.now() + skew)

    def _context(self) -> Context:
        tables: Any = self.tables
        blobs: Any = self.blobs
        return Context(
            ports=Ports(
                networks=self.networks,
                records=TableRecords(tables),
                leases=BlobLeases(blobs, timedelta(seconds=60)),
                requests=self.host.queue,
                pauses=TablePauses(tables),
                announcer=Announcer(self.scheduler),
                telemetry=NoTelemetry(),
                estate=FakeEstate(self.networks.fake),
                sweeps=FakeSweepLog(),
                registry=FakeRegistry(),
            ),
            catalogue=HUBS,
            clock=self.scheduler.now,
            chance=self.random.random,
            batch=self.random.choice((1, 2, 50)),
        )

    def _new(self, network: VnetId) -> Vnet:
        return spoke(f"10.{self.spokes.index(network) + 1}.0.0/24", id=network, tag=None)

    # The owners.

    def change(self) -> None:
        """Somebody does something to a network, and events tell of it: once or twice, at once or late."""
        network = self.random.choice(self.spokes)
        there = self.networks.fake.vnets.get(network)
        gone = False
        what = self.random.choice(("prod-weu", "prod-weu", "neu", None, "delete", "look"))
        if there is None:
            there = self._new(network)
            what = self.random.choice(("prod-weu", "neu", None))
        if what == "delete":
            self.networks.fake.delete(network)
            gone = True
        elif what != "look":
            self.networks.fake.vnets[network] = replace(there, tags={"hub": what} if what else {})
        self.scheduler.say(f"OWNER {network.name}: {what}")
        for _ in range(self.random.choice((1, 1, 1, 2))):
            late = timedelta(seconds=self.random.choice((0, 0, self.random.uniform(0, 60))))
            door = Door.HTTP if what == "look" else Door.EVENT
            asked = request(network, door, when=self.scheduler.now(), gone=gone)
            self.host.queue.put(asked.to_json(), late)
            self.put += 1

    def sweep_up(self) -> None:
        """What the sweep asks about: halves of ours that stand alone where nobody speaks for them.

        A write of somebody who was killed may arrive after the next holder has cleared up behind him: nothing but a
        look at the whole hub can find that.
        """
        vnets = self.networks.fake.vnets
        for (name, target), network in product(TARGETS.items(), self.spokes):
            here = vnets[network].half_to(target) if network in vnets else None
            if any(half and not half.is_connected for half in (here, vnets[target].half_to(network))):
                asked = request(network, Door.SWEEP, when=self.scheduler.now(), half_at=name)
                self.host.queue.put(asked.to_json(), timedelta())
                self.put += 1

    def fault(self, turn: Turn) -> BaseException:
        """What may go wrong with a call, on its way there or on its way back."""
        if self.random.random() < 0.15:
            return RuntimeError("what nobody foresaw")
        match turn.port:
            case "table" | "blob":
                return ServiceRequestError("503")
            case "queue":
                return StorageFailure(503, "ServerBusy", "busy")
            case "arm":
                return self.random.choice(
                    (
                        AzureFailure(503, "ServiceUnavailable", "unavailable"),
                        AzureFailure(429, "RetryableError", "busy"),
                        AzureFailure(0, "NoAnswer", "cut off"),
                    )
                )
            case _:
                return RuntimeError("no answer")
