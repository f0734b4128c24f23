"""The steps of a history: what people, Azure and time do. One that cannot be taken where things stand does nothing."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from tests.histories import town
from tests.histories.world import Mail, World

type Json = dict[str, Any]

_HALVES = "virtualNetworkPeerings"


@dataclass(frozen=True)
class Step:
    """`kind` is done to the spoke or hub number `who`; `how` chooses among its forms.

    `mail`: how the events of it travel. `then`: how long the queue is worked on before the next step.
    """

    kind: str
    who: int = 0
    how: int = 0
    mail: str = "soon"
    then: str = "minutes"

    def __str__(self) -> str:
        rest = [repr(self.mail)] if self.mail != "soon" or self.then != "minutes" else []
        rest += [repr(self.then)] if self.then != "minutes" else []
        return f"Step({', '.join([repr(self.kind), str(self.who), str(self.how), *rest])})"


MAIL = {
    "soon": Mail(),
    "lost": Mail(()),
    "twice": Mail((timedelta(seconds=1), timedelta(seconds=90))),
    "late": Mail((timedelta(hours=3),)),
}
THEN = {"minutes": timedelta(minutes=10), "nothing": None, "moments": timedelta(seconds=4), "hours": timedelta(hours=2)}


async def take(step: Step, world: World) -> bool:
    """Whether the step could be taken; where it cannot with the one that it names, it is with the next one."""
    if step.kind in COMPOUND:
        world.labels.add(step.kind)
        return any([await take(replace(each, who=step.who, how=step.how), world) for each in COMPOUND[step.kind]])
    done = any(DEEDS[step.kind](world, step.who + further, step.how) for further in range(len(town.SPOKES)))
    world.post(MAIL[step.mail])
    world.look(by_people=True)
    if done:
        world.labels |= {step.kind, f"mail {step.mail}"}
    if step.kind == "time":
        await world.wait(_TIMES[step.how % len(_TIMES)])
    elif (horizon := THEN[step.then]) is not None:
        await world.pump(horizon)
    return done


_TIMES = (timedelta(minutes=61), timedelta(minutes=5), timedelta(days=1, hours=1), timedelta(hours=6))


def _spoke(who: int) -> tuple[int, str, str]:
    """Its number, name and id."""
    number = who % len(town.SPOKES)
    name = town.SPOKES[number]
    return number, name, town.network_id(name)


def _create(world: World, who: int, how: int) -> bool:
    number, _, identifier = _spoke(who)
    if world.azure.network(identifier):
        return False
    which, region = how % 5, town.REGIONS[1 if how % 7 == 6 else 0]
    tags = {"hub": town.HUBS[how % 2]} if how % 3 else None
    body = town.network_body(region, town.space(number, which if how % 2 else 0), tags=tags)
    return world.azure.hand("PUT", identifier, body).status < 300


def _delete(world: World, who: int, _how: int) -> bool:
    return world.azure.hand("DELETE", _spoke(who)[2]).status == 202


def _recreate(world: World, who: int, how: int) -> bool:
    """Deleted and made anew before anybody looks: the same id and another guid."""
    identifier = _spoke(who)[2]
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


def _tag(world: World, who: int, how: int) -> bool:
    """For the first time, or as it was before; mostly with the hub that it has a half to already."""
    _, name, identifier = _spoke(who)
    document = world.azure.network(identifier) or {"properties": {}}
    remotes = [half["properties"]["remoteVirtualNetwork"]["id"] for half in document["properties"].get(_HALVES) or ()]
    known = [hub for hub in town.HUBS if town.hub_id(hub) in remotes]
    value = known[0] if known and how % 4 else town.HUBS[0 if how % 3 else 1]

    def change(tags: dict[str, str]) -> None:
        tags.setdefault("hub", world.dropped.get(name, value))

    return _tags(world, identifier, change, how)


def _retag(world: World, who: int, how: int) -> bool:
    def change(tags: dict[str, str]) -> None:
        if "hub" in tags:
            tags["hub"] = "neu" if tags["hub"].strip().lower() == "weu" else "weu"

    return _tags(world, _spoke(who)[2], change, how)


def _mistag(world: World, who: int, how: int) -> bool:
    def change(tags: dict[str, str]) -> None:
        tags["hub"] = ("wue", "", "prod")[how % 3]

    return _tags(world, _spoke(who)[2], change, how)


def _untag(world: World, who: int, how: int) -> bool:
    def change(tags: dict[str, str]) -> None:
        if "hub" in tags:
            world.dropped[_spoke(who)[1]] = tags.pop("hub")

    return _tags(world, _spoke(who)[2], change, how)


def _wipe(world: World, who: int, how: int) -> bool:
    """A redeployment that knows only the one tag."""

    def change(tags: dict[str, str]) -> None:
        for name in [each for each in tags if each != "hub"]:
            del tags[name]

    return _tags(world, _spoke(who)[2], change, how)


def _resize(world: World, identifier: str, change: Callable[[list[str]], list[str]]) -> bool:
    document = world.azure.network(identifier)
    if document is None:
        return False
    body = deepcopy(document)
    before = body["properties"]["addressSpace"]["addressPrefixes"]
    body["properties"]["addressSpace"]["addressPrefixes"] = after = change(before)
    return after != before and world.azure.hand("PUT", identifier, body).status < 300


def _grow(world: World, who: int, how: int) -> bool:
    number, _, identifier = _spoke(who)
    more = town.growth(number, how // 3 % 4 if how % 3 else 0)
    return _resize(world, identifier, lambda prefixes: prefixes if more in prefixes else [*prefixes, more])


def _shrink(world: World, who: int, how: int) -> bool:
    def change(prefixes: list[str]) -> list[str]:
        return prefixes[:-1] if how % 2 else prefixes[1:]

    return _resize(world, _spoke(who)[2], lambda prefixes: change(prefixes) if len(prefixes) > 1 else prefixes)


def _grow_hub(world: World, who: int, how: int) -> bool:
    """By a range of its own, or by one that a spoke may have."""
    hub = town.HUBS[who % 2]
    more = (f"10.{200 + who % 2}.0.0/16", "10.2.192.0/18")[1 if how % 4 == 0 else 0]

    def change(prefixes: list[str]) -> list[str]:
        return [each for each in prefixes if each != more] if more in prefixes else [*prefixes, more]

    return _resize(world, town.hub_id(hub), change)


def _halves(world: World, who: int, how: int, *, ours: bool) -> list[tuple[str, Json]]:
    """Ids and documents of halves between the spoke and a hub, of ours or of other people."""
    spoke, hubs = _spoke(who)[2], [town.hub_id(hub) for hub in town.HUBS]
    found = []
    for network, remotes in ((spoke, hubs), *((hub, [spoke]) for hub in hubs)):
        document = world.azure.network(network) or {"properties": {}}
        for half in document["properties"].get("virtualNetworkPeerings") or ():
            remote = half["properties"]["remoteVirtualNetwork"]["id"].lower()
            if remote in [each.lower() for each in remotes] and half["name"].startswith("autopeer-") == ours:
                found.append((half["id"], half))
    return found[how % len(found) :][:1] if found else []


def _delete_half(world: World, who: int, how: int) -> bool:
    return any(world.azure.hand("DELETE", key).status == 202 for key, _ in _halves(world, who, how, ours=True))


def _unpeer(world: World, who: int, how: int) -> bool:
    """People take back what they made."""
    return any(world.azure.hand("DELETE", key).status == 202 for key, _ in _halves(world, who, how, ours=False))


def _edit_half(world: World, who: int, how: int) -> bool:
    names = ("allowForwardedTraffic", "allowVirtualNetworkAccess", "allowGatewayTransit", "useRemoteGateways")
    for key, half in _halves(world, who, how // 4, ours=how % 5 != 4):
        body: Json = {"properties": dict(half["properties"])}
        name = names[how % 4]
        body["properties"][name] = not body["properties"][name]
        return world.azure.hand("PUT", key, body).status < 300
    return False


def _peer_by_hand(world: World, who: int, how: int) -> bool:
    """Both halves, those of a manager of networks, or one alone."""
    _, name, spoke = _spoke(who)
    hub = town.HUBS[1 if how % 5 == 4 else 0]
    prefix = "ANM_" if how % 4 == 3 else "by-hand-"
    ends = [(town.hub_id(hub), spoke, name), (spoke, town.hub_id(hub), hub)]
    flags = {"allowForwardedTraffic": how % 3 == 0, "allowVirtualNetworkAccess": how % 3 != 1}
    done = False
    for network, remote, called in ends if how % 3 != 2 else ends[how % 2 :][:1]:
        body = {"properties": {"remoteVirtualNetwork": {"id": remote}, **flags}}
        path = f"{network}/virtualNetworkPeerings/{prefix}{called}"
        done = world.azure.hand("PUT", path, body).status < 300 or done
    return done


def _peer_with_neighbour(world: World, who: int, _how: int) -> bool:
    """A pair that has nothing to do with any hub."""
    _, name, spoke = _spoke(who)
    neighbour = town.network_id(town.NEIGHBOUR)
    done = False
    for network, remote, called in ((neighbour, spoke, name), (spoke, neighbour, town.NEIGHBOUR)):
        body = {"properties": {"remoteVirtualNetwork": {"id": remote}}}
        done = world.azure.hand("PUT", f"{network}/virtualNetworkPeerings/to-{called}", body).status < 300 or done
    return done


def _gateway_up(world: World, who: int, how: int) -> bool:
    name, region = (f"hub-{town.HUBS[who % 2]}", town.REGIONS[who % 2]) if how % 3 else (_spoke(who)[1], "westeurope")
    if world.azure.hand("GET", town.gateway_id(name)).status == 200 or not world.azure.network(town.network_id(name)):
        return False
    if not how % 3 and not _with_gateway_subnet(world, name):
        return False
    return world.azure.hand("PUT", town.gateway_id(name), town.gateway_body(name, region)).status < 300


def _with_gateway_subnet(world: World, name: str) -> bool:
    document = world.azure.network(town.network_id(name))
    if document is None:
        return False
    prefix = document["properties"]["addressSpace"]["addressPrefixes"][0].partition("/")[0] + "/27"
    subnet = town.gateway_subnet(prefix)
    return world.azure.hand("PUT", f"{town.network_id(name)}/subnets/GatewaySubnet", subnet).status < 300


def _gateway_down(world: World, who: int, how: int) -> bool:
    name = f"hub-{town.HUBS[who % 2]}" if how % 2 else _spoke(who)[1]
    return world.azure.hand("DELETE", town.gateway_id(name)).status == 202


def _lock(world: World, who: int, how: int) -> bool:
    scope = town.hub_id(town.HUBS[who % 2]) if how % 4 == 3 else _spoke(who)[2]
    if world.azure.network(scope) is None:
        return False
    world.azure.lock(scope, ("CanNotDelete", "ReadOnly")[how % 2])
    return True


def _unlock(world: World, who: int, _how: int) -> bool:
    locks = world.azure.emulator.estate.access.locks
    before = len(locks)
    for scope in (town.hub_id(town.HUBS[who % 2]), _spoke(who)[2]):
        world.azure.unlock(scope)
    return len(locks) < before


def _take_role(world: World, _who: int, how: int) -> bool:
    subscription = f"/subscriptions/{town.HUBS_IN if how % 3 == 2 else town.SPOKES_IN}"
    held = subscription in world.azure.emulator.estate.access.assignments
    world.azure.take_role(subscription)
    return held


def _give_role(world: World, _who: int, _how: int) -> bool:
    missing = False
    for name in (town.HUBS_IN, town.SPOKES_IN):
        if f"/subscriptions/{name}" not in world.azure.emulator.estate.access.assignments:
            world.azure.give_role(f"/subscriptions/{name}")
            missing = True
    return missing


def _stray_404(world: World, who: int, how: int) -> bool:
    """The next reads of a network say that it is not there."""
    name = f"hub-{town.HUBS[who % 2]}" if how % 4 == 3 else _spoke(who)[1]
    answer = {"status": 404, "code": "ResourceNotFound", "message": f"The Resource {name} was not found."}
    rule = {"match": {"method": "GET", "path": f"/virtualnetworks/{name}$"}, "times": 1 + how % 3, "answer": answer}
    world.azure.emulator.load_faults([rule])
    return True


def _graph_late(world: World, _who: int, how: int) -> bool:
    world.azure.emulator.latency.graph_delay_seconds = (30.0, 600.0, 0.0)[how % 3]
    return True


def _sweep(world: World, _who: int, _how: int) -> bool:
    world.sweep()
    return True


EDITS: tuple[tuple[str, tuple[object, object]], ...] = (
    ("forwarded_traffic", (True, False)),
    ("gateway", ("required", "auto")),
    ("gateway", ("never", "auto")),
    ("existing", ("refuse", "adopt")),
    ("departure", ("keep", "remove")),
    ("reserved_space", (["192.168.0.0/17", "10.1.0.0/16"], ["192.168.0.0/17"])),
    ("max_peerings", (1, 500)),
    ("regions", ("same", "any")),
    ("approval", ([{"decision": "hold"}], "none")),
)


def _edit_catalogue(world: World, who: int, how: int) -> bool:
    """One key of one hub, or of both."""
    key, (one, other) = EDITS[how % len(EDITS)]
    now = world.document["hubs"][town.HUBS[who % 2]].get(key)
    for hub in town.HUBS if how // len(EDITS) % 2 else (town.HUBS[who % 2],):
        world.edit_catalogue(hub, key, other if now == one else one)
    return True


COMPOUND: Mapping[str, tuple[Step, ...]] = {
    "redeploy": (Step("untag"), Step("tag", mail="lost", then="nothing")),
    "tag what people peered": (Step("peer by hand", then="nothing"), Step("tag")),
    "lock for a while": (Step("lock", then="nothing"), Step("untag"), Step("time"), Step("unlock")),
    "a day without a role": (Step("take role", then="nothing"), Step("tag"), Step("time"), Step("give role")),
    "grow and shrink": (Step("grow"), Step("shrink")),
}
"""What often comes together: a deployment that drops the tag for a moment, somebody who tags what is peered already."""


def _nothing(_world: World, _who: int, _how: int) -> bool:
    return True


DEEDS: Mapping[str, Callable[[World, int, int], bool]] = {
    "time": _nothing,
    "create": _create,
    "tag": _tag,
    "untag": _untag,
    "retag": _retag,
    "mistag": _mistag,
    "wipe tags": _wipe,
    "delete": _delete,
    "recreate": _recreate,
    "grow": _grow,
    "shrink": _shrink,
    "grow hub": _grow_hub,
    "delete half": _delete_half,
    "edit half": _edit_half,
    "peer by hand": _peer_by_hand,
    "unpeer by hand": _unpeer,
    "peer with neighbour": _peer_with_neighbour,
    "gateway up": _gateway_up,
    "gateway down": _gateway_down,
    "lock": _lock,
    "unlock": _unlock,
    "take role": _take_role,
    "give role": _give_role,
    "stray 404": _stray_404,
    "graph late": _graph_late,
    "sweep": _sweep,
    "edit catalogue": _edit_catalogue,
}
