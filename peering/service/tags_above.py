"""The tags of subscriptions and resource groups, each read once for a batch, and only where the catalogue asks."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from peering.core.catalogue.policy import Catalogue, TagSource
from peering.core.catalogue.tag_sources import as_decided, sources_needed
from peering.core.network.failures import AzureFailure
from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import Vnet
from peering.log import logger
from peering.ports import Networks
from peering.service.concurrency import run_all

_log = logger(__name__)

_AT_ONCE = 8  # networks for which something is read

type _Scope = tuple[str, str | None]


@dataclass(slots=True)
class TagsAbove:
    """What was read so far. One that cannot be read fails every network that needs it, and is asked once."""

    networks: Networks
    catalogue: Catalogue
    _known: dict[_Scope, Mapping[str, str] | AzureFailure] = field(default_factory=dict)
    _reading: dict[_Scope, asyncio.Lock] = field(default_factory=dict)

    async def decide(self, network: Vnet) -> Vnet:
        """The network with the tag that counts; raises AzureFailure when what is above it cannot be read."""
        needed = sources_needed(network, self.catalogue)
        above = {source: await self._tags(_scope(source, network.id)) for source in sorted(needed)}
        return as_decided(network, above, self.catalogue)

    async def decide_all(self, networks: Iterable[Vnet]) -> tuple[list[Vnet], list[VnetId]]:
        """The same of many, in order; beside them those of which nobody can say what they want."""
        networks, room = list(networks), asyncio.Semaphore(_AT_ONCE)

        async def one(network: Vnet) -> Vnet | None:
            async with room:
                try:
                    return await self.decide(network)
                except AzureFailure as failure:
                    _log.warning("what %s wants is not known: %s", network.id, failure)
                    return None

        if not any(sources_needed(network, self.catalogue) for network in networks):
            return networks, []
        found = await run_all(one(network) for network in networks)
        unknown = [network.id for network, decided in zip(networks, found, strict=True) if decided is None]
        return [each for each in found if each], unknown

    async def _tags(self, scope: _Scope) -> Mapping[str, str]:
        async with self._reading.setdefault(scope, asyncio.Lock()):
            if scope not in self._known:
                self._known[scope] = await self._read(scope)
        known = self._known[scope]
        if isinstance(known, AzureFailure):
            raise known
        return known

    async def _read(self, scope: _Scope) -> Mapping[str, str] | AzureFailure:
        try:
            return await self.networks.read_tags(*scope)
        except AzureFailure as failure:
            return failure


def _scope(source: TagSource, network: VnetId) -> _Scope:
    group = network.group.lower() if source is TagSource.GROUP else None
    return network.subscription.lower(), group
