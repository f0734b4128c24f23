"""The life of a pair through the real SDK: states, sync levels, departures and recovery."""

from __future__ import annotations

import asyncio

from localazure.emulator.networks.resources import xor_guid
from tests.emulator.sdk import HUB, SPOKE, Azure, gateway_subnet, network_id, refusal, vnet


async def test_the_first_half_is_initiated_and_the_second_connects_both(azure: Azure) -> None:
    azure.given(HUB, SPOKE)
    first = await azure.peer("hub", "spoke")
    assert (first["peeringState"], first["peeringSyncLevel"]) == ("Initiated", "RemoteNotInSync")
    second = await azure.peer("spoke", "hub")
    assert (second["peeringState"], second["peeringSyncLevel"]) == ("Connected", "FullyInSync")
    first = await azure.half("hub", "spoke")
    assert (first["peeringState"], first["peeringSyncLevel"]) == ("Connected", "FullyInSync")


async def test_both_halves_carry_the_xor_of_their_networks_guids(azure: Azure) -> None:
    azure.given(HUB, SPOKE)
    await azure.peer_both()
    guids = [(await azure.network(name))["properties"]["resourceGuid"] for name in ("hub", "spoke")]
    expected = xor_guid(*guids)
    assert (await azure.half("hub", "spoke"))["resourceGuid"] == expected
    assert (await azure.half("spoke", "hub"))["resourceGuid"] == expected


async def test_growth_makes_the_other_side_local_not_in_sync_and_only_its_sync_cures_it(azure: Azure) -> None:
    azure.given(HUB, SPOKE)
    await azure.peer_both()
    await azure.write("spoke", "10.1.0.0/16", "10.2.0.0/16")
    stale = await azure.half("hub", "spoke")
    assert stale["peeringSyncLevel"] == "LocalNotInSync"
    assert stale["remoteAddressSpace"]["addressPrefixes"] == ["10.1.0.0/16"]
    assert stale["remoteVirtualNetworkAddressSpace"]["addressPrefixes"] == ["10.1.0.0/16", "10.2.0.0/16"]
    assert (await azure.peer("spoke", "hub", sync=True))["peeringSyncLevel"] == "RemoteNotInSync"
    assert (await azure.peer("hub", "spoke"))["peeringSyncLevel"] == "LocalNotInSync"
    assert (await azure.peer("hub", "spoke", sync=True))["peeringSyncLevel"] == "FullyInSync"
    assert (await azure.half("spoke", "hub"))["peeringSyncLevel"] == "FullyInSync"


async def test_when_both_have_grown_both_are_out_of_sync(azure: Azure) -> None:
    azure.given(HUB, SPOKE)
    await azure.peer_both()
    await azure.write("spoke", "10.1.0.0/16", "10.2.0.0/16")
    await azure.write("hub", "10.0.0.0/16", "10.3.0.0/16")
    assert (await azure.half("hub", "spoke"))["peeringSyncLevel"] == "LocalAndRemoteNotInSync"


async def test_a_half_whose_other_is_removed_stays_disconnected_and_recovers_by_an_update(azure: Azure) -> None:
    azure.given(HUB, SPOKE)
    await azure.peer_both()
    await azure.unpeer("spoke", "hub")
    assert (await azure.half("hub", "spoke"))["peeringState"] == "Disconnected"
    assert (await azure.peer("hub", "spoke"))["peeringState"] == "Initiated"
    assert (await azure.peer("spoke", "hub"))["peeringState"] == "Connected"
    assert (await azure.half("hub", "spoke"))["peeringState"] == "Connected"


async def test_a_deleted_network_leaves_the_other_half_disconnected(azure: Azure) -> None:
    azure.given(HUB, SPOKE)
    await azure.peer_both()
    await azure.delete("spoke")
    left = await azure.half("hub", "spoke")
    assert left["peeringState"] == "Disconnected"
    assert left["remoteAddressSpace"]["addressPrefixes"] == ["10.1.0.0/16"]


async def test_a_network_made_anew_is_not_the_one_a_half_was_made_for(azure: Azure) -> None:
    azure.given(HUB, SPOKE)
    await azure.peer("hub", "spoke")
    await azure.delete("spoke")
    assert (await azure.half("hub", "spoke"))["peeringState"] == "Initiated"
    azure.server.emulator.load(azure.server.emulator.save())
    await azure.write("spoke", "10.1.0.0/16")
    assert (await azure.half("hub", "spoke"))["peeringState"] == "Disconnected"
    assert (await refusal(azure.peer("spoke", "hub")))[1] == "RemotePeeringIsDisconnected"
    await azure.peer_both()
    guids = [(await azure.network(name))["properties"]["resourceGuid"] for name in ("hub", "spoke")]
    assert (await azure.half("hub", "spoke"))["resourceGuid"] == xor_guid(*guids)


async def test_a_put_of_a_network_leaves_subnets_and_peerings_alone_and_wipes_tags(azure: Azure) -> None:
    azure.given(vnet("hub", "10.0.0.0/16", subnets=gateway_subnet("10.0.0.0/27")), SPOKE)
    await azure.peer_both()
    await azure.write("hub", "10.0.0.0/16", tags={"hub": "prod"})
    assert (await azure.network("hub"))["tags"] == {"hub": "prod"}
    await azure.write("hub", "10.0.0.0/16")
    hub = await azure.network("hub")
    assert "tags" not in hub
    assert [each["name"] for each in hub["properties"]["subnets"]] == ["GatewaySubnet"]
    assert [each["name"] for each in hub["properties"]["virtualNetworkPeerings"]] == ["to-spoke"]


async def test_one_etag_per_network_changes_at_the_start_and_the_end_and_on_the_other_side(slow_azure: Azure) -> None:
    slow_azure.given(HUB, SPOKE)
    before = [(await slow_azure.network(name))["etag"] for name in ("hub", "spoke")]
    await slow_azure.start_peering("hub", "spoke")
    during = [(await slow_azure.network(name))["etag"] for name in ("hub", "spoke")]
    slow_azure.clock.step(11)
    hub, spoke = [await slow_azure.network(name) for name in ("hub", "spoke")]
    assert len({before[0], during[0], hub["etag"]}) == 3
    assert before[1] == during[1] != spoke["etag"]
    assert hub["properties"]["virtualNetworkPeerings"][0]["etag"] == hub["etag"]


async def test_a_network_shows_updating_while_a_half_of_it_is_written(slow_azure: Azure) -> None:
    slow_azure.given(HUB, SPOKE)
    await slow_azure.start_peering("hub", "spoke")
    states = [(await slow_azure.network(name))["properties"]["provisioningState"] for name in ("hub", "spoke")]
    assert states == ["Updating", "Succeeded"]
    slow_azure.clock.step(11)
    assert (await slow_azure.network("hub"))["properties"]["provisioningState"] == "Succeeded"


async def test_many_spokes_write_their_halves_to_one_hub_at_once(slow_azure: Azure) -> None:
    spokes = [f"spoke{n}" for n in range(1, 6)]
    slow_azure.given(HUB, *(vnet(name, f"10.{n}.0.0/16") for n, name in enumerate(spokes, 1)))
    pollers = await asyncio.gather(*(slow_azure.start_peering(name, "hub") for name in spokes))
    assert all(poller.status() == "InProgress" for poller in pollers)
    slow_azure.clock.step(11)
    states = [(await slow_azure.half(name, "hub"))["provisioningState"] for name in spokes]
    assert states == ["Succeeded"] * len(spokes)


async def test_names_and_ids_compare_without_regard_to_case(azure: Azure) -> None:
    azure.given(HUB, SPOKE)
    await azure.put_half("HUB", "to-spoke", {"remoteVirtualNetwork": {"id": network_id("SPOKE").upper()}})
    await azure.peer("spoke", "hub")
    assert (await azure.half("Hub", "Spoke"))["peeringState"] == "Connected"
