"""Virtual networks: the fake and the SDK against the emulator know the same peering rules."""

import uuid
from typing import Any

import pytest

from peering.adapters.networks import ArmNetworks
from peering.arm_calls import Meter, metered
from peering.core.decision.changes import Action, Change
from peering.core.network.failures import AzureFailure, Kind, rule_for
from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import Flags, Half, PeeringState, Vnet
from tests.builders import gateway_of, texts
from tests.contract.conftest import Credential, Emulator
from tests.contract.grounds import FakeGround, Ground, RealGround, put


@pytest.fixture(params=["fake", "real"])
async def ground(request: pytest.FixtureRequest) -> Any:  # noqa: ANN401 - a generator of Grounds
    if request.param == "fake":
        yield FakeGround()
        return
    emulator: Emulator = request.getfixturevalue("emulator")
    adapter = ArmNetworks(emulator.reached_by(Credential(emulator.token())))
    with emulator.client() as http:
        yield RealGround(adapter, http, f"rg-{uuid.uuid4().hex[:12]}")
    await adapter.close()


async def pair(ground: Ground, one: VnetId, other: VnetId) -> tuple[Half, Half]:
    first = await ground.port.apply(put(one, other))
    second = await ground.port.apply(put(other, one))
    assert first
    assert second
    assert not any(each.is_under_way for each in (first, second))  # it has come to its end
    return first, second


async def read(ground: Ground, network: VnetId) -> Vnet:
    found = await ground.port.read(network)
    assert found is not None
    return found


async def failure(ground: Ground, change: Change) -> AzureFailure:
    with pytest.raises(AzureFailure) as caught:
        await ground.port.apply(change)
    assert caught.value.message
    return caught.value


async def test_a_network_that_does_not_exist_is_none(ground: Ground) -> None:
    assert await ground.port.read(ground.id("nobody")) is None
    await ground.make("somebody", "10.0.0.0/16")
    assert await ground.port.read(ground.id("nobody")) is None


async def test_a_network_as_it_is(ground: Ground) -> None:
    made = await ground.make("plain", "10.0.0.0/16", "fd00:db8::/64", hub="prod-weu")
    found = await read(ground, made)
    assert (found.id, found.location, found.tags) == (made, "westeurope", {"hub": "prod-weu"})
    assert texts(found.prefixes) == ["10.0.0.0/16", "fd00:db8::/64"]
    assert (found.gateway, found.halves, found.provisioning_state) == (None, (), "Succeeded")


async def test_a_gateway_is_seen(ground: Ground) -> None:
    made = await ground.make("hub", "10.0.0.0/16", gateway=True)
    found = (await read(ground, made)).gateway
    assert found is not None
    assert found.lower() == gateway_of(made).lower()


async def test_the_first_half_waits_for_the_second(ground: Ground) -> None:
    one, other = await ground.make("one", "10.0.0.0/16"), await ground.make("other", "10.1.0.0/16")
    first, second = await pair(ground, one, other)
    assert (first.state, first.settled, first.name) == (PeeringState.INITIATED, False, "to-other")
    assert (second.settled, second.remote) == (True, one)
    (half,) = (await read(ground, one)).halves
    assert half.settled
    assert texts(half.remote_prefixes) == ["10.1.0.0/16"]


async def test_flags_are_written_and_changed(ground: Ground) -> None:
    one = await ground.make("one", "10.0.0.0/16", gateway=True)
    other = await ground.make("other", "10.1.0.0/16")
    await ground.port.apply(put(one, other, gateway_transit=True, forwarded_traffic=True))
    await ground.port.apply(put(other, one, remote_gateways=True, virtual_network_access=False))
    (half,) = (await read(ground, one)).halves
    (back,) = (await read(ground, other)).halves
    assert half.flags == Flags(gateway_transit=True, forwarded_traffic=True)
    assert back.flags == Flags(virtual_network_access=False, remote_gateways=True)
    changed = await ground.port.apply(put(other, one))
    assert changed is not None
    assert (changed.flags, changed.settled) == (Flags(), True)


async def test_removing_one_half_leaves_the_other_disconnected(ground: Ground) -> None:
    one, other = await ground.make("one", "10.0.0.0/16"), await ground.make("other", "10.1.0.0/16")
    await pair(ground, one, other)
    assert await ground.port.apply(put(one, other, action=Action.REMOVE)) is None
    assert (await read(ground, one)).halves == ()
    assert [half.state for half in (await read(ground, other)).halves] == [PeeringState.DISCONNECTED]


async def test_a_network_that_is_deleted_leaves_the_other_disconnected(ground: Ground) -> None:
    one, other = await ground.make("one", "10.0.0.0/16"), await ground.make("other", "10.1.0.0/16")
    await pair(ground, one, other)
    await ground.delete(other)
    assert await ground.port.read(other) is None
    assert [half.state for half in (await read(ground, one)).halves] == [PeeringState.DISCONNECTED]
    assert await ground.port.apply(put(one, other, action=Action.REMOVE)) is None


async def test_removing_what_is_not_there_is_no_failure(ground: Ground) -> None:
    one, other = await ground.make("one", "10.0.0.0/16"), await ground.make("other", "10.1.0.0/16")
    assert await ground.port.apply(put(one, other, action=Action.REMOVE)) is None


async def test_a_sync_cures_the_side_that_is_behind(ground: Ground) -> None:
    one, other = await ground.make("one", "10.0.0.0/16"), await ground.make("other", "10.1.0.0/16")
    await pair(ground, one, other)
    await ground.grow(other, "10.2.0.0/16", behind=one)
    (behind,) = (await read(ground, one)).halves
    assert behind.needs_sync
    synced = await ground.port.apply(put(one, other, action=Action.SYNC))
    assert synced is not None
    assert synced.settled
    assert texts(synced.remote_prefixes) == ["10.1.0.0/16", "10.2.0.0/16"]
    assert [half.settled for half in (await read(ground, other)).halves] == [True]


async def test_one_half_per_remote(ground: Ground) -> None:
    one, other = await ground.make("one", "10.0.0.0/16"), await ground.make("other", "10.1.0.0/16")
    await pair(ground, one, other)
    refused = await failure(ground, put(one, other, "second"))
    assert (refused.status, refused.code) == (400, "AnotherPeeringAlreadyReferencesRemoteVnet")


async def test_a_half_cannot_be_turned_to_another_network(ground: Ground) -> None:
    one, other = await ground.make("one", "10.0.0.0/16"), await ground.make("other", "10.1.0.0/16")
    third = await ground.make("third", "10.2.0.0/16")
    await pair(ground, one, other)
    refused = await failure(ground, put(one, third, "to-other"))
    assert (refused.status, refused.code) == (400, "ChangingRemoteVirtualNetworkNotAllowed")


async def test_a_disconnected_half_blocks_the_other(ground: Ground) -> None:
    one, other = await ground.make("one", "10.0.0.0/16"), await ground.make("other", "10.1.0.0/16")
    await pair(ground, one, other)
    await ground.port.apply(put(one, other, action=Action.REMOVE))
    refused = await failure(ground, put(one, other))
    assert (refused.status, refused.code) == (400, "RemotePeeringIsDisconnected")


async def test_a_gateway_that_is_not_there_cannot_be_used(ground: Ground) -> None:
    one, other = await ground.make("one", "10.0.0.0/16"), await ground.make("other", "10.1.0.0/16")
    await ground.port.apply(put(one, other, gateway_transit=True))
    refused = await failure(ground, put(other, one, remote_gateways=True))
    assert (refused.status, refused.code) == (400, "RemoteVnetHasNoGateways")


async def test_a_gateway_that_is_not_lent_cannot_be_used(ground: Ground) -> None:
    one = await ground.make("one", "10.0.0.0/16", gateway=True)
    other = await ground.make("other", "10.1.0.0/16")
    await ground.port.apply(put(one, other))
    assert (await failure(ground, put(other, one, remote_gateways=True))).status == 400


async def test_a_network_that_clashes_with_another_peer_is_refused(ground: Ground) -> None:
    one, other = await ground.make("one", "10.0.0.0/16"), await ground.make("other", "10.1.0.0/16")
    twin = await ground.make("twin", "10.1.0.0/24")
    await pair(ground, one, other)
    refused = await failure(ground, put(one, twin))
    assert (refused.status, refused.code) == (400, "VnetAddressSpaceOverlapsWithAlreadyPeeredVnet")


async def test_networks_that_clash_with_each_other_are_refused(ground: Ground) -> None:
    one, twin = await ground.make("one", "10.0.0.0/16"), await ground.make("twin", "10.0.5.0/24")
    refused = await failure(ground, put(one, twin))
    assert (refused.status, refused.code) == (400, "VnetAddressSpacesOverlap")


async def test_a_remote_that_does_not_exist(ground: Ground) -> None:
    one = await ground.make("one", "10.0.0.0/16")
    refused = await failure(ground, put(one, ground.id("nobody")))
    assert (refused.status, refused.code) == (400, "InvalidResourceReference")


async def test_a_half_on_a_network_that_does_not_exist(ground: Ground) -> None:
    one = await ground.make("one", "10.0.0.0/16")
    refused = await failure(ground, put(ground.id("nobody"), one))
    assert refused.status == 404
    assert rule_for(refused).kind is Kind.SOON


async def test_a_tag_is_merged_with_those_there_are(ground: Ground) -> None:
    made = await ground.make("tagged", "10.0.0.0/16", hub="prod-weu", owner="anna")
    await ground.port.write_tag(made, "hub-status", "Connected to prod-weu: ü")
    await ground.port.write_tag(made, "hub-status", "Refused")
    assert (await read(ground, made)).tags == {"hub": "prod-weu", "owner": "anna", "hub-status": "Refused"}


async def test_a_tag_is_taken_away_and_the_others_stay(ground: Ground) -> None:
    made = await ground.make("tagged", "10.0.0.0/16", hub="prod-weu", owner="anna")
    await ground.port.write_tag(made, "hub-status", "Refused: ü")
    await ground.port.remove_tag(made, "Hub-Status", "Refused: ü")
    assert (await read(ground, made)).tags == {"hub": "prod-weu", "owner": "anna"}
    await ground.port.remove_tag(made, "hub-status", "Refused: ü")  # what is not there is no failure


async def test_a_tag_that_says_something_else_is_not_taken_away(ground: Ground) -> None:
    made = await ground.make("tagged", "10.0.0.0/16", answer="another installation's")
    await ground.port.remove_tag(made, "answer", "ours")
    assert (await read(ground, made)).tags == {"answer": "another installation's"}


async def test_a_tag_on_a_network_that_does_not_exist(ground: Ground) -> None:
    await ground.make("somebody", "10.0.0.0/16")
    with pytest.raises(AzureFailure) as caught:
        await ground.port.write_tag(ground.id("nobody"), "a", "b")
    assert caught.value.status == 404


async def test_the_tags_above_a_network_are_not_its_own(ground: Ground) -> None:
    made = await ground.make("below", "10.0.0.0/16", owner="anna")
    assert await ground.port.read_tags(made.subscription, made.group) == {}
    await ground.tag_above(made, Hub="prod-weu", team="ü")
    assert await ground.port.read_tags(made.subscription, made.group.upper()) == {"Hub": "prod-weu", "team": "ü"}
    assert await ground.port.read_tags(made.subscription, None) == {}
    assert (await read(ground, made)).tags == {"owner": "anna"}


async def test_every_call_is_counted(ground: Ground) -> None:
    one, other = await ground.make("one", "10.0.0.0/16"), await ground.make("other", "10.1.0.0/16")
    with metered(meter := Meter()):
        await ground.port.read(one)
    assert meter.calls == 1
    with metered(meter := Meter()):
        await ground.port.read_tags(one.subscription, None)
    assert meter.calls == 1
    with metered(meter := Meter()):
        await pair(ground, one, other)
    assert 2 <= meter.calls <= 4  # a write and at most one poll for each half
