"""From the tag to Connected: how many calls it takes, duplicates, clashes, and what the world is told."""

import json
import random
from dataclasses import replace
from datetime import timedelta

import pytest

from peering.core.catalogue.policy import ApprovalRule, Decision, Existing, GatewayUse
from peering.core.decision.findings import Code
from peering.core.intake.requests import Door
from peering.core.network.vnets import Flags, SyncLevel
from peering.core.record.record import State
from tests.builders import (
    HUB_ID,
    NOON,
    OTHER_HUB_ID,
    SPOKE_ID,
    altered,
    catalogue,
    half,
    hub,
    policy,
    request,
    spoke,
    vnet_id,
)
from tests.core.intake.test_events import OBJECT_ID, activity
from tests.service.town import OURS, Town

B, C = vnet_id("spoke-b"), vnet_id("spoke-c")


async def test_a_tag_becomes_a_pair_with_two_writes() -> None:
    town = Town(hub(gateway=True), spoke())
    await town.ask()
    assert town.connected()
    assert [entry.split("/")[0] for entry in town.writes] == ["put hub-weu", "put spoke-a"]
    assert (town.row().state, town.history) == (State.CONNECTED, ["Connected"])
    assert town.announcer.types == ["Spoke.Connected"]
    assert town.row().progress.calls == 4  # two reads of the spoke, two writes; the hub's read is the batch's
    await town.pump(timedelta(days=2))
    assert town.queue.messages == []  # the alarm that covered our death has found nothing to do


async def test_nothing_to_do_costs_one_read() -> None:
    town = Town(hub(), spoke())
    await town.ask()
    town.networks.log.clear()
    await town.ask()
    assert town.networks.log == ["read spoke-a"]
    assert town.history == ["Connected"]


async def test_no_tag_and_no_record_leaves_no_trace() -> None:
    town = Town(hub(), spoke(tag=None))
    await town.ask()
    assert (town.networks.log, town.records.rows) == (["read spoke-a"] * 2, {})
    assert town.queue.sent == [timedelta(seconds=15)]  # Azure's reads lag: the tag may not be seen yet, once


async def test_duplicates_in_disorder_make_two_writes_and_one_entry_in_the_history() -> None:
    asked = [
        replace(request(), id=f"m-{n}", correlation=f"c-{n}", when=NOON + timedelta(seconds=n % 7)) for n in range(20)
    ]
    random.Random(7).shuffle(asked)  # noqa: S311 - a fixed disorder
    for deliver in ("pump", "pump_together"):
        town = Town(hub(), spoke())
        town.put(*asked)
        await getattr(town, deliver)()
        assert town.connected()
        assert (len(town.writes), town.history) == (2, ["Connected"])
        assert len(town.announcer.announced) == 1


async def test_of_two_spokes_that_clash_one_is_let_in_and_the_other_told_by_whom() -> None:
    town = Town(hub(), spoke(), spoke(id=B))
    town.put(request(), request(B))
    await town.pump_together()
    states = {town.row().state, town.row(B).state}
    assert states == {State.CONNECTED, State.REFUSED}
    winner, loser = (SPOKE_ID, B) if town.row().state is State.CONNECTED else (B, SPOKE_ID)
    (finding,) = town.row(loser).found.findings
    assert finding.code == Code.OVERLAPS_SPOKE
    assert str(winner) in finding.message
    assert len(town.writes) == 2


async def test_many_spokes_at_once_go_through_one_lease() -> None:
    ids = [vnet_id(f"spoke-{n}") for n in range(30)]
    town = Town(hub(), *(spoke(f"10.{n + 1}.0.0/24", id=each) for n, each in enumerate(ids)), batch=10)
    town.put(*(request(each) for each in ids))
    await town.pump_together()
    assert town.connected(ids)
    assert len(town.writes) == 60
    assert sorted(town.history) == ["Connected"] * 30
    assert town.queue.messages == []


async def test_a_half_that_was_broken_is_mended() -> None:
    town = Town(hub(), spoke())
    await town.ask()
    town.change(halves=())
    town.change(HUB_ID, halves=tuple(replace(h, state="Disconnected") for h in town.networks.vnets[HUB_ID].halves))
    town.networks.log.clear()
    await town.ask()
    assert town.connected()
    assert [entry.split("/")[0] for entry in town.writes] == ["put hub-weu", "put spoke-a"]
    assert town.history == ["Connected", "Connected"]  # the audit trail knows of every write


async def test_a_disconnected_half_on_the_spoke_is_brought_back_before_the_hubs_is_written() -> None:
    left = half(HUB_ID, "autopeer-prod-weu", state="Disconnected")
    town = Town(hub(), spoke(halves=(left,)))
    await town.ask()
    assert town.connected()
    assert [entry.split("/")[0] for entry in town.writes] == ["put spoke-a", "put hub-weu"]


async def test_an_address_space_that_grew_is_synced_on_the_side_that_is_behind() -> None:
    town = Town(hub(), spoke())
    await town.ask()
    behind = tuple(replace(h, sync_level=SyncLevel.LOCAL_NOT_IN_SYNC) for h in town.networks.vnets[HUB_ID].halves)
    ahead = tuple(replace(h, sync_level=SyncLevel.REMOTE_NOT_IN_SYNC) for h in town.networks.vnets[SPOKE_ID].halves)
    town.change(HUB_ID, halves=behind)
    town.change(halves=ahead, prefixes=(*spoke().prefixes, *spoke("10.9.0.0/24").prefixes))
    town.networks.log.clear()
    await town.ask()
    assert town.connected()
    assert [entry.split("/")[0] for entry in town.writes] == ["sync hub-weu"]
    assert town.row().found.prefixes == town.networks.vnets[SPOKE_ID].prefixes


async def test_a_hub_without_its_gateway_is_used_without_and_the_record_says_so() -> None:
    town = Town(hub(), spoke())
    await town.ask()
    assert (town.row().found.gateway, town.row().found.notes) == ("none", ("hub 'prod-weu' has no gateway yet",))


async def test_a_pair_made_by_hand_is_adopted_under_its_name() -> None:
    town = Town(hub(halves=(half(SPOKE_ID, "theirs"),)), spoke(halves=(half(HUB_ID, "mine"),)))
    await town.ask()
    assert town.row().state is State.CONNECTED
    assert (town.row().found.hub_half.rpartition("/")[2], town.row().found.spoke_half.rpartition("/")[2]) == (
        "theirs",
        "mine",
    )
    assert town.writes == []


async def test_a_pair_made_by_hand_is_left_alone_where_the_catalogue_says_so() -> None:
    rules = catalogue(policy(existing=Existing.REFUSE))
    town = Town(hub(halves=(half(SPOKE_ID, "theirs"),)), spoke(halves=(half(HUB_ID, "mine"),)), hubs=rules)
    await town.ask()
    assert [finding.code for finding in town.row().found.findings] == [Code.PEERED_BY_HAND]
    assert town.writes == []


async def test_who_waits_for_an_approval_is_looked_at_once_a_day_all_the_same() -> None:
    held = catalogue(policy(approval=(ApprovalRule(decision=Decision.HOLD),)))
    town = Town(hub("10.0.0.0/16"), spoke("10.1.0.0/24"), hubs=held)
    await town.ask()
    assert town.state() is State.AWAITING_APPROVAL
    town.change(HUB_ID, prefixes=hub("10.0.0.0/16", "10.1.0.0/16").prefixes)
    await town.pump(timedelta(days=1, minutes=5))
    assert (town.state(), town.row().found.findings[0].code) == (State.REFUSED, Code.OVERLAPS_HUB)


async def test_a_hub_that_does_not_exist_is_not_the_spokes_fault() -> None:
    town = Town(spoke())
    await town.ask()
    (finding,) = town.row().found.findings
    assert (finding.code, town.row().state) == (Code.HUB_NOT_FOUND, State.REFUSED)
    assert "Nothing is wrong with yours" in finding.message


async def test_a_tag_that_names_no_hub() -> None:
    town = Town(hub(), spoke(tag="prod-wue"))
    await town.ask()
    row = town.row(hub="unknown")
    assert (row.state, row.found.findings[0].code, row.asked.wanted) == (State.REFUSED, Code.UNKNOWN_HUB, "prod-wue")
    assert "Did you mean 'prod-weu'?" in row.found.findings[0].message
    assert town.history == ["Refused"]
    await town.ask()
    assert town.history == ["Refused"]


async def test_an_empty_tag() -> None:
    town = Town(hub(), spoke(tag=" "))
    await town.ask()
    assert "The tag 'hub' is empty." in town.row(hub="unknown").found.findings[0].message


async def test_a_corrected_tag_takes_the_old_answer_away() -> None:
    town = Town(hub(), spoke(tag="prod-wue"))
    await town.ask()
    town.change(tags={"hub": "prod-weu"})
    await town.ask()
    assert town.connected()
    assert town.row(hub="unknown").state is State.REMOVED


async def test_our_own_echo_asks_for_nothing() -> None:
    town = Town(hub(), spoke())
    town.put(json.dumps(activity(claims={OBJECT_ID: OURS})))
    await town.pump()
    assert town.networks.log == []


async def test_an_array_of_events_is_worked_through() -> None:
    town = Town(hub(), spoke(), spoke("10.2.0.0/24", id=B))
    town.put(json.dumps([activity(), {}, activity(resource=str(B))]))
    await town.pump()
    assert town.connected([SPOKE_ID, B])


async def test_a_gateway_that_is_required_and_missing_is_said_so_until_it_comes() -> None:
    town = Town(hub(), spoke(), hubs=catalogue(policy(gateway=GatewayUse.REQUIRED)))
    await town.ask()
    assert [finding.code for finding in town.row().found.findings] == [Code.NO_HUB_GATEWAY]
    town.change(HUB_ID, gateway="gw")
    await town.ask()
    assert town.connected()
    assert town.row().found.gateway == "gw"


async def test_a_spoke_of_two_hubs_keeps_the_gateway_it_uses() -> None:
    other = half(OTHER_HUB_ID, "to-neu", "10.200.0.0/16", flags=Flags(remote_gateways=True))
    town = Town(hub(gateway=True), spoke(halves=(other,)))
    await town.ask()
    assert town.row().state is State.CONNECTED
    assert "through peering 'to-neu'" in town.row().found.notes[0]
    assert town.networks.vnets[SPOKE_ID].half_named("to-neu") == other


@pytest.mark.parametrize("change", [{"state": "Quarantined"}, {"named_by": "inheritance"}])
async def test_a_row_that_a_later_version_wrote_is_written_by_nobody(change: dict[str, str]) -> None:
    town = Town(hub(), spoke())
    await town.ask()
    town.records.rows["prod-weu", SPOKE_ID.key] = newer = altered(town.row(), **change)
    town.change(tags={"hub": "nowhere"})
    await town.ask()
    town.change(tags={})
    await town.ask(hub="prod-weu", door=Door.HTTP)
    town.delete()
    await town.ask()
    assert town.row() == newer
    assert len(town.writes) == 2
