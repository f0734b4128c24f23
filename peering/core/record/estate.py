"""What differs between the estate and the records, one hub at a time. Pure.

A difference is a reason to look, and nothing more: Resource Graph is late, shows only what we may read, and nothing is
concluded from it. So it is better to name one too many; but what a look has left as it is must not be named each time.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property

from peering.core.catalogue.policy import UNKNOWN, Catalogue, HubPolicy
from peering.core.decision.batch import Observed
from peering.core.decision.findings import Code
from peering.core.decision.moves import is_connected
from peering.core.decision.ownership import is_ours
from peering.core.decision.withheld import Limit
from peering.core.intake.requests import NamedBy
from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import Half, Vnet
from peering.core.record.drift import Drift, drifted
from peering.core.record.membership import is_untouched
from peering.core.record.note import Note
from peering.core.record.record import Record, State
from peering.core.record.sightings import Sightings
from peering.core.record.status_tag import is_lost, may_come_back
from peering.core.record.staying import knows_of
from peering.core.record.transitions import NEXT_LOOK


class Kind(StrEnum):
    """What differs. Metrics and `GET /api/sweep` count by these names."""

    UNHEARD = "unheard"  # it bears the tag and has no record: it is new, or its event was lost
    TAG_CHANGED = "tagChanged"
    TAG_GONE = "tagGone"
    TAG_BACK = "tagBack"
    SPOKE = "spoke"
    HUB = "hub"
    VANISHED = "vanished"
    ORPHAN = "orphan"
    WIPED = "tagWiped"
    OVERDUE = "overdue"  # no message will wake what waits at the hub
    CATALOGUE = "catalogue"


LOST_EVENTS = frozenset({Kind.UNHEARD, Kind.TAG_CHANGED, Kind.TAG_GONE, Kind.TAG_BACK, Kind.VANISHED})
"""What would not be found if every event had come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A network to be looked at, and why. `half_at` is the hub where a half of ours to it is left over."""

    kind: Kind
    about: VnetId
    why: str
    half_at: str | None = None


@dataclass(frozen=True, kw_only=True)
class HubView:
    """One partition of the records and what there is to compare it with.

    `hub` is the hub's document, `policy` its rules, None for a hub that the catalogue does not know. `changed`: the
    catalogue says something else of it than when the last sweep came by. `settled` are those whose tag names no hub and
    who have been seen to with another hub's rows: one among the unknown is not missed.
    """

    name: str
    policy: HubPolicy | None
    hub: Observed
    rows: Sequence[Record]
    changed: bool
    settled: set[VnetId] = field(default_factory=set)

    @cached_property
    def drift(self) -> dict[VnetId, Drift]:
        """What the hub's own document shows of its rows. One that cannot be read shows nothing."""
        if self.policy is None or not isinstance(self.hub, Vnet):
            return {}
        found = drifted(self.hub, self.rows, self.policy)
        return {row.spoke: drift for row, drift in found if drift is not Drift.GATEWAY_UNUSED}


_LEFT_FOR = timedelta(hours=6)
_LATE, _SOON = timedelta(minutes=15), timedelta(minutes=5)
_GONE = frozenset({Code.SPOKE_NOT_FOUND})


def differences(view: HubView, seen: Sightings, catalogue: Catalogue, now: datetime) -> Iterator[Difference]:
    """Each network at most once, with the first thing that differs."""
    if view.policy and view.hub is None:
        why = "there is no hub"
        if any(row.state is State.CONNECTED and row.is_understood for row in view.rows):
            yield Difference(kind=Kind.HUB, about=view.policy.vnet, why=why)
    for row in view.rows:
        if row.is_understood and (found := _of_row(row, view, seen, catalogue, now)):
            kind, why = found
            yield Difference(kind=kind, about=row.spoke, why=why)
    yield from _unheard(view, seen)
    yield from _orphans(view, seen, catalogue)


type _Found = tuple[Kind, str] | None


def _of_row(row: Record, view: HubView, seen: Sightings, catalogue: Catalogue, now: datetime) -> _Found:
    network = seen.get(row.spoke)
    if (view.changed and not row.is_open) or row.progress.held == Limit.CATALOGUE:
        return Kind.CATALOGUE, "the catalogue says something else of its hub"
    if network is None:
        is_there = seen.has(row.spoke) or catalogue.hub_of(row.spoke) is not None
        known = row.is_open or row.progress.doubted or _codes(row) & _GONE or row.state is State.FAILED
        return None if is_there or known else (Kind.VANISHED, "Resource Graph does not show it")
    found, is_settled = _of_tag(row, network, view, catalogue)
    return found if found or is_settled or row.is_open else _of_pair(row, network, view, catalogue, now)


def _of_tag(row: Record, network: Vnet, view: HubView, catalogue: Catalogue) -> tuple[_Found, bool]:
    """What the tag says against the row, and whether that is all there is to say of it."""
    tag = catalogue.tag_value(network.tags)
    named = catalogue.hub(tag) if tag is not None else None
    if named is not None and named is view.policy:
        if row.state is State.LEAVING:
            return (Kind.TAG_BACK, "its tag names the hub again"), True
        told = Code.TAG_NOT_ALLOWED in _codes(row)
        changed = not row.is_open and told != (network.overruled is not None)
        return (Kind.TAG_CHANGED, "a tag above it says something else") if changed else None, changed
    if tag is None and row.asked.named_by is NamedBy.REQUEST:
        mistyped = row.is_standing and Code.UNKNOWN_HUB in _codes(row) and not row.is_open
        return ((Kind.TAG_GONE, "the tag that named no hub is gone"), True) if mistyped else (None, False)
    if row.is_open:  # it is being looked at, or leaves when its grace is over
        return None, True
    return _of_another_tag(row, network, named, view, catalogue), True


def _of_another_tag(row: Record, network: Vnet, named: HubPolicy | None, view: HubView, catalogue: Catalogue) -> _Found:
    """The tag does not name the hub of a row that rests."""
    tag = catalogue.tag_value(network.tags)
    if tag is None:
        told = row.is_standing and knows_of(row, None, catalogue)
        return None if told else (Kind.TAG_GONE, "its tag is gone")
    if named is None:
        return _of_no_hub(row, tag, view, catalogue)
    if row.is_standing and not is_connected(network.half_to(named.vnet)):
        return None  # it goes there, and that hub's row says how far it has got
    return Kind.TAG_CHANGED, f"its tag names hub {named.name!r}"


def _of_no_hub(row: Record, tag: str, view: HubView, catalogue: Catalogue) -> _Found:
    """The tag names no hub. A pair that stands keeps its row, which tells so; others have one among the unknown."""
    view.settled.add(row.spoke)
    if view.name == UNKNOWN and row.asked.wanted.strip() == tag:
        return None
    if row.is_standing and knows_of(row, tag, catalogue):
        return None
    return Kind.TAG_CHANGED, "its tag names no hub"


def _of_pair(row: Record, network: Vnet, view: HubView, catalogue: Catalogue, now: datetime) -> _Found:
    """What either end shows. What a look has left as it is, with the finding, is not asked about all the time."""
    policy = view.policy
    if policy is None:
        return None
    changed = bool(row.found.prefixes) and set(network.prefixes) != set(row.found.prefixes)
    anew = bool(row.found.guid and network.guid) and network.guid != row.found.guid
    if changed or anew:
        return Kind.SPOKE, "its address space has changed" if changed else "it was made anew"
    if row.state is not State.CONNECTED and _may_have_changed_its_mind(row, network):
        return Kind.SPOKE, "what the spoke had against it seems to be gone"
    left = bool(row.found.findings) and row.progress.finished is not None and now - row.progress.finished < _LEFT_FOR
    half = network.half_to(policy.vnet)
    if row.state is State.CONNECTED and not (left and is_connected(half)):
        without = replace(row, found=replace(row.found, findings=()))
        if not is_untouched(without, network, policy):
            return Kind.SPOKE, _seen_of(half)
    drift = view.drift.get(row.spoke)
    if drift and not (left and drift in _LEFT_ALONE):
        return Kind.HUB, str(drift)
    return (
        (Kind.WIPED, "its status tag was wiped")
        if _is_wiped(row, network, catalogue.status_tag_of(policy), now)
        else None
    )


def _is_wiped(row: Record, network: Vnet, name: str | None, now: datetime) -> bool:
    """Whether its status tag, by that name, is to be written again: at once the first time, then once a day.

    Where a person has to act, as often as an event would have it. What was written just now may not show yet.
    """
    tag, looked = row.progress.tag, row.progress.finished
    if tag is None or looked is None or name is None or tag.name.lower() != name.lower():
        return False
    if now - tag.written < _LATE or not is_lost(tag, network.tags):
        return False
    if row.presses:
        return may_come_back(tag, now)
    is_first = not tag.wiped and looked <= tag.written + _SOON
    return row.progress.told == row.digest and (is_first or now - max(tag.written, looked) >= NEXT_LOOK)


_LEFT_ALONE = frozenset({Drift.NOT_IN_SYNC, Drift.SWITCHED, Drift.FAILED})


def _may_have_changed_its_mind(row: Record, network: Vnet) -> bool:
    """Whether all that spoke against it was a gateway of the spoke's, which does not show any more."""
    codes = _codes(row)
    uses_another = any(half.flags.remote_gateways for half in network.halves)
    gone = {Code.SPOKE_HAS_GATEWAY: network.gateway is None, Code.SPOKE_USES_OTHER_GATEWAY: not uses_another}
    return bool(codes) and all(gone.get(Code(code), False) if code in list(Code) else False for code in codes)


def _seen_of(half: Half | None) -> str:
    if half is None:
        return "the spoke's half is missing"
    return "the spoke's half differs" if half.is_connected else f"the spoke's half is {half.state}"


def _unheard(view: HubView, seen: Sightings) -> Iterator[Difference]:
    known = {row.spoke for row in view.rows} | (view.settled if view.name == UNKNOWN else set())
    for network in seen.tagged(view.name):
        if network not in known:
            yield Difference(kind=Kind.UNHEARD, about=network, why="it bears the tag and has no record")


def _orphans(view: HubView, seen: Sightings, catalogue: Catalogue) -> Iterator[Difference]:
    """Halves of ours that stand alone and that no record speaks for: of a network that is gone, or never got so far.

    A write that got no answer may arrive long after whoever sent it has died, and others have cleared up behind him.
    """
    if view.policy is None or not isinstance(view.hub, Vnet):
        return
    known = {row.spoke for row in view.rows}
    on_hub = ((half.remote, half) for half in view.hub.halves if half.remote and not half.is_connected)
    for network, half in dict((*seen.alone(view.policy.vnet), *on_hub)).items():
        if network in known or catalogue.hub_of(network) or not is_ours(half, view.policy):
            continue
        if not _may_want(network, view, seen, catalogue):
            why = f"the peering {half.name!r} is {half.state}, and nobody speaks for it"
            yield Difference(kind=Kind.ORPHAN, about=network, why=why, half_at=view.name)


def _may_want(network: VnetId, view: HubView, seen: Sightings, catalogue: Catalogue) -> bool:
    """Whether its tag names the hub, or cannot be read: then it has a row, or is unheard of."""
    found = seen.get(network)
    if found is None:
        return seen.has(network)
    tag = catalogue.tag_value(found.tags)
    return tag is not None and catalogue.hub(tag) is view.policy


def _codes(row: Record) -> set[str]:
    return {finding.code for finding in row.found.findings}


def is_forgotten(rows: Sequence[Record], note: Note, now: datetime) -> bool:
    """Whether something waits at a hub and no message will wake it: the alarm is overdue, or was never sent.

    While somebody works there his alarm is always close. One that lies further off covers what is due then, and not
    what should have been looked at long ago.
    """
    waiting = [row for row in rows if row.is_understood and row.is_waiting]
    if not waiting:
        return False
    if note.alarm is None or note.alarm <= now - _LATE:
        return True
    since = min(row.progress.not_before or row.asked.requested for row in waiting)
    return since <= now - _LATE and note.alarm > now + _SOON and not note.blocks(now)
