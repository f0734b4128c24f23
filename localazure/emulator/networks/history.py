"""What the networks looked like before: for reads that lag behind (docs/facts/arm-networks.md, Reads lag).

It is kept only while somebody wants to look back; what was there when that began counts as there since ever.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field

from localazure.emulator.networks.estate import Estate
from localazure.emulator.networks.operations import Ledger
from localazure.emulator.networks.resources import VirtualNetwork

_EVER = float("-inf")


@dataclass
class _Versions:
    """One network: when it came to look so, and how; None is a network that was not there."""

    since: list[float] = field(default_factory=list)
    looks: list[VirtualNetwork | None] = field(default_factory=list)

    def add(self, moment: float, look: VirtualNetwork | None) -> None:
        self.since.append(moment)
        self.looks.append(look)

    def at(self, moment: float) -> VirtualNetwork | None:
        index = bisect_right(self.since, moment) - 1
        return self.looks[index] if index >= 0 else None

    def forget(self, before: float) -> None:
        """All but the one that still held at that moment."""
        surplus = bisect_right(self.since, before) - 1
        if surplus > 0:
            del self.since[:surplus], self.looks[:surplus]


@dataclass
class History:
    """The networks of one estate, version by version."""

    _networks: dict[str, _Versions] = field(default_factory=dict)
    _running: bool = False

    def note(self, estate: Estate, seconds: float) -> None:
        """Write down what has changed. `seconds`: how far back anybody may look; 0 forgets everything."""
        if seconds <= 0:
            if self._running:
                self._networks.clear()
                self._running = False
            return
        now = estate.clock()
        since = now if self._running else _EVER
        self._running = True
        for key in estate.networks.keys() | self._networks.keys():
            versions = self._networks.setdefault(key, _Versions())
            network, last = estate.networks.get(key), versions.looks[-1] if versions.looks else None
            if (network.etag if network else None) != (last.etag if last else None):
                versions.add(since, _look(network) if network else None)
                versions.forget(now - seconds)

    @contextmanager
    def as_of(self, estate: Estate, moment: float) -> Iterator[None]:
        """Inside, the estate's networks are those of that moment, and nothing is in flight."""
        then = {key: look for key, versions in self._networks.items() if (look := versions.at(moment)) is not None}
        networks, ledger = estate.networks, estate.ledger
        estate.networks, estate.ledger = then, Ledger()
        try:
            yield
        finally:
            estate.networks, estate.ledger = networks, ledger


def _look(network: VirtualNetwork) -> VirtualNetwork:
    """A copy that no later write reaches: those set members anew, of the network, of its subnets and of its halves."""
    look = copy(network)
    look.subnets = {key: copy(subnet) for key, subnet in network.subnets.items()}
    for subnet in look.subnets.values():
        subnet.properties = dict(subnet.properties)
    look.peerings, look._by_remote = {}, {}  # noqa: SLF001 - of its own kind
    for peering in network.peerings.values():
        look.add_peering(copy(peering))
    return look
