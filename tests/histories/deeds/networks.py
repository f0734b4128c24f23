"""What the owners of networks do to them: they come and go, grow and shrink, and bear tags."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from tests.histories import town
from tests.histories.world import World

type Json = dict[str, Any]

_PEERINGS = "virtualNetworkPeerings"


def spoke_of(who: int) -> tuple[int, str, str]:
    """Its number, name and id."""
    number = who % len(town.SPOKES)
    name = town.SPOKES[number]
    return number, name, town.network_id(name)


def create(world: World, who: int, how: int) -> bool:
    number, _, identifier = spoke_of(who)
    if world.azure.network(identifier):
        return False
    which, region = how % 5, town.REGIONS[1 if how % 7 == 6 else 0]
    tags = {"hub": town.HUBS[how % 2]} if how % 3 else None
    body = town.network_body(region, town.space(number, which if how % 2 else 0), tags=tags)
    return world.azure.hand("PUT", identifier, body).status < 300


def delete(world: World, who: int, _how: int) -> bool:
    return world.azure.hand("DELETE", spoke_of(who)[2]).status == 202


def recreate(world: World, who: int, how: int) -> bool:
    """Deleted and made anew before anybody looks: the same id and another guid."""
    identifier = spoke_of(who)[2]
    before = world.azure.network(identifier)
    if before is None or world.azure.hand("DELETE", identifier).status != 202:
        return False
    prefixes = before["properties"]["addressSpace"]["addressPrefixes"]
    body = town.network_body(before["location"], *prefixes[:1], tags=before.get("tags") if how % 4 else None)
    return world.azure.hand("PUT", identifier, body).status < 300


def _tags(world: World, identifier: str, change: Callable[[dict[str, str]], None], how: int) -> bool:
    """Through the network or through Microsoft.Resources/tags: the events differ."""
    document = world.azure.network(identifier)
    if document is None:
        return False
    tags = dict(document.get("tags") or {})
    change(tags)
    if tags == (document.get("tags") or {}):
        return False
    if how % 2:
        body: Json = {"operation": "Replace", "properties": {"tags": tags}}
        path = f"{identifier}/providers/Microsoft.Resources/tags/default"
        return world.azure.hand("PATCH", path, body, version="2022-09-01").status < 300
    return world.azure.hand("PATCH", identifier, {"tags": tags}).status < 300


def tag(world: World, who: int, how: int) -> bool:
    """For the first time, or as it was before; mostly with the hub that it has a half to already."""
    _, name, identifier = spoke_of(who)
    document = world.azure.network(identifier) or {"properties": {}}
    remotes = [half["properties"]["remoteVirtualNetwork"]["id"] for half in document["properties"].get(_PEERINGS) or ()]
    known = [hub for hub in town.HUBS if town.hub_id(hub) in remotes]
    value = known[0] if known and how % 4 else town.HUBS[0 if how % 3 else 1]

    def change(tags: dict[str, str]) -> None:
        tags.setdefault("hub", world.dropped.get(name, value))

    return _tags(world, identifier, change, how)


def retag(world: World, who: int, how: int) -> bool:
    def change(tags: dict[str, str]) -> None:
        if "hub" in tags:
            tags["hub"] = "neu" if tags["hub"].strip().lower() == "weu" else "weu"

    return _tags(world, spoke_of(who)[2], change, how)


def mistag(world: World, who: int, how: int) -> bool:
    def change(tags: dict[str, str]) -> None:
        tags["hub"] = ("wue", "", "prod")[how % 3]

    return _tags(world, spoke_of(who)[2], change, how)


def untag(world: World, who: int, how: int) -> bool:
    def change(tags: dict[str, str]) -> None:
        if "hub" in tags:
            world.dropped[spoke_of(who)[1]] = tags.pop("hub")

    return _tags(world, spoke_of(who)[2], change, how)


def wipe(world: World, who: int, how: int) -> bool:
    """A redeployment that knows only the one tag."""

    def change(tags: dict[str, str]) -> None:
        for name in [each for each in tags if each != "hub"]:
            del tags[name]

    return _tags(world, spoke_of(who)[2], change, how)


def _resize(world: World, identifier: str, change: Callable[[list[str]], list[str]]) -> bool:
    document = world.azure.network(identifier)
    if document is None:
        return False
    body = deepcopy(document)
    before = body["properties"]["addressSpace"]["addressPrefixes"]
    body["properties"]["addressSpace"]["addressPrefixes"] = after = change(before)
    return after != before and world.azure.hand("PUT", identifier, body).status < 300


def grow(world: World, who: int, how: int) -> bool:
    number, _, identifier = spoke_of(who)
    more = town.growth(number, how // 3 % 4 if how % 3 else 0)
    return _resize(world, identifier, lambda prefixes: prefixes if more in prefixes else [*prefixes, more])


def shrink(world: World, who: int, how: int) -> bool:
    def change(prefixes: list[str]) -> list[str]:
        return prefixes[:-1] if how % 2 else prefixes[1:]

    return _resize(world, spoke_of(who)[2], lambda prefixes: change(prefixes) if len(prefixes) > 1 else prefixes)


def grow_hub(world: World, who: int, how: int) -> bool:
    """By a range of its own, or by one that a spoke may have."""
    hub = town.HUBS[who % 2]
    more = (f"10.{200 + who % 2}.0.0/16", "10.2.192.0/18")[1 if how % 4 == 0 else 0]

    def change(prefixes: list[str]) -> list[str]:
        return [each for each in prefixes if each != more] if more in prefixes else [*prefixes, more]

    return _resize(world, town.hub_id(hub), change)
