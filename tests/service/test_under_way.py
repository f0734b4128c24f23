"""What Azure is still writing shows the state that it will have, and is not taken for done."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from peering.core.decision.changes import Change
from peering.core.intake.requests import Door
from peering.core.network.failures import NO_ANSWER, AzureFailure, Backoff
from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import Half
from peering.core.record.record import State
from peering.ports import Accepted, nobody_waits
from tests.builders import HUB_ID, SPOKE_ID, hub, spoke, vnet_id
from tests.service.town import Town, joined

_TAKES = timedelta(seconds=8)
_LOST = AzureFailure(NO_ANSWER, "NoAnswer", "Server disconnected")


class SlowAzure:
    """The first half of one network goes on being written for a while after the connection was lost."""

    def __init__(self, town: Town, vnet: VnetId, ends: str = "Succeeded", takes: timedelta = _TAKES) -> None:
        self._town, self._vnet, self._ends, self._takes = town, vnet, ends, takes
        self._apply = town.networks.apply
        self.done: datetime | None = None
        town.networks.apply = self.apply  # type: ignore[method-assign]
        town.networks.on_read.append(self._go_on)

    async def apply(self, change: Change, accepted: Accepted = nobody_waits) -> Half | None:
        if change.remote == self._vnet and self._is_at_it:
            raise AzureFailure(400, "ReferencedResourceNotProvisioned", f"because resource {self._vnet} is Updating")
        half = await self._apply(change, accepted)
        if change.vnet != self._vnet or self.done is not None:
            return half
        self.begin()
        raise _LOST

    def begin(self) -> None:
        self.done = self._town.clock() + self._takes
        self._mark("Updating")

    @property
    def _is_at_it(self) -> bool:
        return self.done is not None and self._town.clock() < self.done

    async def _go_on(self, _: VnetId) -> None:
        if self.done and not self._is_at_it:
            self._mark(self._ends)
            self._ends = "Succeeded"

    def _mark(self, state: str) -> None:
        there = self._town.networks.vnets[self._vnet]
        halves = tuple(replace(half, provisioning_state=state) for half in there.halves)
        self._town.networks.vnets[self._vnet] = replace(there, halves=halves)


def _puts(town: Town) -> int:
    return len([entry for entry in town.networks.writes if entry.startswith("put")])


@pytest.mark.parametrize("tries", [1, 4], ids=["by the next turn", "where it stands"])
@pytest.mark.parametrize("written", [HUB_ID, SPOKE_ID], ids=["hub", "spoke"])
async def test_a_record_says_connected_when_the_write_has_ended_and_not_before(written: VnetId, tries: int) -> None:
    town = Town(hub(), spoke(), backoff=Backoff(tries_at_once=tries))
    azure = SlowAzure(town, written)
    await town.ask()
    assert town.connected()
    finished = town.row().progress.finished
    assert finished is not None
    assert azure.done is not None
    assert azure.done <= finished < azure.done + timedelta(seconds=10)
    assert _puts(town) == 2


@pytest.mark.parametrize("ends", ["Failed", "Canceled"])
async def test_one_that_ends_badly_after_all_is_written_again(ends: str) -> None:
    town = Town(hub(), spoke(), backoff=Backoff())
    SlowAzure(town, SPOKE_ID, ends)
    await town.ask()
    assert town.connected()
    assert _puts(town) == 3


async def test_one_that_never_ends_keeps_no_other_waiting_and_is_not_said_to_be_done() -> None:
    other = vnet_id("other")
    town = Town(hub(), spoke(), spoke("10.2.0.0/24", id=other), backoff=Backoff())
    await town.wait_as_one_batch(SPOKE_ID, other)
    SlowAzure(town, SPOKE_ID, takes=timedelta(days=1))
    began = town.clock()
    await town.pump(timedelta(hours=1))
    assert town.row(other).state is State.CONNECTED
    finished = town.row(other).progress.finished
    assert finished is not None
    assert finished < began + timedelta(minutes=1)
    assert town.row().state is State.PENDING
    assert "still writing" in town.row().found.findings[0].message
    assert _puts(town) == 4


@pytest.mark.parametrize("written", [HUB_ID, SPOKE_ID], ids=["hub", "spoke"])
async def test_a_pair_that_stands_and_is_written_by_somebody_else_is_waited_for_without_a_word(written: VnetId) -> None:
    town = await joined()
    told, history = len(town.announcer.announced), list(town.history)
    azure = SlowAzure(town, written)
    azure.begin()
    await town.ask(door=Door.HTTP)
    assert azure.done is not None
    assert town.clock() >= azure.done
    assert town.connected()
    assert (len(town.announcer.announced), town.history) == (told, history)
    assert town.networks.writes == []
