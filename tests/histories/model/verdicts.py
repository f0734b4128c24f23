"""The end of a history, held against the rules: what should stand, stands; what is said of it is true."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tests.histories.model.estate import REMOTE, SWITCHES, Estate, Half, Network, overlap
from tests.histories.model.rules import Hub, Rules, reasons, wanted_switches
from tests.histories.model.story import Story
from tests.histories.model.tags import left_over, silent, untrue

_OVER = "Removed"
_STANDS, _REFUSED, _WAITS = "Connected", "Refused", "AwaitingApproval"
_OF_SWITCHES = {"SwitchLeftOn", "SwitchLeftOff"}
_OF_ARRIVAL = {"ApprovalNeeded", "PeeredByHand"}  # who was taken over before that was the rule has been taken over
_SHARED = {"OverlapsHub", "OverlapsReserved", "OverlapsSpoke"}


@dataclass(frozen=True)
class Row:
    """A record as its reader sees it.

    `halves` are the ids it names, the hub's and the spoke's, lower-cased;
    `looked` is when it was last concluded.
    """

    hub: str
    spoke: str
    state: str
    codes: frozenset[str]
    halves: tuple[str, str]
    switches: tuple[Mapping[str, bool] | None, Mapping[str, bool] | None]
    looked: datetime | None


@dataclass(frozen=True)
class End:
    """All there is to see when everything has come to rest. `waits` names what is not asked for yet."""

    story: Story
    rows: Sequence[Row]
    waits: frozenset[str] = frozenset()

    @property
    def estate(self) -> Estate:
        return self.story.estate

    @property
    def rules(self) -> Rules:
        return self.story.rules

    def rows_of(self, spoke: str) -> list[Row]:
        return [row for row in self.rows if row.spoke == spoke and row.state != _OVER]


def faults(end: End) -> list[str]:
    """Sentences on everything that is not as it must be."""
    networks = [network for network in end.estate.networks.values() if not end.rules.hub_of(network.key)]
    found = [*end.story.faults, *_no_half_pair(end), *_no_overlap(end), *_rows_of_nobody(end)]
    for network in networks:
        found += [f"{network.key.rpartition('/')[2]}: {fault}" for fault in _of(network, end)]
    return found


def _no_half_pair(end: End) -> Iterator[str]:
    """A half that bears our mark and is not Connected is half a pair, whoever is at fault.

    But for pairs that the catalogue keeps after their tag: nobody looks after those any more.
    """
    for half in end.estate.halves:
        if half.bears_our_mark and not (half.is_connected or _is_let_go_of(half, end) or _is_refused(half, end)):
            yield f"half a pair: {half.key} is {half.state}"


def _is_let_go_of(half: Half, end: End) -> bool:
    return any(pair in end.story.kept for pair in ((half.network, half.remote), (half.remote, half.network)))


def _is_refused(half: Half, end: End) -> bool:
    """Somebody broke a pair that stood, and something speaks against it by now.

    Two ends are right: what is left of it is removed, or it stays, Disconnected, until somebody fits in its place
    (design, Intruder).
    """
    ends = (half.network, half.remote) if end.rules.hub_of(half.network) else (half.remote, half.network)
    hub, network = end.rules.hub_of(ends[0]), end.estate.networks.get(ends[1])
    if hub is None or network is None:
        return False
    waits = "awaiting" in end.waits and any(row.state == _WAITS for row in end.rows_of(network.key))
    if half.state != "Disconnected" and not waits:
        return False
    return end.rules.named(end.rules.wish(network)) == hub and bool(reasons(network, hub, end.estate))


def _no_overlap(end: End) -> Iterator[str]:
    for hub in end.rules.hubs.values():
        at = end.estate.networks.get(hub.vnet)
        routed = [half for half in at.halves if half.is_connected] if at else []
        for place, one in enumerate(routed):
            for other in routed[place + 1 :]:
                if overlap(one.routed, other.routed):
                    yield f"overlap inside {hub.name}: {one.name} and {other.name}"


def _rows_of_nobody(end: End) -> Iterator[str]:
    for row in end.rows:
        soon = "gone for minutes" in end.waits and row.state in ("Pending", "Leaving")
        if row.state != _OVER and row.spoke not in end.estate.networks and not soon:
            yield f"a record of {row.spoke}, which is gone, says {row.state} under {row.hub}"


def _of(network: Network, end: End) -> Iterator[str]:
    wish = end.rules.wish(network)
    hub = end.rules.named(wish)
    for other in end.rules.hubs.values():
        if other != hub:
            yield from _elsewhere(network, hub, other, end)
    if hub is not None:
        yield from _wanted(network, hub, end)
    yield from _records(network, hub, end)
    if wish is None:
        yield from left_over(network, iter(end.rules.hubs.values()))
    if hub is not None:
        yield from _bears_its_tag(network, hub, end)


def _bears_its_tag(network: Network, hub: Hub, end: End) -> Iterator[str]:
    """One that people wiped comes back at once if it asks for something, else within a day: both are right here."""
    row = next((each for each in end.rows_of(network.key) if each.hub == hub.name), None)
    if row is not None and not (network.key in end.story.wiped and row.state == _STANDS):
        yield from silent(network, hub)


def _elsewhere(network: Network, hub: Hub | None, other: Hub, end: End) -> Iterator[str]:
    """What it has with a hub that its tag does not name."""
    ours = [half for half in end.estate.pair(other.vnet, network.key) if half and half.bears_our_mark]
    if not ours or (other.vnet, network.key) in end.story.kept:
        return
    wish = end.rules.wish(network)
    if wish is None and not other.keeps:
        yield f"has no tag, and {ours[0].key} is still there"
    if hub is not None and _is_taken_in(network, hub, end):
        yield f"moved to {hub.name}, and {ours[0].key} is still there"


def _wanted(network: Network, hub: Hub, end: End) -> Iterator[str]:
    against = reasons(network, hub, end.estate)
    if end.estate.stands(hub.vnet, network.key):
        if not against:
            yield from _as_it_must_be(network, hub, end)
    elif not against:
        yield f"nothing speaks against {hub.name}, and no pair stands"


def _as_it_must_be(network: Network, hub: Hub, end: End) -> Iterator[str]:
    """Nothing speaks against the pair, so it is in sync, and its switches are the catalogue's.

    Two ends are right for a switch that somebody else set: off on the hub's half because people switched it off there,
    on because it had a right to be on once (an edit of the catalogue takes nothing away by itself).
    """
    for half, wanted in zip(
        end.estate.pair(hub.vnet, network.key), wanted_switches(network, hub, end.estate), strict=True
    ):
        if half is None:
            continue
        if not half.is_settled:
            yield f"{half.key} is {half.level}, and nothing speaks against a sync"
        for name in SWITCHES:
            if half.switches[name] != wanted[name] and not _is_left(half, name, hub, end):
                yield f"{name} of {half.key} is {'on' if half.switches[name] else 'off'}"


def _is_left(half: Half, name: str, hub: Hub, end: End) -> bool:
    on_hub = half.network == hub.vnet
    if half.switches[name]:
        return (half.key, name) in end.story.stood_on
    if on_hub:
        return (half.key, name) in end.story.switched_off
    transit = end.estate.pair(hub.vnet, half.network)[0]
    return name == REMOTE and transit is not None and not transit.switches["allowGatewayTransit"]


def _records(network: Network, hub: Hub | None, end: End) -> Iterator[str]:
    rows, wish = end.rows_of(network.key), end.rules.wish(network)
    if wish is None and rows:
        yield f"has no tag, and a record says {rows[0].state} under {rows[0].hub}"
    if wish is None:
        return
    name = hub.name if hub else "unknown"
    own = [row for row in rows if row.hub == name]
    others = [row for row in rows if row.hub != name]
    if len(own) != 1 and not (hub is None and others):
        yield f"names {wish!r} and has {len(own)} records of that"
    for row in own:
        yield from _is_true(row, network, end)
        if hub is not None and "hindered" not in end.waits:
            yield from untrue(network, hub, row.state, row.codes)
    for row in others:
        if row.state != _STANDS or (hub is not None and _is_taken_in(network, hub, end)):
            yield f"names {wish!r}, and another record says {row.state} under {row.hub}"
        else:
            yield from _is_true(row, network, end)


def _is_true(row: Row, network: Network, end: End) -> Iterator[str]:
    hub = end.rules.hubs.get(row.hub)
    if hub is None:
        if row.state != _REFUSED or row.codes != {"UnknownHub"}:
            yield f"names no hub, and its record says {row.state} {sorted(row.codes)}"
        return
    stands, named = end.estate.stands(hub.vnet, network.key), end.rules.named(end.rules.wish(network)) == hub
    against = reasons(network, hub, end.estate) if named else set()
    if not named:
        return
    if stands and _is_taken_in(network, hub, end):
        yield from _tells_of_a_pair(row, network, hub, against, end)
    elif row.state != _WAITS or "awaiting" not in end.waits:
        taken_over = (hub.vnet, network.key) in end.story.ever_stood
        yield from _tells_why_not(row, against - {"PeeredByHand"} if taken_over else against, hub)


def _is_taken_in(network: Network, hub: Hub, end: End) -> bool:
    """Whether the pair that stands is one that the app looks after.

    One that people made, and that something speaks against, was either taken over before that or never: the record
    tells which, and both are right.
    """
    if not end.estate.stands(hub.vnet, network.key):
        return False
    against = reasons(network, hub, end.estate)
    if "ManagedElsewhere" in against:
        return False
    own = any(row.hub == hub.name and row.state == _STANDS for row in end.rows_of(network.key))
    return own or not (against and end.story.is_foreign(hub.vnet, network.key))


def _tells_of_a_pair(row: Row, network: Network, hub: Hub, against: set[str], end: End) -> Iterator[str]:
    halves = end.estate.pair(hub.vnet, network.key)
    if row.state != _STANDS:
        yield f"stands with {hub.name}, and its record says {row.state} {sorted(row.codes)}"
        return
    for half, key, switches in zip(halves, row.halves, row.switches, strict=True):
        if half and half.key != key:
            yield f"its record names {key}, and there is {half.key}"
        if half and switches is not None and dict(switches) != dict(half.switches):
            yield f"its record says {dict(switches)} of {half.key}, and it has {dict(half.switches)}"
    told = row.codes - _OF_SWITCHES
    turned = end.story.turned.get((hub.vnet, network.key))
    if "catalogue" in end.waits and row.looked and turned and row.looked < turned:
        return
    if end.story.is_foreign(hub.vnet, network.key):
        told, against = told - _OF_ARRIVAL, against - _OF_ARRIVAL
    if told != against and not (not against and told <= _SHARED):
        yield f"stands with {hub.name} against {sorted(against)}, and its record says {sorted(row.codes)}"


def _tells_why_not(row: Row, against: set[str], hub: Hub) -> Iterator[str]:
    state = _WAITS if against == {"ApprovalNeeded"} else _REFUSED
    if (row.state, set(row.codes)) != (state, against):
        yield f"{sorted(against)} speak against {hub.name}, and its record says {row.state} {sorted(row.codes)}"
