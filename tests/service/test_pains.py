"""What hurts people who peer networks, pain by pain (docs/pains.md): here each that applies is tried out."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from peering.core.decision.changes import Action, Change
from peering.core.intake.events import decode_event
from peering.core.intake.requests import Request
from peering.core.network.failures import AzureFailure
from peering.core.network.vnets import Flags
from peering.core.record.record import State
from tests.builders import (
    HUB_ID,
    NOON,
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
from tests.service.town import Town, joined, town_of

ROOT = Path(__file__).parents[2]
NEIGHBOUR = vnet_id("spoke-b")
AT_ONCE = catalogue(policy(grace_minutes=0, status_tag="hub-status"))


@pytest.mark.parametrize("where", [HUB_ID, SPOKE_ID], ids=["hub", "spoke"])
async def test_p01_a_400_in_the_middle_of_subnet_writes_is_waited_out(where: object) -> None:
    town = Town(hub(), spoke())
    early = AzureFailure(400, "ReferencedResourceNotProvisioned", "not in Succeeded state. PutSubnetOperation")
    town.networks.fail("apply", where, early, early)  # type: ignore[arg-type] # an id, from the line above
    await town.ask()
    assert town.connected()
    assert town.history == ["Connected"]


async def test_p02_a_busy_hub_is_asked_again_when_its_own_words_say_so() -> None:
    town = Town(hub(), spoke())
    busy = AzureFailure(429, "RetryableErrorDueToAnotherOperation", "The call can be retried in 14 seconds.")
    town.networks.fail("apply", HUB_ID, busy)
    await town.ask()
    assert town.connected()
    finished = town.row().progress.finished
    assert finished is not None
    assert timedelta(seconds=14) <= finished - NOON < timedelta(seconds=20)


async def test_p03_growth_is_routed_without_anybody_running_a_sync() -> None:
    town = await joined()
    town.networks.resize(SPOKE_ID, "10.1.0.0/24", "10.1.1.0/24")
    assert not town.connected()
    await town.ask()
    assert town.connected()
    town.networks.resize(HUB_ID, "10.0.0.0/16", "10.200.0.0/24")
    await town.ask(HUB_ID)
    assert town.connected()


async def test_p04_the_side_is_synced_that_is_behind_and_only_that() -> None:
    town = await joined()
    town.networks.resize(SPOKE_ID, "10.1.0.0/24", "10.1.1.0/24")
    await town.ask()
    assert [entry.partition("/")[0] for entry in town.writes] == ["sync hub-weu"]


async def test_p05_a_disconnected_half_is_no_dead_end() -> None:
    town = await joined()
    town.networks.unpeer(HUB_ID, SPOKE_ID)
    on_spoke = town.networks.vnets[SPOKE_ID].half_to(HUB_ID)
    assert on_spoke is not None
    assert on_spoke.state == "Disconnected"
    await town.ask(HUB_ID)
    assert town.connected()


@pytest.mark.parametrize("gone", [None, HUB_ID, SPOKE_ID], ids=["both there", "hub's gone", "spoke's gone"])
async def test_p06_both_sides_are_removed_also_where_one_is_gone(gone: object) -> None:
    town = await joined(hubs=AT_ONCE)
    town.change(tags={})
    if gone in (HUB_ID, SPOKE_ID):
        one, other = (HUB_ID, SPOKE_ID) if gone == HUB_ID else (SPOKE_ID, HUB_ID)
        town.networks.unpeer(one, other)
    await town.ask()
    assert town.state() is State.REMOVED
    assert town.networks.vnets[HUB_ID].halves + town.networks.vnets[SPOKE_ID].halves == ()


async def test_p07_a_redeployment_that_wipes_the_peerings_is_made_good() -> None:
    town = await joined()
    town.networks.unpeer(SPOKE_ID, HUB_ID)  # PUT of the network from a template that knows of none
    await town.ask()
    assert town.connected()


async def test_p08_what_a_deleted_network_left_behind_does_not_block_its_range() -> None:
    town = await joined()
    town.delete()
    town.networks.vnets[NEIGHBOUR] = spoke("10.1.0.0/24", id=NEIGHBOUR)
    await town.ask(NEIGHBOUR)
    assert town.connected([NEIGHBOUR])
    assert town.networks.vnets[HUB_ID].half_to(SPOKE_ID) is None


async def test_p09_an_overlap_with_another_spoke_is_found_before_any_write() -> None:
    town = await joined(spoke("10.1.0.128/25", id=NEIGHBOUR), hubs=catalogue(policy(allowed_space=("10.1.0.0/16",))))
    await town.ask(NEIGHBOUR)
    (finding,) = town.row(NEIGHBOUR).found.findings
    assert (town.state(NEIGHBOUR), town.writes) == (State.REFUSED, [])
    assert all(word in finding.message for word in ("10.1.0.128/25", "10.1.0.0/24", str(SPOKE_ID), "Free ranges"))


async def test_p10_another_tenant_is_said_to_be_one() -> None:
    town = Town(hub(), spoke())
    text = "The client has permission, however the current tenant 'x' is not authorized to access linked subscription."
    town.networks.refuse("apply", HUB_ID, AzureFailure(403, "LinkedAuthorizationFailed", text))
    await town.ask()
    (finding,) = town.row().found.findings
    assert town.state() is State.FAILED
    assert "different tenants" in finding.message
    assert "role" not in finding.remedy, "no role would help"


async def test_p11_a_hub_without_a_gateway_is_peered_now_and_upgraded_when_it_has_one() -> None:
    town = await joined()
    assert town.row().found.gateway == "none"
    town.change(HUB_ID, gateway=gateway_of(HUB_ID))
    await town.ask(HUB_ID)
    on_hub, on_spoke = (town.networks.vnets[a].half_to(b) for a, b in ((HUB_ID, SPOKE_ID), (SPOKE_ID, HUB_ID)))
    assert on_hub is not None
    assert on_spoke is not None
    assert (on_hub.flags.gateway_transit, on_spoke.flags.remote_gateways) == (True, True)
    assert [entry.split()[1].partition("/")[0] for entry in town.writes] == ["hub-weu", "spoke-a"], "the hub first"


@pytest.mark.parametrize("own", [True, False], ids=["its own", "another remote one"])
async def test_p12_who_has_a_gateway_already_is_peered_without_and_told(own: bool) -> None:
    far = half(OTHER_HUB_ID, flags=Flags(remote_gateways=True))
    asks = spoke(gateway=True) if own else spoke(halves=(far,))
    town = Town(hub(gateway=True), asks, vnet(OTHER_HUB_ID, "10.9.0.0/16", gateway=True))
    await town.ask()
    made = town.networks.vnets[SPOKE_ID].half_to(HUB_ID)
    assert made is not None
    assert not made.flags.remote_gateways
    assert (town.state(), town.row().found.gateway) == (State.CONNECTED, "none")
    assert any("gateway" in note for note in town.row().found.notes)


async def test_p13_what_network_manager_made_is_not_touched() -> None:
    theirs = half(SPOKE_ID, "ANM_0123456789ABCDEF_spoke-a", "10.1.0.0/24")
    back = half(HUB_ID, "ANM_0123456789ABCDEF_hub-weu", "10.0.0.0/16")
    town = Town(hub(halves=(theirs,)), spoke(halves=(back,)))
    await town.ask()
    assert town.writes == []
    assert [finding.code for finding in town.row().found.findings] == ["ManagedElsewhere"]


async def test_p14_how_long_it_took_stands_in_the_record() -> None:
    town = Town(hub(), spoke())
    town.networks.fail("apply", HUB_ID, AzureFailure(409, "AnotherOperationInProgress", "busy"))
    await town.ask()
    asked, progress = town.row().asked, town.row().progress
    assert progress.started is not None
    assert progress.finished is not None
    assert NOON == asked.requested <= progress.started < progress.finished < NOON + timedelta(minutes=1)


async def test_p15_no_half_is_left_where_the_other_cannot_be_made() -> None:
    town = Town(hub(), spoke())
    town.networks.refuse("apply", SPOKE_ID, AzureFailure(403, "RequestDisallowedByPolicy", "disallowed by policy."))
    await town.ask()
    assert town.state() is State.FAILED
    assert town.networks.vnets[HUB_ID].halves == ()


async def test_p17_transit_is_the_hubs_and_its_use_the_spokes() -> None:
    town = Town(hub(gateway=True), spoke())
    await town.ask()
    on_hub, on_spoke = (town.networks.vnets[a].half_to(b) for a, b in ((HUB_ID, SPOKE_ID), (SPOKE_ID, HUB_ID)))
    assert on_hub is not None
    assert on_spoke is not None
    assert (on_hub.flags.gateway_transit, on_hub.flags.remote_gateways) == (True, False)
    assert (on_spoke.flags.gateway_transit, on_spoke.flags.remote_gateways) == (False, True)


def test_p18_a_write_of_the_child_type_is_heard_of_too() -> None:
    child = f"{SPOKE_ID}/virtualNetworkPeerings/autopeer-prod-weu"
    operation = "Microsoft.Network/virtualNetworks/virtualNetworkPeerings/delete"
    event = {
        "id": "event-1",
        "subject": child,
        "eventType": "Microsoft.Resources.ResourceDeleteSuccess",
        "eventTime": "2026-11-23T11:59:00Z",
        "data": {"operationName": operation, "resourceUri": child, "correlationId": "c-1"},
    }
    heard = decode_event(event, None, NOON)
    assert isinstance(heard, Request)
    assert (heard.spoke, heard.gone) == (SPOKE_ID, False), "the network is there, its half is not"


def test_p19_nothing_is_allowed_that_could_touch_a_subnet() -> None:
    for role in ("hub", "spoke"):
        actions = json.loads((ROOT / "infra/roles" / f"{role}.json").read_text("utf-8"))["actions"]
        written = {action for action in actions if action.endswith(("/write", "/delete"))}
        assert written
        assert all(
            "virtualNetworkPeerings/" in action or action.startswith("Microsoft.Resources/") for action in written
        )


async def test_p20_a_tag_that_another_tool_takes_away_again_and_again_makes_no_war() -> None:
    town = Town(hub(), spoke("10.0.0.0/24"), hubs=AT_ONCE)
    await town.ask()
    for _ in range(72):  # a pipeline that runs every ten minutes, for half a day
        town.change(tags={"hub": "prod-weu"})
        town.put(request(when=town.clock()))
        await town.pump(timedelta(minutes=10))
    assert 2 <= town.networks.log.count("tag spoke-a") < 18, "pauses double up"


async def test_p22_a_lock_is_named_and_waited_for() -> None:
    town = await joined(hubs=AT_ONCE)
    locked = f"The scope '{SPOKE_ID}' cannot perform delete operation because following scope(s) are locked: '/x/rg'."
    town.networks.refuse("apply", SPOKE_ID, AzureFailure(409, "ScopeLocked", locked))
    town.change(tags={})
    await town.ask()
    assert town.row().found.findings[0].code == "ScopeLocked"
    assert "/x/rg" in town.row().found.findings[0].message
    town.networks.relent()
    await town.pump(timedelta(days=2))
    assert town.state() is State.REMOVED


async def test_p23_one_half_alone_is_never_called_connected() -> None:
    town = Town(hub(), spoke())

    async def cut(change: Change) -> None:
        if change.vnet == SPOKE_ID and change.action is Action.PUT:
            raise AzureFailure(409, "AnotherOperationInProgress", "busy")

    town.networks.on_apply.append(cut)
    town.put(request(when=town.clock()))
    await town.pump(timedelta(minutes=30))
    assert town.state() is State.PENDING
    assert town.history == []


async def test_p24_a_deployments_noise_makes_one_pair() -> None:
    town = Town(hub(), spoke())
    town.put(*(request(when=town.clock()) for _ in range(20)))
    await town.pump_together()
    assert len(town.writes) == 2
    assert town.history == ["Connected"]


async def test_p25_an_event_that_never_came_is_made_up_for() -> None:
    town = Town(hub(), spoke())
    await town.sweep()
    await town.pump()
    assert town.connected()


async def test_p26_a_burst_takes_its_turns_and_loses_nobody() -> None:
    town, ids = town_of(60)
    town.networks.fail("apply", HUB_ID, *[AzureFailure(429, "RetryableError", "busy")] * 3)
    town.put(*(request(each, when=town.clock()) for each in ids))
    await town.pump_together()
    assert town.connected(ids)
    assert {town.state(each) for each in ids} == {State.CONNECTED}


async def test_p27_a_tag_that_a_redeployment_drops_and_brings_back_costs_nothing() -> None:
    town = await joined()
    tags = town.networks.vnets[SPOKE_ID].tags
    town.change(tags={})
    town.put(request(when=town.clock()))
    await town.pump(timedelta(minutes=1))
    assert town.state() is State.LEAVING
    town.change(tags=tags)
    await town.ask()
    assert town.connected()
    assert town.removals == []
