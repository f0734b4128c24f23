"""Two hubs without a gateway and six spokes: made, put back between stories, and removed."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from localazure.conformance.ask_azure.question import Unasked
from localazure.conformance.ask_azure.rest import BUSY, Reply, Rest

type Json = dict[str, Any]

HUBS = ("trial-hub-1", "trial-hub-2")
SPOKES = tuple(f"trial-spoke-{number}" for number in range(1, 7))
LOCK = "trial-lock"
LOCKS_API, RESOURCES_API = "2020-05-01", "2021-04-01"
_SPACES = {name: [f"10.10{number}.0.0/16"] for number, name in enumerate(HUBS, start=1)} | {
    name: [f"10.11{number}.0.0/24"] for number, name in enumerate(SPOKES, start=1)
}
_ROUNDS = 40  # of removing one thing, three seconds apart


class Ground:
    """The networks of one trial. `group` is the id of its resource group, `location` the group's."""

    def __init__(self, rest: Rest, group: str, location: str) -> None:
        self.rest = rest
        self.group = group
        self.location = location
        self.left: list[str] = []
        self._halves: set[str] = set()
        self._changed: set[str] = set()
        self._locked: set[str] = set()

    # What there is.

    def network(self, name: str) -> str:
        return f"{self.group}/providers/Microsoft.Network/virtualNetworks/{name}"

    def half(self, name: str, remote: str) -> str:
        return f"{self.network(name)}/virtualNetworkPeerings/to-{remote}"

    def lock(self, name: str) -> str:
        return f"{self.network(name)}/providers/Microsoft.Authorization/locks/{LOCK}"

    def body(self, name: str, prefixes: list[str] | None = None, **properties: object) -> Json:
        """That of a network: with its own space unless told, and no tags."""
        space = {"addressPrefixes": prefixes or _SPACES[name]}
        return {"location": self.location, "properties": {"addressSpace": space, **properties}}

    def space(self, name: str) -> list[str]:
        return list(_SPACES[name])

    # What is done to it.

    async def send_half(
        self, name: str, remote: str, properties: Json | None = None, *, called: str = "", sync: bool = False
    ) -> Reply:
        """Ask for a half, once. Nothing is sent but the remote network and the properties that are given."""
        path = f"{self.network(name)}/virtualNetworkPeerings/{called}" if called else self.half(name, remote)
        body = {"properties": {"remoteVirtualNetwork": {"id": self.network(remote)}, **(properties or {})}}
        reply = await self.rest.send("PUT", f"{path}?syncRemoteAddressSpace=true" if sync else path, body)
        if reply.accepted:
            self._halves.add(path)
        return reply

    async def put_half(
        self, name: str, remote: str, properties: Json | None = None, *, called: str = "", sync: bool = False
    ) -> Reply:
        """The first answer, when its operation has ended; while a network is busy it is asked again."""
        reply = await self.send_half(name, remote, properties, called=called, sync=sync)
        for _ in range(_ROUNDS):
            if reply.code not in BUSY:
                break
            await self.rest.clock.pause(3)
            reply = await self.send_half(name, remote, properties, called=called, sync=sync)
        await self.rest.ended(reply)
        return reply

    async def pair(self, name: str, remote: str) -> None:
        """Both halves. Raises Unasked unless they are Connected."""
        for one, other in ((name, remote), (remote, name)):
            reply = await self.put_half(one, other)
            if not reply.accepted:
                raise Unasked(f"no pair of {name} and {remote} came about: {reply.said}")
        await self.state(name, remote, "Connected")

    async def state(self, name: str, remote: str, wanted: str) -> str:
        """The half's peeringState and peeringSyncLevel, once it is as wanted or has had the time to be."""
        reply, _ = await self.rest.shows(
            self.half(name, remote), lambda each: wanted in each.properties("peeringState", "peeringSyncLevel").split()
        )
        return reply.properties("peeringState", "peeringSyncLevel") if reply.accepted else reply.said

    async def put(self, name: str, prefixes: list[str] | None = None, **properties: object) -> Reply:
        """Write a network; the first answer, when its operation has ended."""
        self._changed.add(name)
        reply = await self.rest.write("PUT", self.network(name), self.body(name, prefixes, **properties))
        await self.rest.ended(reply)
        return reply

    async def make(self) -> None:
        """All networks, without any half. Raises Unasked."""
        for name in (*HUBS, *SPOKES):
            await self.rest.done("PUT", self.network(name), self.body(name))

    async def fresh(self) -> None:
        """As they were made: no locks, no halves, no subnets, their own spaces. Raises Unasked.

        It goes by what was written and not by what can be read: reads may lag.
        """
        for name in sorted(self._locked):
            await self.unlock(name)
        for path in sorted(self._halves):
            if not await self._remove(path):
                raise Unasked(f"{path.rpartition('/virtualNetworks/')[2]}, of an earlier story, cannot be removed")
        for name in sorted(self._changed):
            await self.rest.done("PUT", self.network(name), self.body(name, subnets=[]))
        self._halves.clear()
        self._changed.clear()

    def changes(self, name: str) -> str:
        """The network's id, for who writes to it by other ways than these."""
        self._changed.add(name)
        return self.network(name)

    async def locked(self, name: str, level: str) -> Reply:
        """The answer. Raises Unasked where the login may not lock: Owner or User Access Administrator may."""
        self._locked.add(name)
        try:
            return await self.rest.send("PUT", self.lock(name), {"properties": {"level": level}}, LOCKS_API)
        except Unasked:
            self._locked.discard(name)
            raise

    async def unlock(self, name: str) -> Reply:
        reply = await self.rest.send("DELETE", self.lock(name), version=LOCKS_API)
        self._locked.discard(name)
        return reply

    # And its end.

    async def clean(self) -> None:
        """Remove what was made, locks first. `left` then has the ids of what is still there after minutes of trying."""
        for _ in range(_ROUNDS):
            for name in sorted(self._locked):
                with suppress(Unasked):
                    await self.unlock(name)
            for name in (*SPOKES, *HUBS):
                with suppress(Unasked):
                    await self._deleted(self.network(name))
            self.left = await resources(self.rest, self.group)
            if not self.left:
                break
            await self.rest.clock.pause(3)

    async def _remove(self, path: str) -> bool:
        """Whether it is gone in the end: what is busy, or still locked, is asked again."""
        for _ in range(_ROUNDS):
            if await self._deleted(path):
                return True
            await self.rest.clock.pause(3)
        return False

    async def _deleted(self, path: str) -> bool:
        """Whether one try was enough. A network goes with its halves."""
        reply = await self.rest.send("DELETE", path)
        return reply.status == 404 or (reply.accepted and await self.rest.ended(reply) == "Succeeded")


async def resources(rest: Rest, group: str) -> list[str]:
    """The ids of all resources in the group, read from the network provider too: the list of a group may lag."""
    found: dict[str, None] = {}
    for path, version in (
        (f"{group}/resources", RESOURCES_API),
        (f"{group}/providers/Microsoft.Network/virtualNetworks", "2024-05-01"),
    ):
        reply = await rest.send("GET", path, version=version)
        if not reply.accepted:
            raise Unasked(f"What is in {group} cannot be read: {reply.said}.")
        found |= dict.fromkeys(str(each["id"]) for each in reply.get("value") or [])
    return list(found)
