"""Whether a gateway has room for one more network: it tells its other side of every network behind it, up to a limit.

Beyond it the connection of everybody behind the gateway is at risk (docs/facts/arm-peering.md, Prefixes behind a
gateway).
"""

from collections.abc import Collection, Sequence

from peering.core.catalogue.policy import HubPolicy
from peering.core.decision.findings import Code, Finding
from peering.core.network.addresses import Prefix
from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import Vnet

MOST = {4: 1000, 6: 100}
"""Prefixes of each IP version that ExpressRoute takes."""


def over_the_limit(hub: Vnet, spoke: VnetId, prefixes: Sequence[Prefix], others: Sequence[Prefix]) -> int:
    """The IP version of which there would be too many prefixes with this network's, 0 where there is room.

    `others` are those of networks that are let in beside it. What the hub summarizes is told of as one.
    """
    behind = _behind(hub, spoke)
    if len(hub.summarized or hub.prefixes) + len(behind) + len(others) + len(prefixes) <= min(MOST.values()):
        return 0
    told = _told(hub, (*behind, *others, *prefixes))
    mine = {prefix.version for prefix in _not_in(prefixes, hub.summarized)}
    return next((v for v in sorted(mine) if sum(prefix.version == v for prefix in told) > MOST[v]), 0)


def announced(hub: Vnet) -> dict[int, int]:
    """How many prefixes of each IP version the hub's gateway tells its other side of, now."""
    told = _told(hub, _behind(hub))
    return {version: sum(prefix.version == version for prefix in told) for version in MOST}


def _behind(hub: Vnet, but: VnetId | None = None) -> list[Prefix]:
    """What lies behind the gateway, in halves that lend it, but for those of one spoke."""
    lending = (half for half in hub.halves if half.flags.gateway_transit and half.is_connected)
    return [prefix for half in lending if but is None or half.remote != but for prefix in half.remote_prefixes]


def _told(hub: Vnet, behind: Sequence[Prefix]) -> set[Prefix]:
    return {*(hub.summarized or hub.prefixes), *_not_in(behind, hub.summarized)}


def _not_in(prefixes: Sequence[Prefix], blocks: Collection[Prefix]) -> list[Prefix]:
    return [prefix for prefix in prefixes if not any(prefix.inside(block) for block in blocks)]


def no_room(hub: Vnet, spoke: Vnet, policy: HubPolicy, others: Sequence[Prefix] = ()) -> list[Finding]:
    """Why the spoke cannot be let in behind the gateway. Who is there already keeps his place."""
    half = spoke.half_to(hub.id)
    if half is not None and half.is_connected and half.flags.remote_gateways:
        return []
    version = over_the_limit(hub, spoke.id, spoke.prefixes, others)
    if not version:
        return []
    return [
        Finding(
            Code.GATEWAY_PREFIXES_FULL,
            f"With {spoke.id.name} the gateway of hub {policy.name!r} would announce more than the {MOST[version]} "
            f"IPv{version} prefixes that ExpressRoute takes, and nobody behind it could rely on it any more. Ask "
            f"{policy.its_owners} to announce fewer, larger ones (summarizedGatewayPrefixes of the hub's network), or "
            "give the network fewer prefixes.",
            remedy=f"Ask {policy.whom} to summarize the prefixes of the hub's gateway.",
        )
    ]
