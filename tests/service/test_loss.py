"""All tables, messages and leases are lost: what Azure still tells is known again, and nothing is written to it."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from peering.core.catalogue.policy import ApprovalRule, Catalogue, Decision, Departure
from peering.core.intake.requests import Door, NamedBy
from peering.core.network.addresses import parse_prefixes
from peering.core.network.failures import AzureFailure
from peering.core.network.resource_ids import VnetId
from peering.core.record.record import Record, State
from peering.service.recovery import NotTakenOver, find_by_name, take_over
from tests.builders import (
    HUB_ID,
    OTHER_HUB_ID,
    SPOKE_ID,
    catalogue,
    half,
    hub,
    policy,
    request,
    spoke,
    vnet,
    vnet_id,
)
from tests.fakes.estate import FakeSweepLog
from tests.service.town import Town, joined, town_of

HUBS = catalogue(policy(grace_minutes=0), policy("neu", OTHER_HUB_ID, grace_minutes=0))
HELD = catalogue(policy(approval=(ApprovalRule(Decision.HOLD),)))


def lose_everything(town: Town) -> None:
    """What was in our storage is there no more; Azure is as it was."""
    town.networks.log.clear()
    town.records.rows.clear()
    town.records.entries.clear()
    town.queue.messages.clear()
    town.leases.notes.clear()
    town.context = replace(town.context, ports=replace(town.context.ports, sweeps=FakeSweepLog()))


async def asked_for(*networks: VnetId, town: Town) -> None:
    """Somebody asks for them by name, and they have no tag."""
    for number, each in enumerate(networks):
        town.networks.vnets[each] = spoke(f"10.200.{number}.0/24", id=each, tag=None)
        town.put(request(each, hub="prod-weu", door=Door.HTTP, when=town.clock()))
    await town.pump()


async def town_with_requests(tagged: int, by_hand: int) -> tuple[Town, Sequence[VnetId], Sequence[VnetId]]:
    town, ids = town_of(tagged)
    await town.sweep()
    await town.pump()
    manual = [vnet_id(f"by-hand-{number:02}") for number in range(by_hand)]
    await asked_for(*manual, town=town)
    assert town.connected([*ids, *manual])
    return town, ids, manual


@pytest.mark.parametrize("hubs", [catalogue(), HELD], ids=["at once", "approval"])
async def test_two_sweeps_know_every_tagged_network_again_without_a_write(hubs: Catalogue) -> None:
    """A pair that stands and bears our mark needs no second approval for what it routes."""
    town, ids, manual = await town_with_requests(180, 20)
    lose_everything(town)
    town.context = replace(town.context, catalogue=hubs)
    for _ in range(2):
        await town.sweep()
        await town.pump()
    assert town.writes == []
    assert town.connected([*ids, *manual])
    rows = town.records.rows.values()
    assert {row.spoke for row in rows} == set(ids)
    assert {(row.state, row.found.findings) for row in rows} == {(State.CONNECTED, ())}
    assert {(each.spoke, each.tag) for each in await find_by_name(town.context)} == {(each, None) for each in manual}
    assert town.writes == []


async def test_what_has_grown_meanwhile_is_approved_anew() -> None:
    town, (grown, calm), _ = await town_with_requests(2, 0)
    lose_everything(town)
    town.context = replace(town.context, catalogue=HELD)
    town.networks.resize(grown, *map(str, town.networks.vnets[grown].prefixes), "10.99.0.0/24")
    await town.sweep()
    await town.pump()
    assert town.writes == []
    assert [finding.code for finding in town.row(grown).found.findings] == ["ApprovalNeeded"]
    assert (town.state(grown), town.state(calm)) == (State.CONNECTED, State.CONNECTED)
    assert town.row(calm).found.findings == ()


async def test_who_has_a_record_is_not_listed() -> None:
    town = await joined()
    assert await find_by_name(town.context) == []
    lose_everything(town)
    (found,) = await find_by_name(town.context)
    assert (found.hub, found.spoke, found.tag) == ("prod-weu", SPOKE_ID, "prod-weu")


async def test_a_pair_that_was_kept_when_its_tag_went_is_nobodys() -> None:
    town = await joined(hubs=catalogue(policy(departure=Departure.KEEP, grace_minutes=0)))
    town.change(tags={})
    await town.ask()
    assert (town.state(), town.connected()) == (State.REMOVED, True)
    assert await find_by_name(town.context) == []


@pytest.mark.parametrize(
    ("on_hub", "on_spoke", "state"),
    [
        ("by-hand", "autopeer-prod-weu", "Connected"),
        (f"autopeer-spoke-a-{SPOKE_ID.key[:8]}", "autopeer-other", "Connected"),
        ("autopeer-another-name-12345678", "autopeer-prod-weu", "Connected"),
        (f"autopeer-spoke-a-{SPOKE_ID.key[:8]}", "autopeer-prod-weu", "Disconnected"),
        (f"autopeer.two-spoke-a-{SPOKE_ID.key[:8]}", "autopeer.two-prod-weu", "Connected"),
    ],
)
async def test_only_exactly_our_names_on_a_connected_pair_count(on_hub: str, on_spoke: str, state: str) -> None:
    town = Town(
        hub(halves=(half(SPOKE_ID, on_hub, "10.1.0.0/24", state=state),)),
        spoke(tag=None, halves=(half(HUB_ID, on_spoke, "10.0.0.0/16", state=state),)),
    )
    assert await find_by_name(town.context) == []
    with pytest.raises(NotTakenOver, match="no pair with hub 'prod-weu'"):
        await take_over("prod-weu", SPOKE_ID, "anna", town.context)
    assert town.records.rows == {}


async def claimed(town: Town, network: VnetId = SPOKE_ID) -> Record:
    town.networks.log.clear()
    row = await take_over("prod-weu", network, "anna", town.context)
    assert town.writes == []
    return row


async def test_a_claimed_pair_has_its_record_and_stays_without_a_tag() -> None:
    town = Town(hub())
    await asked_for(SPOKE_ID, town=town)
    before = town.row()
    lose_everything(town)
    row = await claimed(town)
    assert (row.state, row.asked.named_by, row.asked.who, row.asked.wanted) == (
        State.CONNECTED,
        NamedBy.REQUEST,
        "anna",
        "prod-weu",
    )
    assert replace(row.found, notes=()) == replace(before.found, notes=())
    assert [entry.asked.who for _, entry in town.records.entries] == ["anna"]
    for _ in range(2):
        await town.sweep()
        await town.pump()
    assert (town.writes, town.state(), town.connected()) == ([], State.CONNECTED, True)
    assert await find_by_name(town.context) == []
    town.networks.unpeer(HUB_ID, SPOKE_ID)
    await town.sweep()
    await town.pump()
    assert town.connected()


async def test_a_tagged_pair_is_taken_over_as_its_tag_says() -> None:
    town = await joined()
    lose_everything(town)
    row = await claimed(town)
    assert (row.asked.named_by, row.asked.wanted, row.asked.tag) == (NamedBy.TAG, "prod-weu", "hub")


async def test_a_pair_whose_tag_names_another_hub_by_now_moves_once_it_is_taken_over() -> None:
    town = await joined(vnet(OTHER_HUB_ID, "10.200.0.0/16"), hubs=HUBS)
    lose_everything(town)
    town.change(tags={"hub": "neu"})
    for _ in range(2):
        await town.sweep()
        await town.pump()
    assert (town.connected(), town.connected(to=OTHER_HUB_ID)) == (True, True)
    await claimed(town)
    await town.sweep()
    await town.pump()
    assert town.networks.vnets[HUB_ID].half_to(SPOKE_ID) is None
    assert town.connected(to=OTHER_HUB_ID)


async def test_who_has_got_a_record_meanwhile_keeps_it() -> None:
    town = await joined()
    with pytest.raises(NotTakenOver, match="has a record at hub 'prod-weu' by now"):
        await take_over("prod-weu", SPOKE_ID, "anna", town.context)
    assert len(town.records.rows) == 1


async def test_what_is_not_there_cannot_be_claimed() -> None:
    town = Town(hub())
    for hub_name, reason in (("prod-weu", "no virtual network"), ("prod-wue", "is no hub of the catalogue")):
        with pytest.raises(NotTakenOver, match=reason):
            await take_over(hub_name, SPOKE_ID, "anna", town.context)
    town.networks.refuse("read", SPOKE_ID, AzureFailure(403, "AuthorizationFailed", "no role"))
    with pytest.raises(AzureFailure, match="no role"):
        await take_over("prod-weu", SPOKE_ID, "anna", town.context)


async def test_a_hub_that_cannot_be_read_gives_no_half_list() -> None:
    town = await joined()
    town.networks.refuse("read", HUB_ID, AzureFailure(403, "AuthorizationFailed", "no role"))
    with pytest.raises(AzureFailure, match="no role"):
        await find_by_name(town.context)


async def test_azure_is_asked_once_more_before_a_row_is_written() -> None:
    """Resource Graph is late."""
    town = Town(hub())
    await asked_for(SPOKE_ID, town=town)
    lose_everything(town)
    town.estate.stand_still()
    town.networks.unpeer(HUB_ID, SPOKE_ID)
    town.change(HUB_ID, prefixes=parse_prefixes(["10.0.0.0/16"]))
    with pytest.raises(NotTakenOver, match="no pair"):
        await take_over("prod-weu", SPOKE_ID, "anna", town.context)
