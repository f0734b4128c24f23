"""Gateways come, are late, and are taken away: a pair is made without, upgraded, and no edit alone downgrades it."""

from dataclasses import replace
from datetime import timedelta

from peering.core.catalogue.policy import GatewayUse
from peering.core.decision.changes import Action, Change
from peering.core.decision.findings import Code
from peering.core.intake.requests import Door
from peering.core.network.failures import GATEWAY_NOT_READY, AzureFailure
from peering.core.record.record import State
from tests.builders import HUB_ID, SPOKE_ID, catalogue, gateway_of, hub, policy, request, spoke
from tests.service.town import Town, joined

NEVER = catalogue(policy(gateway=GatewayUse.NEVER))


def being_built(town: Town, minutes: int = 45) -> None:
    """The hub shows its gateway already; Azure lets nobody use it before it is ready."""
    end = town.clock() + timedelta(minutes=minutes)

    async def refuse(change: Change) -> None:
        if change.flags.remote_gateways and change.action is not Action.REMOVE and town.clock() < end:
            raise AzureFailure(400, GATEWAY_NOT_READY, "does not have any gateways.")

    town.networks.on_apply.append(refuse)


async def test_a_gateway_that_is_still_being_built_keeps_nobody_waiting() -> None:
    town = Town(hub(gateway=True), spoke())
    being_built(town)
    await town.ask()
    (first, *later) = [record for _, record in town.records.entries]
    assert (first.state, first.found.gateway, first.progress.finished) == (
        State.CONNECTED,
        "none",
        first.asked.requested,
    )
    assert "not ready yet" in first.found.notes[0]
    assert town.connected()
    # It is upgraded by itself, although nobody told of the gateway; the looks in between leave no line.
    (upgraded,) = later
    assert (town.row().found.gateway, upgraded.found.spoke_flags) == (gateway_of(HUB_ID), town.row().found.spoke_flags)
    assert [entry.split("/")[0] for entry in town.writes] == ["put hub-weu", "put spoke-a", "put spoke-a"]


async def test_a_gateway_that_never_gets_ready_is_asked_for_less_and_less_often() -> None:
    town = Town(hub(gateway=True), spoke())
    being_built(town, minutes=60 * 24 * 30)
    await town.ask()
    await town.pump(timedelta(days=10))
    assert (town.connected(), town.history) == (True, ["Connected"])
    assert len([entry for entry in town.networks.log if entry == "read spoke-a"]) < 25


async def test_a_hub_that_demands_its_gateway_waits_for_it() -> None:
    town = Town(hub(gateway=True), spoke(), hubs=catalogue(policy(gateway=GatewayUse.REQUIRED)))
    being_built(town)
    await town.ask()
    assert (town.connected(), town.row().found.gateway) == (True, gateway_of(HUB_ID))
    assert town.row().progress.finished != town.row().asked.requested


async def test_an_edit_of_the_catalogue_alone_takes_no_gateway_away() -> None:
    town = Town(hub(gateway=True), spoke())
    await town.ask()
    town.context, before = replace(town.context, catalogue=NEVER), len(town.writes)
    await town.ask()
    assert (town.state(), len(town.writes), town.connected()) == (State.CONNECTED, before, True)
    assert [finding.code for finding in town.row().found.findings] == [Code.LEFT_ON] * 2
    assert town.row().found.gateway == gateway_of(HUB_ID)


async def test_a_person_takes_it_away_the_spokes_half_first() -> None:
    """Azure refuses allowGatewayTransit=false on the hub for as long as a spoke uses the gateway."""
    town = Town(hub(gateway=True), spoke())
    await town.ask()
    town.networks.log.clear()
    town.context = replace(town.context, catalogue=NEVER)
    await town.ask(door=Door.HTTP)
    assert [entry.split("/")[0] for entry in town.writes] == ["put spoke-a", "put hub-weu"]
    assert (town.row().found.gateway, town.row().found.findings, town.connected()) == ("none", (), True)


async def test_what_the_hubs_owner_has_switched_off_stays_off_until_somebody_restores_it() -> None:
    town = await joined()
    fenced = tuple(
        replace(h, flags=replace(h.flags, virtual_network_access=False)) for h in town.networks.vnets[HUB_ID].halves
    )
    town.change(HUB_ID, halves=fenced)
    for door in (Door.HTTP, Door.HTTP):
        await town.ask(door=door)
        assert (town.writes, [finding.code for finding in town.row().found.findings]) == ([], [Code.LEFT_OFF])
    await town.pump(timedelta(days=3))
    assert town.writes == []
    await town.ask(door=Door.HTTP, restore=True)
    assert [entry.split("/")[0] for entry in town.writes] == ["put hub-weu"]
    assert (town.row().found.findings, town.row().found.left_off) == ((), ())


async def test_what_a_person_asks_for_is_not_forgotten_while_somebody_else_is_at_work() -> None:
    town = Town(hub(gateway=True), spoke())
    await town.ask()
    town.context = replace(town.context, catalogue=NEVER)
    asked: list[int] = []

    async def ask_meanwhile(_: object) -> None:
        if not asked:
            asked.append(1)
            town.put(request(door=Door.HTTP, when=town.clock()))
            town.put(request(when=town.clock()))

    town.networks.on_read.append(ask_meanwhile)
    await town.ask()
    assert (town.row().found.gateway, town.row().found.findings) == ("none", ())


async def test_a_spokes_half_that_is_gone_is_made_anew_although_the_hub_has_lost_its_gateway_too() -> None:
    """Azure refuses it for as long as the hub's half is Disconnected, and what is gone uses no gateway."""
    town = Town(hub(gateway=True), spoke())
    await town.ask()
    town.networks.unpeer(SPOKE_ID, HUB_ID)
    town.change(HUB_ID, gateway=None)
    await town.ask()
    assert town.connected()
    assert not town.networks.vnets[HUB_ID].halves[0].flags.gateway_transit
