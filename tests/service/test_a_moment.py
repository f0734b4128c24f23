"""What is due in a moment is waited for under the lease, instead of being left to an alarm that comes later."""

from datetime import timedelta

import pytest

from peering.core.network.failures import AzureFailure
from peering.core.network.resource_ids import VnetId
from peering.core.record.record import State
from tests.builders import HUB_ID, SPOKE_ID, hub, request, spoke
from tests.service.town import Town

BUSY = AzureFailure(429, "RetryableErrorDueToAnotherOperation", "Another operation runs.", timedelta(seconds=2))
SLOW = AzureFailure(429, "TooManyRequests", "Too many.", timedelta(seconds=20))


def town_of(moment: timedelta) -> Town:
    return Town(hub(), spoke(), moment=moment)


@pytest.mark.parametrize("busy", [HUB_ID, SPOKE_ID])
async def test_what_waits_two_seconds_is_done_by_the_same_drain(busy: VnetId) -> None:
    town = town_of(timedelta(seconds=3))
    town.networks.fail("apply", busy, BUSY)
    began = town.clock()
    await town.ask()
    row = town.row()
    assert (row.state, town.leases.taken) == (State.CONNECTED, 1)
    assert row.progress.finished is not None
    assert row.progress.finished - began <= timedelta(seconds=3)


async def test_what_waits_longer_is_left_to_its_alarm() -> None:
    town = town_of(timedelta(seconds=3))
    town.networks.fail("apply", SPOKE_ID, SLOW)
    town.put(request())
    await town.pump(timedelta(seconds=5))
    assert town.row().state is State.PENDING
    assert not town.leases.until
    await town.pump()
    assert town.row().state is State.CONNECTED


async def test_who_comes_meanwhile_is_not_kept_waiting() -> None:
    """Between two short looks nobody sleeps longer than half a second."""
    naps = list[float]()

    async def sleep(seconds: float) -> None:
        naps.append(seconds)
        town.clock.now += timedelta(seconds=seconds)

    town = Town(hub(), spoke(), moment=timedelta(seconds=3), sleep=sleep)
    town.networks.fail("apply", SPOKE_ID, BUSY)
    await town.ask()
    assert naps
    assert max(naps) <= 0.5
