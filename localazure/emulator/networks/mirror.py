"""The estate as it was some seconds ago: what Resource Graph has seen of it (docs/facts/resource-graph.md, Late).

It follows what changes, resource by resource. A resource has changed when its etag has; a group or a subscription
when its tags or its state have.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field

from localazure.emulator.networks.estate import Estate
from localazure.emulator.networks.resources import AnyResource, Resource, ResourceGroup, Subscription, VirtualNetwork

type Thing = AnyResource | ResourceGroup | Subscription
type Sign = object
"""What differs when a thing has changed."""

MOST_CHANGES = 2000
"""Changes that wait to be seen; when there are more, the oldest are seen before their time."""


@dataclass(frozen=True)
class _Change:
    at: float
    key: str
    now: Thing | None
    """A copy, or None for what is gone."""


@dataclass
class Mirror:
    """`view` is the estate as it was; everything that may change it happens inside of `watching`."""

    estate: Estate
    _seen: Estate | None = None
    _generation: int = -1
    _signs: dict[str, Sign] = field(default_factory=dict)
    _copies: dict[str, Thing] = field(default_factory=dict)
    _waiting: deque[_Change] = field(default_factory=deque)

    @contextmanager
    def watching(self, *, writes: bool) -> Iterator[None]:
        """`writes`: the request may change something. Operations that are due do so in any case."""
        self._catch_up()
        due = self.estate.ledger.next_end()
        yield
        if self._seen is not None and (writes or (due is not None and due <= self.estate.clock())):
            self._note()

    def view(self) -> Estate:
        self._catch_up()
        if self._seen is None:
            return self.estate
        self._apply()
        self._seen.subscriptions = self.estate.subscriptions
        return self._seen

    def _catch_up(self) -> None:
        """Begin anew where there was no delay until now, and after a seed or a load, which are seen at once."""
        if self.estate.latency.graph_delay <= 0:
            self._forget()
        elif self._seen is None or self._generation != self.estate.generation:
            self._forget()
            self._seen = Estate(clock=self.estate.clock, latency=self.estate.latency)
            self._generation = self.estate.generation
            self._note()
            self._apply(everything=True)

    def _forget(self) -> None:
        self._seen = None
        self._signs.clear()
        self._copies.clear()
        self._waiting.clear()

    def _note(self) -> None:
        """Put down what has changed since the last time."""
        known, count = self._signs, 0
        for key, thing in _things(self.estate):
            count += 1
            sign = thing.etag if isinstance(thing, Resource) else _sign(thing)
            if known.get(key) != sign:
                known[key] = sign
                self._put_down(key, self._copy(key, thing))
        if len(known) > count:
            for key in known.keys() - {key for key, _ in _things(self.estate)}:
                del known[key]
                self._copies.pop(key, None)
                self._put_down(key, None)
        self._apply()

    def _put_down(self, key: str, thing: Thing | None) -> None:
        self._waiting.append(_Change(self.estate.clock(), key, thing))

    def _copy(self, key: str, thing: Thing) -> Thing:
        copied = copy(thing)
        if isinstance(thing, VirtualNetwork) and isinstance(copied, VirtualNetwork):
            copied.provisioning_state = self.estate.state_of(thing)
            _copy_children(copied, self._copies.get(key))
            self._copies[key] = copied
        return copied

    def _apply(self, *, everything: bool = False) -> None:
        """Let the mirror see what is old enough."""
        until = self.estate.clock() - self.estate.latency.graph_delay
        while self._waiting and (everything or self._waiting[0].at <= until or len(self._waiting) > MOST_CHANGES):
            change = self._waiting.popleft()
            if self._seen is not None:
                _set(self._seen, change.key, change.now)


def _things(estate: Estate) -> Iterator[tuple[str, Thing]]:
    yield from estate.networks.items()
    yield from estate.plain.items()
    yield from estate.groups.items()
    yield from ((each.id.lower(), each) for each in estate.all_subscriptions())


def _sign(thing: ResourceGroup | Subscription) -> Sign:
    tags = dict(thing.tags or {})
    return (thing.provisioning_state, tags) if isinstance(thing, ResourceGroup) else tags


def _copy_children(network: VirtualNetwork, before: Thing | None) -> None:
    """Halves that are as they were are shared with the copy before, so that a hub with hundreds costs little."""
    network.subnets = {name: copy(subnet) for name, subnet in network.subnets.items()}
    known = before.peerings if isinstance(before, VirtualNetwork) else {}
    halves = {name: known[name] if known.get(name) == half else copy(half) for name, half in network.peerings.items()}
    network.replace_peerings(halves)


def _set(seen: Estate, key: str, thing: Thing | None) -> None:
    for place in (seen.networks, seen.plain, seen.groups, seen.subscription_tags):
        place.pop(key, None)
    match thing:
        case VirtualNetwork():
            seen.networks[key] = thing
        case ResourceGroup():
            seen.groups[key] = thing
        case Subscription():
            seen.subscription_tags[key] = thing
        case None:
            pass
        case _:
            seen.plain[key] = thing
