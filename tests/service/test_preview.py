"""The dry run says what a sweep and the drains after it do, and writes nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest

from peering.core.catalogue.policy import ApprovalRule, Decision, GatewayUse, Mode
from peering.core.decision.pause import Pause
from peering.core.intake.requests import Door
from peering.core.network.failures import AzureFailure
from peering.core.record.preview import EstateTooLarge, Fate, HubPreview, Preview
from peering.core.record.record import State
from peering.service.preview import preview
from tests.builders import HUB_ID, OTHER_HUB_ID, SPOKE_ID, catalogue, half, hub, policy, request, spoke, vnet, vnet_id
from tests.service.town import Town, joined, town_of

B, C = vnet_id("spoke-b"), vnet_id("spoke-c")
HUBS = catalogue(policy(grace_minutes=0), policy("neu", OTHER_HUB_ID, grace_minutes=0))


async def foreseen(town: Town, *, with_records: bool = True) -> HubPreview:
    """What the dry run says of the first hub; that it leaves no trace is part of every test."""
    before = (dict(town.records.rows), list(town.records.entries), len(town.queue.messages), town.leases.taken)
    town.networks.log.clear()
    found = await preview(town.context, with_records=with_records)
    assert town.writes == []
    assert before == (town.records.rows, town.records.entries, len(town.queue.messages), town.leases.taken)
    return found.hubs[0]


def fates(found: HubPreview) -> dict[str, str]:
    return {line.spoke.name: str(line.fate) for line in found.lines}


async def test_a_tagged_network_would_be_peered_with_one_read_of_the_hub() -> None:
    town = Town(hub(), spoke())
    found = await foreseen(town)
    assert fates(found) == {"spoke-a": "created"}
    assert found.lines[0].changes == (
        f"put hub half autopeer-spoke-a-{SPOKE_ID.key[:8]} (missing)",
        "put spoke half autopeer-prod-weu (missing)",
    )
    assert town.networks.log == ["read hub-weu"]


async def test_who_stands_is_counted_and_not_listed() -> None:
    found = await foreseen(await joined())
    assert (found.lines, found.counts) == ((), {"unchanged": 1})


async def test_a_refusal_is_told_with_its_finding() -> None:
    found = await foreseen(Town(hub(), spoke("10.0.0.0/24")))
    assert fates(found) == {"spoke-a": "refused"}
    assert [finding.code for finding in found.lines[0].findings] == ["OverlapsHub"]


async def test_two_newcomers_cannot_have_the_same_addresses() -> None:
    found = await foreseen(Town(hub(), spoke(), spoke(id=B)))
    assert sorted(fates(found).values()) == ["created", "refused"]


async def test_a_tag_that_is_gone_would_remove_the_pair() -> None:
    town = await joined(hubs=HUBS)
    town.change(tags={})
    assert fates(await foreseen(town)) == {"spoke-a": "removed"}


async def test_in_its_grace_it_leaves_later() -> None:
    town = await joined()
    town.change(tags={})
    found = await foreseen(town)
    assert fates(found) == {"spoke-a": "leaves"}
    assert "leaves at" in found.lines[0].notes[0]
    await town.sweep()
    await town.pump(timedelta(minutes=1))
    assert fates(await foreseen(town)) == {"spoke-a": "leaves"}
    town.clock.now += timedelta(minutes=15)
    assert fates(await foreseen(town)) == {"spoke-a": "removed"}


async def test_a_half_that_was_deleted_by_hand_would_be_mended() -> None:
    town = await joined()
    town.networks.unpeer(HUB_ID, SPOKE_ID)
    assert fates(await foreseen(town)) == {"spoke-a": "changed"}


async def test_a_move_is_told_at_both_hubs() -> None:
    town = await joined(vnet(OTHER_HUB_ID, "10.200.0.0/16"), hubs=HUBS)
    town.change(tags={"hub": "neu"})
    found = await preview(town.context)
    assert [fates(each) for each in found.hubs] == [{"spoke-a": "stays"}, {"spoke-a": "created"}]
    assert "it goes to hub 'neu'" in found.hubs[0].lines[0].notes[0]


async def test_a_change_of_the_catalogue_is_told_for_every_pair() -> None:
    town, ids = town_of(5)
    town.networks.vnets[HUB_ID] = hub("172.16.0.0/16", gateway=True)
    await town.sweep()
    await town.pump()
    town.context = replace(town.context, catalogue=catalogue(policy(gateway=GatewayUse.NEVER, max_peerings=501)))
    found = await foreseen(town)
    assert {line.spoke for line in found.lines} == set(ids)


async def test_a_tag_that_names_no_hub_is_told_apart() -> None:
    town = Town(hub(), spoke(tag="prod-wue"))
    found = await preview(town.context)
    assert [(each.hub, fates(each)) for each in found.hubs] == [("prod-weu", {}), ("unknown", {"spoke-a": "refused"})]
    assert "Did you mean 'prod-weu'?" in found.hubs[1].lines[0].findings[0].message


async def test_a_hub_that_left_the_catalogue_keeps_its_pairs() -> None:
    town = await joined(vnet(OTHER_HUB_ID, "10.200.0.0/16"), hubs=HUBS)
    town.context = replace(town.context, catalogue=catalogue(HUBS.hubs["neu"]))
    found = await preview(town.context)
    assert [(each.hub, fates(each)) for each in found.hubs] == [("neu", {}), ("prod-weu", {"spoke-a": "stays"})]


async def test_a_tag_that_goes_on_from_a_hub_that_left_the_catalogue_is_told_at_the_new_one() -> None:
    town = await joined(vnet(OTHER_HUB_ID, "10.200.0.0/16"), hubs=HUBS)
    town.context = replace(town.context, catalogue=catalogue(HUBS.hubs["neu"]))
    town.change(tags={"hub": "neu"})
    found = await preview(town.context)
    assert (found.hubs[0].hub, fates(found.hubs[0])) == ("neu", {"spoke-a": "created"})
    town.change(tags={})
    found = await preview(town.context)
    assert (found.hubs[1].hub, fates(found.hubs[1]), found.hubs[1].unchanged) == ("prod-weu", {}, 1)


async def test_a_hub_that_cannot_be_read_hides_no_other() -> None:
    town = Town(hub(), vnet(OTHER_HUB_ID, "10.200.0.0/16"), spoke(tag="neu"), hubs=HUBS)
    town.networks.refuse("read", HUB_ID, AzureFailure(403, "AuthorizationFailed", "no role"))
    found = await preview(town.context)
    assert "no role" in found.hubs[0].unread
    assert not found.is_complete
    assert fates(found.hubs[1]) == {"spoke-a": "created"}


async def test_a_hub_that_is_not_there_is_told_so() -> None:
    town = Town(spoke())
    found = await foreseen(town)
    assert "there is no such network" in found.unread


async def test_what_resource_graph_does_not_show_is_read() -> None:
    town = await joined()
    town.estate.hidden.add(SPOKE_ID)
    assert fates(await foreseen(town)) == {}
    assert "read spoke-a" in town.networks.log
    town.networks.refuse("read", SPOKE_ID, AzureFailure(403, "AuthorizationFailed", "no role"))
    assert fates(await foreseen(town)) == {"spoke-a": "unread"}


async def test_a_left_over_half_would_be_removed() -> None:
    town = Town(hub(halves=(half(B, f"autopeer-spoke-b-{B.key[:8]}", state="Disconnected"),)))
    assert fates(await foreseen(town)) == {"spoke-b": "removed"}


async def test_without_records_what_bears_our_mark_counts_as_ours() -> None:
    town = await joined()
    held = catalogue(policy(approval=(ApprovalRule(Decision.HOLD),)))
    town.context = replace(town.context, catalogue=held)
    assert (await foreseen(town, with_records=False)).counts == {"unchanged": 1}


async def test_without_records_a_request_shows_as_ours_by_name() -> None:
    town = Town(hub(), spoke(tag=None))
    town.put(request(hub="prod-weu", door=Door.HTTP, when=town.clock()))
    await town.pump()
    assert (await foreseen(town)).by_name == ()
    found = await foreseen(town, with_records=False)
    assert (found.lines, found.by_name) == ((), (SPOKE_ID,))


async def test_an_estate_that_is_too_large_is_refused() -> None:
    town, _ = town_of(5)
    with pytest.raises(EstateTooLarge, match="more than 4"):
        await preview(town.context, most=4)


async def test_what_is_foreseen_is_what_happens() -> None:
    """One of each at once: the sweep and the drains do what the dry run said, and then it has nothing more to say."""
    town, ids = town_of(6, hubs=HUBS)
    town.networks.vnets[OTHER_HUB_ID] = vnet(OTHER_HUB_ID, "192.168.0.0/16")
    await town.sweep()
    await town.pump()
    town.change(ids[0], tags={})
    town.networks.unpeer(HUB_ID, ids[1])
    town.change(ids[2], tags={"hub": "neu"})
    town.networks.vnets[B], town.networks.vnets[C] = spoke("10.9.0.0/24", id=B), spoke("10.9.0.0/24", id=C)
    said = await preview(town.context)
    assert _sum(said) == {"removed": 1, "changed": 1, "stays": 1, "created": 2, "refused": 1, "unchanged": 3}
    created = {line.spoke for each in said.hubs for line in each.lines if line.fate is Fate.CREATED}
    refused = next(line.spoke for each in said.hubs for line in each.lines if line.fate is Fate.REFUSED)
    await town.sweep()
    await town.pump()
    assert (town.state(ids[0]), town.state(ids[1])) == (State.REMOVED, State.CONNECTED)
    assert (town.state(ids[2], "neu"), town.state(refused)) == (State.CONNECTED, State.REFUSED)
    assert created == {ids[2], *({B, C} - {refused})}
    assert _sum(await preview(town.context)) == {"refused": 1, "unchanged": 6}


def _sum(found: Preview) -> dict[str, int]:
    total: dict[str, int] = {}
    for each in found.hubs:
        for fate, number in each.counts.items():
            total[fate] = total.get(fate, 0) + number
    return total


async def test_what_a_limit_withholds_is_told_as_that() -> None:
    town, ids = town_of(8, hubs=catalogue(policy(grace_minutes=0, max_removals=3)))
    await town.sweep()
    await town.pump()
    for each in ids[:5]:
        town.change(each, tags={})
    found = await foreseen(town)
    assert found.counts == {"withheld": 5, "unchanged": 3}
    assert {(line.fate, line.withheld, len(line.changes)) for line in found.lines} == {(Fate.REMOVED, "brake", 2)}
    town.context = replace(town.context, catalogue=catalogue(policy(grace_minutes=0, mode=Mode.OBSERVE)))
    found = await foreseen(town)
    assert {(line.fate, line.withheld) for line in found.lines} == {(Fate.REMOVED, "observed")}


async def test_a_pause_is_asked_for() -> None:
    town = Town(hub(), spoke())
    await town.pauses.begin(Pause(reason="freeze", who="anna", since=town.clock()))
    found = await foreseen(town)
    assert [(line.fate, line.withheld) for line in found.lines] == [(Fate.CREATED, "paused")]
    found = await foreseen(town, with_records=False)
    assert found.counts == {"withheld": 1, "unchanged": 0}
