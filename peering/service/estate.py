"""The whole estate in one piece, for a person who asks about it; a sweep keeps no more of it than it needs."""

from collections.abc import Iterator
from dataclasses import dataclass

from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import Vnet
from peering.core.record.preview import EstateTooLarge
from peering.core.record.sightings import Sightings
from peering.service.context import Context

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
    estate, token = WholeEstate({}, Sightings(context.catalogue)), None
    hubs = [policy.vnet for policy in context.catalogue.hubs.values()]
    while True:
        page = await context.ports.estate.page(hubs, token)
        estate.networks.update((network.id, network) for network in page.networks)
        estate.seen.add(page.networks, page.unreadable)
        token = page.following
        if len(estate.networks) > most:
            raise EstateTooLarge(f"Resource Graph shows more than {most} networks.")
        if token is None:
            return estate
