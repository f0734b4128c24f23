"""Azure's networks as the model has them: ARM finishes what it began, and nobody writes without the hub's lease."""

import asyncio
from collections import Counter
from contextvars import copy_context

from peering.arm_calls import count_call
from peering.core.catalogue.policy import Catalogue
from peering.core.decision.changes import Change
from peering.core.network.resource_ids import VnetId, lease_name
from peering.core.network.vnets import Half, Vnet
from peering.ports import Accepted, nobody_waits
from tests.fakes.networks import FakeNetworks
from tests.service.model.blobs import Blobs
from tests.service.model.interleavings import WORLD, Scheduler, delivery, process


class ModelNetworks:
    """The port `Networks`. `faults` names what must never be seen."""

    def __init__(self, scheduler: Scheduler, blobs: Blobs, hubs: Catalogue, *vnets: Vnet) -> None:
        self.fake = FakeNetworks(*vnets)
        self.fake.before_apply.append(lambda: scheduler.turn("arm", "at work"))
        self.faults: list[str] = []
        self.under_way: Counter[tuple[VnetId, int]] = Counter()
        self.seen: dict[tuple[int, VnetId], Vnet | None] = {}
        self._scheduler = scheduler
        self._blobs = blobs
        self._hubs = hubs

    async def read(self, vnet: VnetId) -> Vnet | None:
        count_call()
        who = delivery.get()
        found = await self._scheduler.call("arm", f"read {vnet.name}", lambda: self.fake.vnets.get(vnet))
        self.seen[who, vnet] = found
        return found

    async def apply(self, change: Change, accepted: Accepted = nobody_waits) -> Half | None:
        """The write goes on when its caller is dead, or has stopped waiting."""
        self._check(change)
        what, place = f"{change} to {change.vnet.name}", (change.vnet, delivery.get())
        await self._scheduler.turn("arm", what)
        self.under_way[place] += 1
        context = copy_context()
        context.run(process.set, WORLD)
        write = asyncio.create_task(self.fake.apply(change, accepted), context=context)
        write.add_done_callback(lambda done: self._done(done, place))
        try:
            return await asyncio.shield(write)
        finally:
            await self._scheduler.turn("arm", what, goes=False)

    def _done(self, write: "asyncio.Task[Half | None]", place: tuple[VnetId, int]) -> None:
        self.under_way[place] -= 1
        if not write.cancelled():
            write.exception()  # looked at, so that nobody complains when its caller is dead

    def _check(self, change: Change) -> None:
        """Whoever begins a write holds the lease of the hub that it is about, and makes no other to that hub."""
        who = delivery.get()
        hub = self._hubs.hub_of(change.vnet) or self._hubs.hub_of(change.remote)
        if hub and not self._blobs.get_blob_client(lease_name(hub.vnet)).is_held_by(who):
            self.faults.append(f"a write without the lease: {change} to {change.vnet.name} by delivery {who}")
        if hub and change.vnet == hub.vnet and self.under_way[change.vnet, who]:
            self.faults.append(f"two writes at once to {change.vnet.name} by delivery {who}")
        spoke = change.remote if hub and change.vnet == hub.vnet else change.vnet
        seen = self.seen.get((who, spoke))
        if hub and change.why == "leaving" and seen and self._hubs.tag_value(seen.tags) == hub.name:
            self.faults.append(f"a removal that the last read does not want: {change} to {change.vnet.name}")

    async def read_tags(self, subscription: str, group: str | None) -> dict[str, str]:
        await self._scheduler.turn("arm", f"read tags of {group or subscription}")
        return await self.fake.read_tags(subscription, group)

    async def write_tag(self, vnet: VnetId, name: str, value: str) -> None:
        await self._scheduler.turn("arm", f"tag {vnet.name}")
        try:
            await self.fake.write_tag(vnet, name, value)
        finally:
            await self._scheduler.turn("arm", f"tag {vnet.name}", goes=False)

    async def remove_tag(self, vnet: VnetId, name: str, value: str) -> None:
        await self._scheduler.turn("arm", f"untag {vnet.name}")
        try:
            await self.fake.remove_tag(vnet, name, value)
        finally:
            await self._scheduler.turn("arm", f"untag {vnet.name}", goes=False)
