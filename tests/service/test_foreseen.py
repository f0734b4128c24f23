"""What a dry run says is what a sweep and its drains then do, whatever has happened to the estate before."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from peering.core.intake.requests import Door
from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import Half
from peering.core.record.preview import Fate, Line, Preview
from peering.service.preview import preview
from tests.builders import HUB_ID, OTHER_HUB_ID, catalogue, gateway_of, half, hub, policy, request, spoke, vnet, vnet_id
from tests.service.town import Town

SPOKES = [vnet_id(f"spoke-{letter}") for letter in "abcdef"]
HUBS = catalogue(
    policy(grace_minutes=0, max_removals=100), policy("neu", OTHER_HUB_ID, grace_minutes=0, max_removals=100)
)
_WHERE = {"prod-weu": HUB_ID, "neu": OTHER_HUB_ID}


def _tag(value: str | None) -> Callable[[Town, VnetId], None]:
    return lambda town, network: town.change(network, tags={"hub": value} if value is not None else {})


def _no_half(remote: VnetId) -> Callable[[Town, VnetId], None]:
    return lambda town, network: town.networks.unpeer(network, remote)


def _no_half_on_the_hub(town: Town, network: VnetId) -> None:
    town.networks.unpeer(HUB_ID, network)


def _overlaps(town: Town, network: VnetId) -> None:
    if not town.networks.vnets[network].halves:
        town.networks.resize(network, "10.0.7.0/24")


def _grown(town: Town, network: VnetId) -> None:
    number = SPOKES.index(network)
    town.networks.resize(network, f"10.1.{number}.0/24", f"10.2.{number}.0/24")


def _asked_for(town: Town, network: VnetId) -> None:
    town.put(request(network, hub="prod-weu", door=Door.HTTP, when=town.clock()))


def _deleted(town: Town, network: VnetId) -> None:
    town.delete(network)


def _gateway_comes_or_goes(town: Town, network: VnetId) -> None:  # noqa: ARG001 - a deed as any other
    there = town.networks.vnets[HUB_ID].gateway
    town.change(HUB_ID, gateway=None if there else gateway_of(HUB_ID))


def _by_hand(town: Town, network: VnetId) -> None:
    """Somebody makes the spoke's half, and gets no further. Azure lets nobody where the hub's half is Disconnected."""
    here = town.networks.vnets[network]
    if not (here.half_to(HUB_ID) or town.networks.vnets[HUB_ID].half_to(network)):
        mine = half(HUB_ID, "by-hand", "10.0.0.0/16", state="Initiated", sync_level="RemoteNotInSync")
        town.change(network, halves=(*here.halves, mine))


DEEDS: Mapping[str, Callable[[Town, VnetId], None]] = {
    "tag weu": _tag("prod-weu"),
    "tag neu": _tag("neu"),
    "mistag": _tag("prod-wue"),
    "untag": _tag(None),
    "spoke half gone": _no_half(HUB_ID),
    "other spoke half gone": _no_half(OTHER_HUB_ID),
    "hub half gone": _no_half_on_the_hub,
    "overlap": _overlaps,
    "grow": _grown,
    "ask": _asked_for,
    "delete": _deleted,
    "gateway": _gateway_comes_or_goes,
    "by hand": _by_hand,
}


def _halves(town: Town) -> dict[tuple[str, VnetId], Half | None]:
    return {(name, each): town.networks.vnets[where].half_to(each) for name, where in _WHERE.items() for each in SPOKES}


def _lines(found: Preview) -> dict[tuple[str, VnetId], Line]:
    return {(each.hub, line.spoke): line for each in found.hubs for line in each.lines}


def _goes_on(line: Line, said: Mapping[tuple[str, VnetId], Line]) -> bool:
    """Whether it goes to another hub, and is let in there."""
    there = (each for (_, spoke), each in said.items() if spoke == line.spoke and each is not line)
    return any(note.startswith("it goes to hub") for note in line.notes) and any(each.changes for each in there)


_deeds = some.lists(some.tuples(some.sampled_from(SPOKES), some.sampled_from(sorted(DEEDS))), min_size=2, max_size=8)
_tags = some.lists(some.sampled_from(["prod-weu", "neu", None]), min_size=len(SPOKES), max_size=len(SPOKES))


def _as_said(line: Line | None, before: Half | None, after: Half | None, *, goes_on: bool) -> None:
    """The hub's half of one spoke, before and after, beside what was said of it."""
    match line.fate if line else Fate.UNCHANGED:
        case Fate.CREATED | Fate.CHANGED:
            assert after is not None
            assert after.settled
        case Fate.REMOVED:
            assert after is None
        case Fate.REFUSED:
            assert after is None or not after.is_connected
        case Fate.STAYS if goes_on:
            assert after is None
        case Fate.STAYS | Fate.UNCHANGED:
            assert before == after
        case other:
            raise AssertionError(f"nothing of this can be {other}")


@settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(tags=_tags, before=_deeds, unheard=_deeds)
async def test_what_is_foreseen_is_what_happens(
    tags: list[str | None], before: list[tuple[VnetId, str]], unheard: list[tuple[VnetId, str]]
) -> None:
    spokes = zip(SPOKES, tags, strict=True)
    networks = [spoke(f"10.1.{number}.0/24", id=each, tag=tag) for number, (each, tag) in enumerate(spokes)]
    town = Town(hub(), vnet(OTHER_HUB_ID, "10.200.0.0/16"), *networks, hubs=HUBS)
    for network, deed in before:
        if network in town.networks.vnets:
            DEEDS[deed](town, network)
        await town.sweep()
        await town.pump(timedelta(minutes=10))
    for network, deed in unheard:
        if deed != "ask" and network in town.networks.vnets:
            DEEDS[deed](town, network)
    before_it = _halves(town)
    said = _lines(await preview(town.context))
    await town.sweep()
    await town.pump(timedelta(minutes=10))
    after = _halves(town)
    for place, was in before_it.items():
        line = said.get(place)
        _as_said(line, was, after[place], goes_on=line is not None and _goes_on(line, said))
