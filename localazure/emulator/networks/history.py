"""What networks, gateways and tables looked like before, for reads that lag (docs/facts/arm-networks.md, Reads lag).

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
from localazure.emulator.networks.resources import AnyResource, PlainResource, VirtualNetwork

_EVER = float("-inf")


@dataclass
class _Versions:
    """One resource: when it came to look so, and how; None is a resource that was not there."""

    since: list[float] = field(default_factory=list)
    looks: list[AnyResource | None] = field(default_factory=list)

    def add(self, moment: float, look: AnyResource | None) -> None:
        self.since.append(moment)
        self.looks.append(look)

    def at(self, moment: float) -> AnyResource | None:
        index = bisect_right(self.since, moment) - 1
        return self.looks[index] if index >= 0 else None

    def forget(self, before: float) -> None:
        """All but the one that still held at that moment."""
        surplus = bisect_right(self.since, before) - 1
        if surplus > 0:
            del self.since[:surplus], self.looks[:surplus]


@dataclass
class History:
    """The resources of one estate, version by version."""

    _resources: dict[str, _Versions] = field(default_factory=dict)
    _running: bool = False

    def note(self, estate: Estate, seconds: float) -> None:
        """Write down what has changed. `seconds`: how far back anybody may look; 0 forgets everything."""
        if seconds <= 0:
            if self._running:
                self._resources.clear()
                self._running = False
            return
        now = estate.clock()
        since = now if self._running else _EVER
        self._running = True
        there = {each.id.key: each for each in estate.all_resources()}
        for key in there.keys() | self._resources.keys():
            versions = self._resources.setdefault(key, _Versions())
            resource, last = there.get(key), versions.looks[-1] if versions.looks else None
            if (resource.etag if resource else None) != (last.etag if last else None):
                versions.add(since, _look(resource) if resource else None)
                versions.forget(now - seconds)

    @contextmanager
    def as_of(self, estate: Estate, moment: float) -> Iterator[None]:
        """Inside, the estate's resources are those of that moment, and nothing is in flight."""
        then = {key: look for key, versions in self._resources.items() if (look := versions.at(moment)) is not None}
        networks, plain, ledger = estate.networks, estate.plain, estate.ledger
        estate.networks = {key: look for key, look in then.items() if isinstance(look, VirtualNetwork)}
        estate.plain = {key: look for key, look in then.items() if isinstance(look, PlainResource)}
        estate.ledger = Ledger()
        try:
            yield
        finally:
            estate.networks, estate.plain, estate.ledger = networks, plain, ledger


def _look(resource: AnyResource) -> AnyResource:
    """A copy that no later write reaches: those set members anew, of the network, of its subnets and of its halves."""
    look = copy(resource)
    if not isinstance(resource, VirtualNetwork) or not isinstance(look, VirtualNetwork):
        return look
    look.subnets = {key: copy(subnet) for key, subnet in resource.subnets.items()}
    for subnet in look.subnets.values():
        subnet.properties = dict(subnet.properties)
    look.peerings, look._by_remote = {}, {}  # noqa: SLF001 - of its own kind
    for peering in resource.peerings.values():
        look.add_peering(copy(peering))
    return look
