"""Whatever dies or fails at whatever call of a port, nothing is lost and nobody else is harmed."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

import pytest

from peering.core.intake.requests import Door, GatewayRequest
from peering.core.network.failures import AzureFailure
from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import PeeringState, Vnet
from peering.core.record.record import Record, State
from tests.builders import (
    HUB_ID,
    OTHER_HUB_ID,
    SPOKE_ID,
    catalogue,
    gateway_of,
    half,
    hub,
    policy,
    request,
    spoke,
    vnet,
    vnet_id,
)
from tests.fakes.interruption import Interruption
from tests.fakes.scheduling import ProcessDied
from tests.service.town import Town

B, C, STRANGER = vnet_id("spoke-b"), vnet_id("spoke-c"), vnet_id("stranger")
FOREIGN = half(STRANGER, "by-hand", "10.99.0.0/24")
HUBS = catalogue(
    policy(grace_minutes=0, status_tag="hub-status"),
    policy("neu", OTHER_HUB_ID, grace_minutes=0, status_tag="hub-status"),
)
LEASE_AND_MARGIN, HOST = timedelta(seconds=62), timedelta(minutes=10)
A_SECOND = timedelta(seconds=5)  # an alarm comes a second late on purpose, and some stories need several
TARGETS: dict[str, VnetId] = {"prod-weu": HUB_ID, "neu": OTHER_HUB_ID}


def a_town(batch: int) -> Town:
    return Town(
        hub(halves=(FOREIGN,)),
        vnet(OTHER_HUB_ID, "10.200.0.0/16"),
        spoke(),
        spoke("10.2.0.0/24", id=B),
        spoke("10.3.0.0/24", id=C),
        vnet(STRANGER, "10.99.0.0/24", halves=(half(HUB_ID, "by-hand-too", "10.0.0.0/16"),)),
        hubs=HUBS,
        batch=batch,
    )


async def nothing(_town: Town) -> None:
    """A town in which nobody has asked for anything."""


async def connected(town: Town) -> None:
    town.put(request(when=town.clock()))
    await town.pump()


def burst(town: Town) -> None:
    town.put(*(request(each, when=town.clock(), correlation=each.name) for each in (SPOKE_ID, B, C)))


def move(town: Town) -> None:
    town.change(tags={"hub": "neu"})
    town.put(request(when=town.clock()))


def untag(town: Town) -> None:
    town.change(tags={})
    town.put(request(when=town.clock()))


def delete(town: Town) -> None:
    town.delete()
    town.put(request(when=town.clock(), gone=True))


def repair(town: Town) -> None:
    """The hub's half is deleted by hand, and a person asks for the spoke to be looked at."""
    lose_the_hubs_half(town)
    town.put(request(door=Door.HTTP, when=town.clock()))


def hear_of_the_hub(town: Town) -> None:
    """The hub's half is deleted by hand, and the event is about the hub."""
    lose_the_hubs_half(town)
    town.put(request(HUB_ID, when=town.clock()))


def hear_of_a_gateway(town: Town) -> None:
    """The hub gets a gateway, whose event says only in which subscription."""
    town.change(HUB_ID, gateway=gateway_of(HUB_ID))
    about = GatewayRequest(
        id="event-1", subscription=HUB_ID.subscription, who="somebody", when=town.clock(), correlation="c-1"
    )
    town.put(about.to_json())


def lose_the_hubs_half(town: Town) -> None:
    there, here = town.networks.vnets[HUB_ID], town.networks.vnets[SPOKE_ID]
    lost = here.half_to(HUB_ID)
    assert lost is not None
    town.change(HUB_ID, halves=tuple(each for each in there.halves if each.remote != SPOKE_ID))
    alone = half(HUB_ID, lost.name, "10.0.0.0/16", state=PeeringState.DISCONNECTED, sync_level="RemoteNotInSync")
    town.change(halves=(alone,))


@dataclass(frozen=True)
class Story:
    """What stands before, what happens, what each spoke's history is to be, and what it may take beyond the wait.

    Where a batch is less than those that come, the turns of a drain overlap.
    """

    before: Callable[[Town], Awaitable[None]]
    happens: Callable[[Town], None]
    histories: dict[VnetId, dict[str, list[str]]]
    patience: timedelta = A_SECOND
    batch: int = 50


HERE = {"prod-weu": ["Connected"]}
GONE = {"prod-weu": ["Connected", "Removed"]}
STORIES = {
    "burst": Story(nothing, burst, {SPOKE_ID: HERE, B: HERE, C: HERE}),
    "turns": Story(nothing, burst, {SPOKE_ID: HERE, B: HERE, C: HERE}, batch=1),
    "move": Story(connected, move, {SPOKE_ID: GONE | {"neu": ["Connected"]}}),
    "untag": Story(connected, untag, {SPOKE_ID: GONE}),
    # With the hub's half gone as well only the 404 is left, and that has to stand for five minutes.
    "delete": Story(connected, delete, {SPOKE_ID: GONE}, timedelta(minutes=6)),
    "repair": Story(connected, repair, {SPOKE_ID: HERE}),
    "hub": Story(connected, hear_of_the_hub, {SPOKE_ID: HERE}),
    "gateway": Story(connected, hear_of_a_gateway, {SPOKE_ID: HERE}),
}
RAISED: dict[str, Callable[[], BaseException]] = {
    "dies": ProcessDied,
    "raises": lambda: RuntimeError("what nobody foresaw"),
    "503": lambda: AzureFailure(503, "ServerBusy", "busy"),
}


async def play(story: Story, interruption: Interruption) -> tuple[Town, datetime, bool]:
    """Tell the story; returns the town, when the interruption went off, and whether an alarm was armed then."""
    town = a_town(story.batch)
    await story.before(town)
    interruption.wrap(town.context.ports)
    seen: list[tuple[datetime, bool]] = []
    told = len(town.records.entries)

    def note_it() -> None:
        begun = len(town.records.entries) > told or any(row.is_open for row in town.records.rows.values())
        seen.append((town.clock(), begun and _is_armed(town, story)))  # an alarm before any row finds none

    interruption.went_off.append(note_it)
    town.before_delivery.append(interruption.deliver)
    story.happens(town)
    await town.pump_together()
    await town.pump(timedelta(hours=3))
    return town, *(seen[0] if seen else (town.clock(), True))


def _is_armed(town: Town, story: Story) -> bool:
    """Whether an alarm is on its way for every hub that the story is about."""
    hubs = {name for histories in story.histories.values() for name in histories}
    return all(any(f'"alarm", "hub": "{name}"' in message.body for message in town.queue.messages) for name in hubs)


async def calls_of(name: str) -> list[str]:
    interruption = Interruption()
    await play(STORIES[name], interruption)
    return interruption.calls


@pytest.mark.parametrize("name", STORIES)
@pytest.mark.parametrize("what", RAISED)
async def test_nothing_is_lost_whatever_goes_wrong_at_whatever_call(name: str, what: str) -> None:
    clean = await calls_of(name)
    points = 0
    for number in range(1, len(clean) + 1):
        points += 1
        where = f"{name} {what} at call {number} of {len(clean)}, {clean[number - 1]}"
        town, when, armed = await play(STORIES[name], Interruption(number, RAISED[what]()))
        check(town, STORIES[name], where)
        if what == "dies":
            waited = max(at for at, _ in town.records.entries) - when
            assert waited <= (LEASE_AND_MARGIN if armed else HOST) + STORIES[name].patience, (where, armed, waited)
    assert points == len(clean) > 15
    print(f"{name}: {points} points at which it {what}")  # noqa: T201 - the figure is part of what is shown


def check(town: Town, story: Story, where: str) -> None:
    """All that is promised, at the end."""
    rows = list(town.records.rows.values())
    assert [row for row in rows if row.is_open] == [], where
    for row in rows:
        if row.is_waiting:  # looked at again: by whom?
            assert town.queue.messages, where
    for network in story.histories:
        _check_pairs(town, network, where)
        _check_history(town, network, story.histories[network], where)
        _check_told(town, network, where)
    foreign = town.networks.vnets[HUB_ID].half_to(STRANGER), town.networks.vnets[STRANGER].half_to(HUB_ID)
    assert foreign == (FOREIGN, half(HUB_ID, "by-hand-too", "10.0.0.0/16")), where


def _check_pairs(town: Town, network: VnetId, where: str) -> None:
    """A pair stands, whole, where the tag says, and nowhere else is there half a pair."""
    there: Vnet | None = town.networks.vnets.get(network)
    wanted = there.tags.get("hub") if there else None
    for name, target in TARGETS.items():
        hub_half = town.networks.vnets[target].half_to(network)
        spoke_half = there.half_to(target) if there else None
        if name == wanted:
            assert town.connected([network], to=target), where
        else:
            assert (hub_half, spoke_half) == (None, None), where


def _check_history(town: Town, network: VnetId, expected: dict[str, list[str]], where: str) -> None:
    """What happened at each hub, in order; the same may be told twice in a row, and nothing contradicts it."""
    entries = [row for _, row in sorted(town.records.entries, key=lambda entry: entry[0]) if row.spoke == network]
    assert {row.hub for row in entries} == set(expected), where
    for name, states in expected.items():
        told = [str(row.state) for row in entries if row.hub == name]
        assert [each for each, _ in groupby(told)] == states, where


def _check_told(town: Town, network: VnetId, where: str) -> None:
    """Event and tag tell of the last outcome."""
    last: Record = max(
        (row for row in town.records.rows.values() if row.spoke == network),
        key=lambda row: (row.state is not State.REMOVED, row.progress.finished is not None),
    )
    assert last.state in [event.data["state"] for event in town.announcer.announced if event.subject == str(network)], (
        where
    )
    there = town.networks.vnets.get(network)
    if there and last.state is State.CONNECTED:
        assert there.tags.get("hub-status", "").startswith(str(last.state)), where


async def test_every_port_is_among_the_calls() -> None:
    clean = {call for name in STORIES for call in await calls_of(name)}
    assert clean >= {"networks.read", "networks.apply", "networks.write_tag", "announcer.announce", "requests.send"}
    assert clean >= {"records.of_hub", "records.find", "records.save", "records.note", "records.waiting"}
    assert clean >= {"leases.take", "lease.read", "lease.write"}
