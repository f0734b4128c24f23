"""A hub that is deleted, made anew, reads 404 for a moment, or cannot be read."""

from dataclasses import replace
from datetime import timedelta

import pytest

from peering.core.decision.findings import Code
from peering.core.network.failures import AzureFailure
from peering.core.network.vnets import Vnet
from peering.core.record.record import State
from tests.builders import (
    HUB_ID,
)
from tests.core.intake.test_events import VNET
from tests.service.hub_events import event, heard, many, remove_by_hand, written
from tests.service.town import Town, joined

BUSY = AzureFailure(503, "ServerBusy", "The server is busy.")
A_MINUTE = timedelta(minutes=1)


def made_anew(town: Town) -> Vnet:
    """The hub, deleted and made anew under its id: what it had is left Disconnected, and it has nothing."""
    before = town.networks.vnets[HUB_ID]
    town.delete(HUB_ID)
    town.networks.vnets[HUB_ID] = replace(before, halves=())
    return before


async def test_a_hub_made_anew_gets_its_pairs_back() -> None:
    town, ids = await many(5)
    made_anew(town)
    await heard(town, written(town))
    assert town.connected(ids)


async def test_one_stray_404_of_a_hub_reads_no_spoke() -> None:
    town, ids = await many(5)
    town.networks.miss(HUB_ID)
    await heard(town, written(town))
    assert town.networks.log == ["read hub-weu", "read hub-weu"]
    assert town.connected(ids)
    assert ("unknown", HUB_ID.key) not in town.records.rows


@pytest.mark.parametrize("gone", [True, False], ids=["its deletion was told", "a write was told"])
async def test_a_hub_that_is_gone_is_told_to_those_who_were_connected(gone: bool) -> None:
    """How long it has to read 404 is the drain's to say; and nothing is removed on spokes that live."""
    town, ids = await many(3)
    town.delete(HUB_ID)
    town.put(event(town, f"{VNET}/delete", str(HUB_ID)) if gone else written(town))
    await town.pump(timedelta(seconds=14))
    assert town.networks.log == ["read hub-weu"]
    assert {town.state(each) for each in ids} == {State.CONNECTED}
    await town.pump(timedelta(minutes=15))
    assert [finding.code for each in ids for finding in town.row(each).found.findings] == [Code.HUB_NOT_FOUND] * 3
    assert town.removals == []
    assert all(town.networks.vnets[each].half_to(HUB_ID) for each in ids)


async def test_a_hub_that_is_back_is_heard_of_by_those_who_were_told() -> None:
    town, ids = await many(3)
    before = town.networks.vnets[HUB_ID]
    town.delete(HUB_ID)
    town.put(event(town, f"{VNET}/delete", str(HUB_ID)))
    await town.pump(timedelta(minutes=15))
    town.networks.vnets[HUB_ID] = replace(before, halves=())
    town.put(written(town))
    await town.pump(A_MINUTE)
    assert town.connected(ids)


async def test_a_hub_that_cannot_be_read_is_looked_at_later() -> None:
    town = await joined()
    told = await remove_by_hand(town)
    town.networks.fail("read", HUB_ID, *[BUSY] * 4)
    await heard(town, told)
    assert town.connected()
    assert town.row().asked.correlation == "c-1"
    assert ("unknown", HUB_ID.key) not in town.records.rows


async def test_a_hub_that_cannot_be_read_for_good_is_not_asked_for_ever() -> None:
    town = await joined()
    town.networks.refuse("read", HUB_ID, AzureFailure(403, "AuthorizationFailed", "no."))
    town.put(written(town))
    await town.pump(timedelta(days=3))
    assert town.queue.messages == []
    assert 5 < len(town.networks.log) < 100
    assert town.state() is State.CONNECTED
