"""What changes around the networks: gateways, locks, roles, what Azure shows, and the catalogue."""

from tests.histories import town
from tests.histories.deeds.networks import spoke_of
from tests.histories.world import World


def gateway_up(world: World, who: int, how: int) -> bool:
    name, region = (f"hub-{town.HUBS[who % 2]}", town.REGIONS[who % 2]) if how % 3 else (spoke_of(who)[1], "westeurope")
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


def gateway_down(world: World, who: int, how: int) -> bool:
    name = f"hub-{town.HUBS[who % 2]}" if how % 2 else spoke_of(who)[1]
    return world.azure.hand("DELETE", town.gateway_id(name)).status == 202


def lock(world: World, who: int, how: int) -> bool:
    scope = town.hub_id(town.HUBS[who % 2]) if how % 4 == 3 else spoke_of(who)[2]
    if world.azure.network(scope) is None:
        return False
    world.azure.lock(scope, ("CanNotDelete", "ReadOnly")[how % 2])
    return True


def unlock(world: World, who: int, _how: int) -> bool:
    locks = world.azure.emulator.estate.access.locks
    before = len(locks)
    for scope in (town.hub_id(town.HUBS[who % 2]), spoke_of(who)[2]):
        world.azure.unlock(scope)
    return len(locks) < before


def take_role(world: World, _who: int, how: int) -> bool:
    subscription = f"/subscriptions/{town.HUBS_IN if how % 3 == 2 else town.SPOKES_IN}"
    held = subscription in world.azure.emulator.estate.access.assignments
    world.azure.take_role(subscription)
    return held


def give_role(world: World, _who: int, _how: int) -> bool:
    missing = False
    for name in (town.HUBS_IN, town.SPOKES_IN):
        if f"/subscriptions/{name}" not in world.azure.emulator.estate.access.assignments:
            world.azure.give_role(f"/subscriptions/{name}")
            missing = True
    return missing


def stray_404(world: World, who: int, how: int) -> bool:
    """The next reads of a network say that it is not there."""
    name = f"hub-{town.HUBS[who % 2]}" if how % 4 == 3 else spoke_of(who)[1]
    answer = {"status": 404, "code": "ResourceNotFound", "message": f"The Resource {name} was not found."}
    rule = {"match": {"method": "GET", "path": f"/virtualnetworks/{name}$"}, "times": 1 + how % 3, "answer": answer}
    world.azure.emulator.load_faults([rule])
    return True


def graph_late(world: World, _who: int, how: int) -> bool:
    world.azure.emulator.latency.graph_delay_seconds = (30.0, 600.0, 0.0)[how % 3]
    return True


def sweep(world: World, _who: int, _how: int) -> bool:
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


def edit_catalogue(world: World, who: int, how: int) -> bool:
    """One key of one hub, or of both."""
    key, (one, other) = EDITS[how % len(EDITS)]
    now = world.document["hubs"][town.HUBS[who % 2]].get(key)
    for hub in town.HUBS if how // len(EDITS) % 2 else (town.HUBS[who % 2],):
        world.edit_catalogue(hub, key, other if now == one else one)
    return True
