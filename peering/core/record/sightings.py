"""The estate as Resource Graph shows it, page by page, kept in as little room as the comparison needs."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from peering.core.catalogue.policy import UNKNOWN, Catalogue
from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import Flags, Half, Vnet

_NOTHING: Mapping[str, Any] = {}


class Sightings:
    """Every network that was seen, once; `by_hub` tells which of them bear a tag, by the partition that it names.

    Of halves only those to hubs of the catalogue are kept, and those that use a remote gateway; of tags only ours; and
    words that stand there ten thousand times are kept once: all of it has to fit beside everything else. A network
    that was seen and could not be read is there, and says nothing.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._hubs = {policy.vnet: policy.vnet for policy in catalogue.hubs.values()}
        status_tags = (catalogue.status_tag_of(policy) for policy in (None, *catalogue.hubs.values()))
        self._tags = {name.lower() for name in (catalogue.tag, *status_tags) if name}
        self._flags: dict[Flags, Flags] = {}
        self._words: dict[str, str] = {}
        self._networks: dict[VnetId, Vnet | None] = {}
        self._by_hub: dict[str, list[VnetId]] = {}
        self._alone: dict[VnetId, list[tuple[VnetId, Half]]] = {}

    def add(self, networks: Iterable[Vnet], unreadable: Iterable[VnetId] = ()) -> None:
        """One more page. Pages that move under the reader may show a network twice: the later one counts."""
        for identity in unreadable:
            self._networks.setdefault(identity, None)
        for network in networks:
            slim = self._slim(network)
            if slim.id not in self._networks:
                self._note_tag(slim)
                self._note_what_is_alone(slim)
            self._networks[slim.id] = slim

    def _note_tag(self, network: Vnet) -> None:
        tag = self._catalogue.tag_value(network.tags)
        if tag is not None:
            policy = self._catalogue.hub(tag)
            self._by_hub.setdefault(policy.name if policy else UNKNOWN, []).append(network.id)

    def _note_what_is_alone(self, network: Vnet) -> None:
        for half in network.halves:
            if half.remote in self._hubs and not half.is_connected:
                self._alone.setdefault(self._hubs[half.remote], []).append((network.id, half))

    def _slim(self, network: Vnet) -> Vnet:
        kept = (half for half in network.halves if half.remote in self._hubs or half.flags.remote_gateways)
        return replace(
            network,
            id=replace(network.id, subscription=self._once(network.id.subscription)),
            location=self._once(network.location),
            provisioning_state=self._once(network.provisioning_state),
            tags={self._once(name): value for name, value in network.tags.items() if name.lower() in self._tags},
            halves=tuple(map(self._slim_half, kept)),
        )

    def _once(self, word: str) -> str:
        return self._words.setdefault(word, word)

    def _slim_half(self, half: Half) -> Half:
        return replace(
            half,
            name=self._once(half.name),
            remote=self._hubs.get(half.remote, half.remote) if half.remote else None,
            state=self._once(half.state),
            sync_level=self._once(half.sync_level),
            flags=self._flags.setdefault(half.flags, half.flags),
            remote_prefixes=(),
            provisioning_state=self._once(half.provisioning_state),
            rest=_NOTHING,
        )

    def __len__(self) -> int:
        return len(self._networks)

    def has(self, network: VnetId) -> bool:
        return network in self._networks

    def get(self, network: VnetId) -> Vnet | None:
        """The network; None where it was not seen, or could not be read."""
        return self._networks.get(network)

    def alone(self, hub: VnetId) -> Iterator[tuple[VnetId, Half]]:
        """The halves to a hub's network that are not Connected, and whose they are."""
        yield from self._alone.get(hub, ())

    def tagged(self, hub: str) -> Iterator[VnetId]:
        """The networks whose tag names the hub; for UNKNOWN those whose tag names none."""
        yield from self._by_hub.get(hub, ())
