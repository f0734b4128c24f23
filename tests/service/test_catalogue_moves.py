"""The catalogue moves: a hub is another network now, names are swapped, the tag is renamed, a hub is taken out."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from peering.core.catalogue.policy import Catalogue, Departure
from peering.core.intake.requests import Door
from peering.core.network.failures import AzureFailure
from peering.core.network.resource_ids import lease_name
from peering.core.network.vnets import Vnet
from peering.core.record.record import State
from tests.builders import HUB_ID, OTHER_HUB_ID, SPOKE_ID, catalogue, hub, policy, request, spoke, vnet, vnet_id
from tests.fakes.interruption import Interruption
from tests.fakes.scheduling import ProcessDied
from tests.service.town import Town

NEW = vnet(OTHER_HUB_ID, "10.200.0.0/16")
B = vnet_id("spoke-b")


def change(town: Town, hubs: Catalogue) -> None:
    """A new catalogue is deployed."""
    town.context = replace(town.context, catalogue=hubs)


def moved(**rest: Any) -> Catalogue:  # noqa: ANN401 - the fields of HubPolicy
    return catalogue(policy(network=OTHER_HUB_ID, **rest))


async def joined(*more: Vnet, hubs: Catalogue | None = None) -> Town:
    town = Town(hub(), spoke(), NEW, *more, hubs=hubs)
    await town.ask()
    town.networks.log.clear()
    return town


# ------------------------------------------------------------------ the hub is another network (F10)
async def test_a_hub_that_is_another_network_now_keeps_its_spoke_and_leaves_no_orphan() -> None:
    town = await joined()
    change(town, moved())
    await town.ask()
    assert town.connected(to=OTHER_HUB_ID)
    assert town.networks.vnets[HUB_ID].halves == ()
    assert len(town.networks.vnets[SPOKE_ID].halves) == 1
    assert (town.state(), town.row().found.former, town.row().is_waiting) == (State.CONNECTED, (), False)
    puts = [index for index, entry in enumerate(town.writes) if entry.startswith("put")]
    removals = [index for index, entry in enumerate(town.writes) if entry.startswith("remove")]
    assert max(puts) < min(removals), "the new pair first"
    assert "was removed" in " ".join(town.row().found.notes)


async def test_the_second_look_finds_nothing_to_do() -> None:
    town = await joined()
    change(town, moved())
    await town.ask()
    town.networks.log.clear()
    await town.ask()
    assert town.networks.log == ["read spoke-a"]
    await town.ask(door=Door.HTTP)
    assert town.writes == []


async def test_the_former_network_is_written_under_its_own_lease_and_nobody_holds_two() -> None:
    town = await joined()
    change(town, moved())
    held: list[tuple[str, set[str]]] = []

    async def note(write: Any) -> None:  # noqa: ANN401 - a change
        held.append((write.vnet.name, set(town.leases.holder)))

    town.networks.on_apply.append(note)
    await town.ask()
    assert all(len(leases) == 1 for _, leases in held)
    assert [leases for name, leases in held if name == "hub-weu"] == [{lease_name(HUB_ID)}]


async def test_a_former_network_whose_lease_is_held_is_waited_for() -> None:
    town = await joined()
    change(town, moved())
    async with town.leases.take(lease_name(HUB_ID)):
        town.put(request(when=town.clock()))
        await town.pump(timedelta(seconds=10))
        assert town.connected(to=OTHER_HUB_ID)
        assert town.networks.vnets[HUB_ID].halves != ()
        assert town.row().is_waiting
    await town.pump()
    assert town.networks.vnets[HUB_ID].halves == ()


async def test_a_former_network_that_cannot_be_written_is_tried_again() -> None:
    town = await joined()
    change(town, moved())
    town.networks.fail("apply", HUB_ID, *[AzureFailure(409, "ScopeLocked", "locked")] * 3)
    await town.ask()
    assert town.networks.vnets[HUB_ID].halves == ()
    assert town.row().found.former == ()


async def test_refused_at_the_new_network_the_old_pair_stays_and_the_row_is_connected() -> None:
    town = await joined()
    change(town, moved(reserved_space=["10.1.0.0/16"]))
    await town.ask()
    await town.pump(timedelta(days=3))
    assert town.connected()
    assert town.removals == []
    assert town.state() is State.CONNECTED
    assert [finding.code for finding in town.row().found.findings] == ["OverlapsReserved"]
    assert town.row().hub_network == HUB_ID


async def test_a_new_network_that_overlaps_the_old_one_cuts_nothing() -> None:
    """Both pairs cannot stand at once, and a change of the catalogue alone unpeers nobody."""
    town = await joined()
    town.change(OTHER_HUB_ID, prefixes=town.networks.vnets[HUB_ID].prefixes)
    change(town, moved())
    await town.ask()
    assert (town.connected(), town.state(), town.removals) == (True, State.CONNECTED, [])
    assert [finding.code for finding in town.row().found.findings] == ["OverlapsHub"]


async def test_a_new_network_that_does_not_exist_cuts_nothing() -> None:
    town = await joined()
    town.delete(OTHER_HUB_ID)
    change(town, moved())
    await town.ask()
    await town.pump(timedelta(hours=12))
    assert (town.connected(), town.removals) == (True, [])
    assert town.state() in (State.CONNECTED, State.PENDING)


async def test_a_former_network_that_is_gone_leaves_nothing_on_the_spoke() -> None:
    """A hub that was rebuilt with the same addresses: what is left on the spoke stands in the way of ARM's check."""
    town = await joined()
    town.change(OTHER_HUB_ID, prefixes=town.networks.vnets[HUB_ID].prefixes)
    town.delete(HUB_ID)
    change(town, moved())
    await town.ask()
    assert town.connected(to=OTHER_HUB_ID)
    assert [each.remote for each in town.networks.vnets[SPOKE_ID].halves] == [OTHER_HUB_ID]
    assert town.row().found.former == ()


async def test_departure_keep_keeps_the_former_pair_too() -> None:
    town = await joined()
    change(town, moved(departure=Departure.KEEP))
    await town.ask()
    assert town.connected()
    assert town.connected(to=OTHER_HUB_ID)
    assert "was kept" in " ".join(town.row().found.notes)
    assert town.row().found.former == ()


async def test_a_catalogue_that_is_taken_back_moves_the_spoke_back() -> None:
    town = await joined()
    change(town, moved())
    await town.ask()
    change(town, catalogue())
    await town.ask()
    assert town.connected()
    assert town.networks.vnets[OTHER_HUB_ID].halves == ()
    assert town.row().found.former == ()


async def test_a_pair_between_two_gateways_moves_without_a_moment_without_a_pair() -> None:
    town = Town(hub(gateway=True), spoke(), replace(NEW, gateway="gw"))
    await town.ask()
    change(town, moved())
    await town.ask()
    assert town.connected(to=OTHER_HUB_ID)
    assert town.row().found.gateway == "gw"
    assert town.networks.vnets[HUB_ID].halves == ()


# ------------------------------------------------------------------ departures after that (F10b)
@pytest.mark.parametrize("grace", [0, 15])
async def test_a_departure_after_the_catalogue_moved_removes_the_old_halves(grace: int) -> None:
    town = await joined()
    change(town, moved(grace_minutes=grace))
    town.change(tags={})
    await town.ask()
    assert town.state() is State.REMOVED
    assert town.networks.vnets[SPOKE_ID].halves == ()
    assert town.networks.vnets[HUB_ID].halves == ()
    assert not town.row().is_waiting


async def test_a_departure_after_the_catalogue_moved_may_be_told_to_keep_the_pair() -> None:
    town = await joined()
    change(town, moved(departure=Departure.KEEP))
    town.change(tags={})
    await town.ask()
    assert (town.state(), town.connected(), town.removals) == (State.REMOVED, True, [])
    assert "was kept" in " ".join(town.row().found.notes)


@pytest.mark.parametrize("untagged", [True, False])
@pytest.mark.parametrize("what", [ProcessDied, lambda: AzureFailure(503, "ServerBusy", "busy")])
async def test_whatever_is_interrupted_nothing_is_left_on_the_former_network(
    what: Callable[[], BaseException], untagged: bool
) -> None:
    async def play(interruption: Interruption) -> Town:
        town = await joined()
        change(town, moved(grace_minutes=0))
        interruption.wrap(town.context.ports)
        town.before_delivery.append(interruption.deliver)
        if untagged:
            town.change(tags={})
        town.put(request(when=town.clock()))
        await town.pump(timedelta(hours=3))
        return town

    clean = Interruption()
    await play(clean)
    for number in range(1, len(clean.calls) + 1):
        where = f"call {number} of {len(clean.calls)}, {clean.calls[number - 1]}"
        town = await play(Interruption(number, what()))
        assert town.networks.vnets[HUB_ID].halves == (), where
        assert town.state() is (State.REMOVED if untagged else State.CONNECTED), where
        assert untagged or town.connected(to=OTHER_HUB_ID), where
        assert not town.row().is_waiting, where
    print(f"{len(clean.calls)} points, {'untagged' if untagged else 'tagged'}")  # noqa: T201 - the figure is part of what is shown


# ------------------------------------------------------------------ two names swapped
async def test_two_hubs_whose_names_were_swapped_swap_their_spokes() -> None:
    both = catalogue(policy(), policy("neu", OTHER_HUB_ID))
    town = await joined(spoke("10.2.0.0/24", id=B, tag="neu"), hubs=both)
    await town.ask(B)
    change(town, catalogue(policy(network=OTHER_HUB_ID), policy("neu", HUB_ID)))
    await town.ask()
    await town.ask(B)
    assert town.connected(to=OTHER_HUB_ID)
    assert town.connected([B], to=HUB_ID)
    assert [each.remote for each in town.networks.vnets[HUB_ID].halves] == [B]
    assert [each.remote for each in town.networks.vnets[OTHER_HUB_ID].halves] == [SPOKE_ID]
    assert (town.state(), town.state(B, "neu")) == (State.CONNECTED, State.CONNECTED)


async def test_a_spoke_that_is_tagged_back_to_its_network_after_a_swap_stays_there() -> None:
    both = catalogue(policy(), policy("neu", OTHER_HUB_ID))
    town = await joined(hubs=both)
    change(town, catalogue(policy(network=OTHER_HUB_ID), policy("neu", HUB_ID)))
    town.change(tags={"hub": "neu"})
    await town.ask()
    assert town.connected(to=HUB_ID)
    assert town.removals == []
    assert town.state(hub="neu") is State.CONNECTED


# ------------------------------------------------------------------ the tag is renamed
async def test_a_tag_that_is_renamed_in_the_catalogue_is_no_departure() -> None:
    town = await joined(hubs=catalogue(policy(grace_minutes=0)))
    change(town, replace(catalogue(policy(grace_minutes=0)), tag="network-hub"))
    await town.ask()
    await town.pump(timedelta(days=2))
    assert (town.connected(), town.state(), town.removals) == (True, State.CONNECTED, [])
    assert [finding.code for finding in town.row().found.findings] == ["TagRenamed"]
    assert "Set the tag 'network-hub' to 'prod-weu'" in town.row().found.findings[0].message


async def test_the_new_tag_ends_the_finding_and_no_tag_at_all_ends_the_pair() -> None:
    town = await joined(hubs=catalogue(policy(grace_minutes=0)))
    change(town, replace(catalogue(policy(grace_minutes=0)), tag="network-hub"))
    await town.ask()
    town.change(tags={"hub": "prod-weu", "network-hub": "prod-weu"})
    await town.ask()
    assert (town.state(), town.row().found.findings) == (State.CONNECTED, ())
    await town.sweep()
    town.change(tags={"hub": "prod-weu"})
    await town.ask()
    assert town.state() is State.REMOVED, "named by the new tag, which is gone"


async def test_a_row_of_an_earlier_version_does_not_say_what_the_tag_was_called() -> None:
    town = await joined()
    row = town.row()
    town.records.rows["prod-weu", SPOKE_ID.key] = replace(row, asked=replace(row.asked, tag=""))
    change(town, replace(catalogue(policy(grace_minutes=0)), tag="network-hub"))
    await town.ask()
    assert (town.connected(), town.state()) == (True, State.CONNECTED)


# ------------------------------------------------------------------ a hub is taken out
async def test_a_hub_that_is_taken_out_keeps_its_pairs_and_says_that_nobody_looks_after_them() -> None:
    town = await joined(hubs=catalogue(policy(), policy("neu", OTHER_HUB_ID)))
    change(town, catalogue(policy("neu", OTHER_HUB_ID)))
    await town.ask()
    await town.pump(timedelta(days=2))
    assert (town.connected(), town.state(), town.writes) == (True, State.CONNECTED, [])
    assert [finding.code for finding in town.row().found.findings] == ["HubLeftCatalogue"]
    assert ("unknown", SPOKE_ID.key) not in town.records.rows


async def test_a_hub_that_comes_back_into_the_catalogue_looks_after_its_pairs_again() -> None:
    town = await joined(hubs=catalogue(policy(), policy("neu", OTHER_HUB_ID)))
    change(town, catalogue(policy("neu", OTHER_HUB_ID)))
    await town.ask()
    change(town, catalogue(policy(), policy("neu", OTHER_HUB_ID)))
    await town.pump(timedelta(days=2))
    assert (town.state(), town.row().found.findings) == (State.CONNECTED, ())


async def test_a_spoke_of_a_hub_that_was_taken_out_may_go_to_another() -> None:
    town = await joined(hubs=catalogue(policy(), policy("neu", OTHER_HUB_ID)))
    change(town, catalogue(policy("neu", OTHER_HUB_ID)))
    town.change(tags={"hub": "neu"})
    await town.ask()
    assert town.connected(to=OTHER_HUB_ID)
    assert (town.state(), town.removals) == (State.REMOVED, [])
    assert "no longer in the catalogue" in town.row().found.notes[0]


async def test_a_manual_wish_for_a_hub_that_was_taken_out_stays_as_it_is() -> None:
    town = Town(hub(), spoke(tag=None), hubs=catalogue(policy(), policy("neu", OTHER_HUB_ID)))
    await town.ask(door=Door.HTTP, hub="prod-weu")
    change(town, catalogue(policy("neu", OTHER_HUB_ID)))
    await town.ask()
    assert (town.connected(), town.state()) == (True, State.CONNECTED)
    assert [finding.code for finding in town.row().found.findings] == ["HubLeftCatalogue"]
