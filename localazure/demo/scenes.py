"""The second act: what happens to pairs after they were made, and what Autopeer makes of it.

Each scene does what a person would do through ARM, waits until the answer is there, and returns it in a sentence.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from localazure.client.arm import NETWORK_API
from localazure.demo.story import DATA_TEAM, Spoke
from localazure.demo.witness import PlayError, Witness

_LOOK = 0.03


@dataclass(frozen=True, slots=True)
class Cast:
    """Who takes part: three connected spokes by name, the hub they are at, and another one. Hubs by name and by id."""

    spokes: dict[str, Spoke]
    hub: str
    hub_network: str
    other: str
    other_network: str

    def id(self, name: str) -> str:
        return self.spokes[name].id


@dataclass(frozen=True, slots=True)
class Scene:
    """`about` says what somebody does; `play` does it, and says what came of it."""

    about: str
    play: Callable[[Witness, Cast], Awaitable[str]]


async def _mistype(witness: Witness, cast: Cast) -> str:
    lake = cast.id("lake")
    await witness.arm.merge_tags(lake, {"hub": f"{cast.hub[:-1]}"})
    await witness.until_record(lake, cast.hub, state="Connected", finding="UnknownHub")
    hub = cast.hub_network.rpartition("/")[2]
    if (await witness.halves(lake))[hub]["peeringState"] != "Connected":
        raise PlayError("The mistyped tag has cut lake off.")
    told = await _told(witness, lake, "UnknownHub")
    await witness.arm.merge_tags(lake, {"hub": cast.hub})
    return f"the pair stays, and the network says:\n{told}"


async def _told(witness: Witness, network: str, word: str) -> str:
    """The answer on the network itself, once it has the word in it: it is written after the record."""
    told = ""

    async def holds() -> bool:
        nonlocal told
        told = await witness.tag(network, "hub-status")
        return word in told

    await witness.until(f"the status tag says {word}", holds)
    return f'hub-status = "{told}"'


async def _move(witness: Witness, cast: Cast) -> str:
    orders, hub = cast.id("orders"), cast.hub_network.rpartition("/")[2]
    watching = asyncio.create_task(_looks(witness, orders))
    await witness.arm.merge_tags(orders, {"hub": cast.other})
    await witness.until_record(orders, cast.other, state="Connected")
    await witness.until_record(orders, cast.hub, state="Removed")
    watching.cancel()
    looks = await watching
    if not all(looks):
        raise PlayError(f"While it moved, orders had no pair in {looks.count(False)} of {len(looks)} looks.")
    if hub in await witness.halves(orders):
        raise PlayError("The old pair of orders is still there.")
    return f"the new pair first, then the old one is removed:\nconnected in each of {len(looks)} looks on the way"


async def _looks(witness: Witness, network: str) -> list[bool]:
    """Look until it is cancelled; each time, whether any half of the network said Connected."""
    looks = list[bool]()
    try:
        while True:
            states = [half["peeringState"] for half in (await witness.halves(network)).values()]
            looks.append("Connected" in states)
            await asyncio.sleep(_LOOK)
    except asyncio.CancelledError:
        return looks


async def _grow(witness: Witness, cast: Cast) -> str:
    more = "10.64.7.0/24"
    await _resize(witness, cast, more)
    await witness.until("the hub routes what shop has grown by", lambda: _routes(witness, cast, more))
    return f"the hub's half is synced: {more} is routed"


async def _routes(witness: Witness, cast: Cast, prefix: str) -> bool:
    half = (await witness.halves(cast.hub_network)).get("shop", {})
    routed = half.get("remoteAddressSpace", {}).get("addressPrefixes", [])
    recorded = (await witness.record(cast.id("shop"), cast.hub)).get("addressSpace", [])
    return prefix in routed and prefix in recorded and half["provisioningState"] == "Succeeded"


async def _resize(witness: Witness, cast: Cast, *more: str) -> None:
    """Give shop the ranges that it began with, and more; its tags stay as they are."""
    shop = cast.spokes["shop"]
    tags = (await witness.arm.get(shop.id))["tags"]
    await witness.arm.put_vnet(shop.id, "westeurope", [*shop.prefixes, *more], tags)


async def _delete_half(witness: Witness, cast: Cast) -> str:
    before = (await witness.record(cast.id("shop"), cast.hub))["finished"]
    await witness.arm.delete((await _hub_half(witness, cast, "shop"))["id"])

    async def back() -> bool:
        half = await _hub_half(witness, cast, "shop")
        record = await witness.record(cast.id("shop"), cast.hub)
        repaired = record["state"] == "Connected" and record["finished"] != before
        return repaired and bool(half) and half["properties"]["peeringState"] == "Connected"

    await witness.until("the half of the hub is back", back)
    return "it is made anew, and both halves are Connected again"


async def _hub_half(witness: Witness, cast: Cast, name: str) -> dict[str, Any]:
    """The hub's half to a spoke as ARM shows it; empty without one."""
    hub = await witness.arm.get(cast.hub_network)
    halves: list[dict[str, Any]] = hub["properties"]["virtualNetworkPeerings"]
    remote = cast.id(name).lower()
    return next((half for half in halves if half["properties"]["remoteVirtualNetwork"]["id"].lower() == remote), {})


async def _lose_tag(witness: Witness, network: str) -> None:
    tags = (await witness.arm.get(network))["tags"]
    kept = {name: value for name, value in tags.items() if name != "hub"}
    await witness.arm.request("PATCH", network, NETWORK_API, {"tags": kept})


async def _untag(witness: Witness, cast: Cast) -> str:
    lake = cast.id("lake")
    await _lose_tag(witness, lake)
    told = await _told(witness, lake, "Leaving")
    await witness.until_record(lake, cast.hub, state="Removed")
    if await witness.halves(lake):
        raise PlayError("lake has left, and a half of it is still there.")
    return f"{told}\nand after that grace both halves are removed"


async def _delete_network(witness: Witness, cast: Cast) -> str:
    orders = cast.id("orders")
    await witness.arm.delete(orders)
    await witness.until_record(orders, cast.other, state="Removed")
    if "orders" in await witness.halves(cast.other_network):
        raise PlayError("orders is deleted, and the hub still has a half to it.")
    return "what it has left on the hub is cleared away"


async def _brake(witness: Witness, cast: Cast) -> str:
    """More networks than the hub's `max_removals` lose their tag at once, as by a mistaken policy."""
    ids = [_late_comer(name, cast).id for name in _LATE_COMERS]
    for name in ids:
        await _lose_tag(witness, name)
    held: dict[str, Any] = {}

    async def all_are_held() -> bool:
        held.update(await witness.held(cast.other))
        return bool(held["count"] == len(ids))

    await witness.until("the brake holds all of them", all_are_held)
    there = await witness.halves(cast.other_network)
    if cut := [name for name in _LATE_COMERS if name not in there]:
        raise PlayError(f"The brake should have held {', '.join(cut)}.")
    await witness.release(cast.other, held["digest"])
    for name in ids:
        await witness.until_record(name, cast.other, state="Removed")
    listed = ", ".join(each["spoke"].rpartition("/")[2] for each in held["value"])
    return (
        f"two a day may go, so none is cut before a person has looked:\n{held['value'][0]['findings'][0]['message']}\n"
        f"GET /api/hubs/{cast.other}/held lists {listed};\n"
        f"POST /api/hubs/{cast.other}/release with the digest of that list lets them go"
    )


async def _join_three(witness: Witness, cast: Cast) -> str:
    for spoke in (_late_comer(name, cast) for name in _LATE_COMERS):
        await witness.arm.put_vnet(spoke.id, "northeurope", list(spoke.prefixes), {"hub": spoke.hub})
    for name in _LATE_COMERS:
        await witness.until_record(_late_comer(name, cast).id, cast.other, state="Connected")
    return "they are peered, one after the other at the hub"


_LATE_COMERS = ("web", "mail", "wiki")


def _late_comer(name: str, cast: Cast) -> Spoke:
    prefix = f"10.65.{_LATE_COMERS.index(name)}.0/24"
    return Spoke(name=name, subscription=DATA_TEAM, prefixes=(prefix,), hub=cast.other, about="comes later")


def scenes(cast: Cast) -> list[Scene]:
    """The scenes, in order."""
    return [
        Scene(f"lake's tag is mistyped: hub = {cast.hub[:-1]}", _mistype),
        Scene(f"orders is sent to another hub: hub = {cast.other}", _move),
        Scene("shop grows by a range", _grow),
        Scene("somebody deletes the hub's half to shop by hand", _delete_half),
        Scene("lake loses its tag", _untag),
        Scene("orders is deleted as a network", _delete_network),
        Scene(f"web, mail and wiki come to {cast.other}", _join_three),
        Scene("all three lose their tag at once", _brake),
    ]
