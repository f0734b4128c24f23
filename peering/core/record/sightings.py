"""The estate as Resource Graph shows it, page by page, kept in as little room as the comparison needs."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from peering.core.catalogue.policy import UNKNOWN, Catalogue
from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import Vnet


class Sightings:
    """Every network that was seen, once; `by_hub` tells which of them bear a tag, by the partition that it names.

    Halves that lead to no hub of the catalogue are let go of, but for those that use a remote gateway: 10,000 networks
    have to fit beside everything else. A network that was seen and could not be read is there, and says nothing.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._hubs = {policy.vnet: policy.vnet for policy in catalogue.hubs.values()}
        self._networks: dict[VnetId, Vnet | None] = {}
        self._by_hub: dict[str, list[VnetId]] = {}

    def add(self, networks: Iterable[Vnet], unreadable: Iterable[VnetId] = ()) -> None:
        """One more page. Pages that move under the reader may show a network twice: the later one counts."""
        for identity in unreadable:
            self._networks.setdefault(identity, None)
        for network in networks:
            if network.id not in self._networks:
                self._note_tag(network)
            self._networks[network.id] = self._slim(network)

    def _note_tag(self, network: Vnet) -> None:
        tag = self._catalogue.tag_value(network.tags)
        if tag is not None:
            policy = self._catalogue.hub(tag)
            self._by_hub.setdefault(policy.name if policy else UNKNOWN, []).append(network.id)

    def _slim(self, network: Vnet) -> Vnet:
        kept = (half for half in network.halves if half.remote in self._hubs or half.flags.remote_gateways)
        halves = tuple(
            replace(half, remote=self._hubs.get(half.remote, half.remote), remote_prefixes=(), rest={})
            for half in kept
            if half.remote
        )
        return replace(network, halves=halves)

    def __len__(self) -> int:
        return len(self._networks)

    def has(self, network: VnetId) -> bool:
        return network in self._networks

    def get(self, network: VnetId) -> Vnet | None:
        """The network; None where it was not seen, or could not be read."""
        return self._networks.get(network)

    def tagged(self, hub: str) -> Iterator[VnetId]:
        """The networks whose tag names the hub; for UNKNOWN those whose tag names none."""
        yield from self._by_hub.get(hub, ())
