"""What passes within seconds is made again where it stands; nothing is written twice that has arrived."""

from datetime import timedelta
from typing import Any

import pytest

from peering.core.decision.changes import Change
from peering.core.network.failures import NO_ANSWER, AzureFailure, Backoff
from peering.core.network.vnets import Half
from peering.core.record.record import State
from peering.ports import Accepted, nobody_waits
from tests.builders import HUB_ID, SPOKE_ID, hub, spoke, vnet_id
from tests.service.town import Town

A_SECOND = timedelta(seconds=1)
PASSING = {
    "throttled": AzureFailure(429, "TooManyRequests", "Too many.", A_SECOND),
    "busy": AzureFailure(409, "AnotherOperationInProgress", "Another operation is in progress."),
    "not provisioned": AzureFailure(400, "ReferencedResourceNotProvisioned", f"because resource {HUB_ID} used by x"),
    "server error": AzureFailure(500, "InternalServerError", "An error occurred."),
    "no answer": AzureFailure(NO_ANSWER, "NoAnswer", "Server disconnected"),
    "superseded": AzureFailure(400, "CanceledAndSupersededDueToAnotherOperation", "canceled"),
}
STAYING = {
    "a long wait": AzureFailure(429, "RetryableError", "The call can be retried in 14 seconds."),
    "no rights": AzureFailure(403, "AuthorizationFailed", "no"),
    "a lock": AzureFailure(409, "ScopeLocked", "locked"),
    "no gateway yet": AzureFailure(400, "RemoteVnetHasNoGateways", "no"),
    "an overlap": AzureFailure(400, "VnetAddressSpaceOverlapsWithAlreadyPeeredVnet", "overlaps"),
    "not there": AzureFailure(404, "ResourceNotFound", "not found"),
    "too slow": AzureFailure(NO_ANSWER, "TimedOut", "Azure took too long."),
    "our own fault": AzureFailure(NO_ANSWER, "Unforeseen", "KeyError"),
}


def _town(**rest: Any) -> Town:  # noqa: ANN401 - the fields of Context
    return Town(hub(), spoke(), backoff=Backoff(), **rest)


@pytest.mark.parametrize("failure", PASSING.values(), ids=PASSING)
def test_what_passes_is_waited_for_three_times(failure: AzureFailure) -> None:
    waits = [Backoff().at_once(failure, tries) for tries in (1, 2, 3, 4)]
    assert waits[3] is None
    assert all(wait is not None and timedelta() < wait <= timedelta(seconds=3) for wait in waits[:3])
    assert failure.retry_after is None or waits[0] == failure.retry_after


@pytest.mark.parametrize("failure", STAYING.values(), ids=STAYING)
def test_what_stays_is_not(failure: AzureFailure) -> None:
    assert Backoff().at_once(failure, 1) is None


@pytest.mark.parametrize("where", [HUB_ID, SPOKE_ID], ids=["hub", "spoke"])
@pytest.mark.parametrize("failure", PASSING.values(), ids=PASSING)
async def test_a_write_that_is_refused_for_a_moment_costs_the_batch_a_moment(
    failure: AzureFailure,
    where: Any,  # noqa: ANN401 - an id
) -> None:
    town = _town()
    town.networks.fail("apply", where, failure, failure)
    began = town.clock()
    await town.ask()
    assert town.connected()
    assert town.row().progress.attempts == 0
    finished = town.row().progress.finished
    assert finished is not None
    assert finished - began < timedelta(seconds=5)


async def test_the_fourth_refusal_is_the_hubs_own_and_it_is_left_in_peace() -> None:
    town = _town()
    town.networks.fail("apply", HUB_ID, *[PASSING["busy"]] * 4)
    await town.ask()
    assert town.connected()
    assert len([delay for delay in town.queue.sent if delay > timedelta(seconds=1)]) > 0


async def test_a_write_whose_answer_was_lost_is_not_made_twice() -> None:
    town = _town()
    apply, lost = town.networks.apply, list[str]()

    async def arrive_unheard(change: Change, accepted: Accepted = nobody_waits) -> Half | None:
        half = await apply(change, accepted)
        if change.side not in lost:
            lost.append(change.side)
            raise PASSING["no answer"]
        return half

    town.networks.apply = arrive_unheard  # type: ignore[method-assign]
    await town.ask()
    assert town.connected()
    assert lost == ["hub", "spoke"]
    assert len([entry for entry in town.networks.writes if entry.startswith("put")]) == 2


async def test_a_spoke_that_its_owner_writes_does_not_keep_the_hub_waiting() -> None:
    waits, refused = list[float](), list[Change]()

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    async def refuse_once(change: Change) -> None:
        if change.remote == SPOKE_ID and not refused:
            refused.append(change)
            words = f"because resource {SPOKE_ID} used by x is Updating"
            raise AzureFailure(400, "ReferencedResourceNotProvisioned", words)

    town = Town(hub(), spoke(), spoke("10.2.0.0/24", id=vnet_id("other")), backoff=Backoff(), sleep=sleep)
    town.networks.on_apply.append(refuse_once)
    await town.wait_as_one_batch(SPOKE_ID, vnet_id("other"))
    await town.pump()
    assert waits == []
    assert town.connected([SPOKE_ID, vnet_id("other")])


async def test_a_read_is_made_again_too() -> None:
    town = _town()
    town.networks.fail("read", SPOKE_ID, PASSING["server error"])
    town.networks.fail("read", HUB_ID, PASSING["throttled"], PASSING["no answer"])
    await town.ask()
    assert town.row().state is State.CONNECTED
    assert {hub for hub, _ in town.records.rows} == {"prod-weu"}
