"""The whole estate in one piece, for a person who asks about it; a sweep keeps no more of it than it needs."""

from collections.abc import Iterator
from dataclasses import dataclass

from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import Vnet
from peering.core.record.preview import EstateTooLarge
from peering.core.record.sightings import Sightings
from peering.service.context import Context
from peering.service.observe import tags_above

MOST = 100_000
"""Networks: each is kept with all its peerings."""


@dataclass(frozen=True, slots=True)
class WholeEstate:
    """What Resource Graph shows: each network but the hubs as it is there, and as a sweep keeps it."""

    networks: dict[VnetId, Vnet]
    seen: Sightings

    def partners(self, hub: Vnet) -> Iterator[Vnet]:
        """The networks that the hub has halves to."""
        found = (self.networks.get(half.remote) for half in hub.halves if half.remote)
        return (network for network in found if network is not None)


async def read_estate(context: Context, most: int = MOST) -> WholeEstate:
    """Every page of Resource Graph. Raises AzureFailure, and EstateTooLarge above `most` networks."""
    estate, token, above = WholeEstate({}, Sightings(context.catalogue)), None, tags_above(context)
    hubs = [policy.vnet for policy in context.catalogue.hubs.values()]
    while True:
        page = await context.ports.estate.page(hubs, token)
        networks, undecided = await above.decide_all(page.networks)
        estate.networks.update((network.id, network) for network in networks)
        estate.seen.add(networks, (*page.unreadable, *undecided))
        token = page.following
        if len(estate.networks) > most:
            raise EstateTooLarge(f"Resource Graph shows more than {most} networks.")
        if token is None:
            return estate
