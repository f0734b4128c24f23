"""What people do to peerings: to ours, and to some of their own."""

from typing import Any

from tests.histories import town
from tests.histories.deeds.networks import spoke_of
from tests.histories.world import World

type Json = dict[str, Any]


def halves_between(world: World, who: int, how: int, *, ours: bool) -> list[tuple[str, Json]]:
    """Ids and documents of halves between the spoke and a hub, of ours or of other people."""
    spoke, hubs = spoke_of(who)[2], [town.hub_id(hub) for hub in town.HUBS]
    found = []
    for network, remotes in ((spoke, hubs), *((hub, [spoke]) for hub in hubs)):
        document = world.azure.network(network) or {"properties": {}}
        for half in document["properties"].get("virtualNetworkPeerings") or ():
            remote = half["properties"]["remoteVirtualNetwork"]["id"].lower()
            if remote in [each.lower() for each in remotes] and half["name"].startswith("autopeer-") == ours:
                found.append((half["id"], half))
    return found[how % len(found) :][:1] if found else []


def delete_half(world: World, who: int, how: int) -> bool:
    return any(world.azure.hand("DELETE", key).status == 202 for key, _ in halves_between(world, who, how, ours=True))


def unpeer(world: World, who: int, how: int) -> bool:
    """People take back what they made."""
    return any(world.azure.hand("DELETE", key).status == 202 for key, _ in halves_between(world, who, how, ours=False))


def edit_half(world: World, who: int, how: int) -> bool:
    names = ("allowForwardedTraffic", "allowVirtualNetworkAccess", "allowGatewayTransit", "useRemoteGateways")
    for key, half in halves_between(world, who, how // 4, ours=how % 5 != 4):
        body: Json = {"properties": dict(half["properties"])}
        name = names[how % 4]
        body["properties"][name] = not body["properties"][name]
        return world.azure.hand("PUT", key, body).status < 300
    return False


def peer_by_hand(world: World, who: int, how: int) -> bool:
    """Both halves, those of a manager of networks, or one alone."""
    _, name, spoke = spoke_of(who)
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


def peer_with_neighbour(world: World, who: int, _how: int) -> bool:
    """A pair that has nothing to do with any hub."""
    _, name, spoke = spoke_of(who)
    neighbour = town.network_id(town.NEIGHBOUR)
    done = False
    for network, remote, called in ((neighbour, spoke, name), (spoke, neighbour, town.NEIGHBOUR)):
        body = {"properties": {"remoteVirtualNetwork": {"id": remote}}}
        done = world.azure.hand("PUT", f"{network}/virtualNetworkPeerings/to-{called}", body).status < 300 or done
    return done
