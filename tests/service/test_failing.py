"""Failures: what passes by itself is waited out, what does not is told, and nobody suffers for another."""

import re
from collections import deque
from dataclasses import replace
from datetime import timedelta

import pytest

from peering.core.network.failures import NO_ANSWER, AzureFailure
from peering.core.record.record import State
from tests.builders import HUB_ID, NOON, SPOKE_ID, half, hub, request, spoke, vnet_id
from tests.service.town import Town

IDS = [vnet_id(f"spoke-{n}") for n in range(4)]
BUSY = AzureFailure(429, "RetryableError", "busy")
DENIED = AzureFailure(403, "AuthorizationFailed", "The client does not have authorization.")


def town_of_four() -> Town:
    return Town(hub(), *(spoke(f"10.{n + 1}.0.0/24", id=each) for n, each in enumerate(IDS)))


TRANSIENT = [
    AzureFailure(400, "ReferencedResourceNotProvisioned", "Cannot proceed"),
    AzureFailure(400, "RemotePeeringIsDisconnected", "is in Disconnected state"),
    AzureFailure(409, "AnotherOperationInProgress", "in progress"),
    BUSY,
    AzureFailure(500, "InternalServerError", "An error occurred."),
    AzureFailure(503, "", "Our services aren't available right now"),
    AzureFailure(401, "ExpiredAuthenticationToken", "expired"),
    AzureFailure(NO_ANSWER, "TimedOut", "Azure took too long."),
    DENIED,
]


@pytest.mark.parametrize("where", [HUB_ID, SPOKE_ID], ids=["hub", "spoke"])
@pytest.mark.parametrize("verb", ["read", "apply"])
@pytest.mark.parametrize("failure", TRANSIENT, ids=[each.code or str(each.status) for each in TRANSIENT])
async def test_what_passes_is_waited_out(failure: AzureFailure, verb: str, where: object) -> None:
    town = Town(hub(), spoke())
    town.networks.fail(verb, where, failure)  # type: ignore[arg-type] # an id, from the table above
    await town.ask()
    assert town.connected()
    taken_back = failure is DENIED and (verb, where) == ("apply", SPOKE_ID)
    assert len(town.writes) == (4 if taken_back else 2)  # the hub's half is not left alone while a person has to act
    assert town.clock() > NOON
    assert town.history == ["Connected"]
    assert town.row().found.findings == ()


@pytest.mark.parametrize(
    ("failure", "seconds"),
    [
        (AzureFailure(429, "RetryableError", "", timedelta(seconds=30)), 32),
        (AzureFailure(429, "RetryableError", "The call can be retried in 12 seconds."), 14),
        (BUSY, 3),
    ],
)
async def test_the_wait_is_what_was_asked_for(failure: AzureFailure, seconds: float) -> None:
    town = Town(hub(), spoke())
    town.networks.fail("apply", HUB_ID, failure)
    await town.ask()
    assert town.row().progress.finished == NOON + timedelta(seconds=seconds)  # an alarm comes a second late on purpose


async def test_while_it_waits_its_owner_can_read_why() -> None:
    town = Town(hub(), spoke())
    town.networks.fail("apply", HUB_ID, DENIED)
    town.put(request())
    await town.pump(timedelta(seconds=10))
    row = town.row()
    assert (row.state, row.progress.attempts) == (State.PENDING, 1)
    assert "does not have authorization" in row.found.findings[0].message
    assert row.progress.not_before == NOON + timedelta(seconds=45)


async def test_what_does_not_pass_in_hours_ends_in_failed_and_is_tried_again_by_the_next_reason() -> None:
    town = Town(hub(), spoke())
    town.networks.refuse("apply", SPOKE_ID, BUSY)
    await town.ask()
    assert (town.row().state, town.history) == (State.FAILED, ["Failed"])
    assert 15 < town.row().progress.attempts < 30
    assert town.row().found.findings[0].code == "RetryableError"
    assert town.announcer.types == ["Spoke.Failed"]
    finished = town.row().progress.finished
    assert finished is not None
    assert timedelta(hours=6) <= finished - NOON < timedelta(hours=7)
    assert town.networks.vnets[HUB_ID].halves == ()  # given up: what stood alone is taken back
    town.networks.relent()
    await town.ask()
    assert town.connected()
    assert town.history == ["Failed", "Connected"]


async def test_what_cannot_pass_fails_at_once() -> None:
    town = Town(hub(), spoke())
    town.networks.fail("apply", HUB_ID, AzureFailure(401, "InvalidAuthenticationTokenTenant", "wrong issuer"))
    await town.ask()
    assert (town.row().state, town.row().progress.attempts) == (State.FAILED, 1)
    assert town.row().progress.finished == NOON
    assert "different tenants" in town.row().found.findings[0].message


async def test_one_spokes_failure_does_not_stop_the_others() -> None:
    town = town_of_four()
    town.networks.fail("apply", IDS[1], AzureFailure(401, "InvalidAuthenticationTokenTenant", "wrong issuer"))
    await town.wait_as_one_batch(*IDS)
    town.networks.fail("read", IDS[2], DENIED)
    await town.pump()
    assert town.connected([IDS[0], IDS[2], IDS[3]])
    assert town.row(IDS[1]).state is State.FAILED


async def test_a_busy_hub_blocks_the_rest_of_the_batch_without_being_hammered() -> None:
    town = town_of_four()
    town.networks.fail("apply", HUB_ID, BUSY)
    await town.wait_as_one_batch(*IDS)
    await town.pump(timedelta())
    assert town.writes == []
    assert town.networks.failures["apply", HUB_ID] == deque()
    assert [town.row(each).state for each in IDS] == [State.PENDING] * 4
    await town.pump()
    assert town.connected(IDS)
    assert len(town.writes) == 8


async def test_a_busy_spoke_does_not_block_the_hub() -> None:
    town = town_of_four()
    await town.wait_as_one_batch(*IDS)
    town.change(IDS[0], halves=(half(HUB_ID, "autopeer-prod-weu", state="Disconnected"),))
    town.networks.fail("apply", IDS[0], AzureFailure(409, "AnotherOperationInProgress", "in progress"))
    await town.pump(timedelta())
    assert town.connected(IDS[1:])
    await town.pump()
    assert town.connected(IDS)


async def test_a_spoke_that_may_not_be_read_is_retried_slowly_and_then_failed() -> None:
    town = Town(hub(), spoke())
    town.networks.refuse("read", SPOKE_ID, DENIED)
    await town.ask()
    row = town.row(hub="unknown")
    assert (row.state, town.history) == (State.FAILED, ["Failed"])
    assert "Grant the identity of Autopeer" in row.found.findings[0].message
    finished = row.progress.finished
    assert finished is not None
    assert timedelta(hours=24) <= finished - NOON < timedelta(hours=25)
    town.networks.relent()
    await town.ask()
    assert town.connected()
    assert town.row(hub="unknown").state is State.REMOVED


async def test_what_was_given_up_is_looked_at_again_once_a_day() -> None:
    town = Town(hub(), spoke(), spoke("10.0.0.0/24", id=IDS[1]))
    town.networks.refuse("apply", SPOKE_ID, DENIED)
    town.put(request(), request(IDS[1]))
    await town.pump()
    assert (town.row().state, town.row(IDS[1]).state) == (State.FAILED, State.REFUSED)
    assert town.row().progress.not_before is not None
    told = len(town.announcer.announced)
    await town.pump(timedelta(days=2))
    assert (town.row().state, len(town.announcer.announced)) == (State.FAILED, told)  # the same again is no news
    town.networks.relent()
    town.change(IDS[1], prefixes=spoke("10.7.0.0/24").prefixes)
    await town.pump(timedelta(days=1, hours=1))
    assert town.connected([SPOKE_ID, IDS[1]])


async def test_a_spoke_that_may_not_be_read_any_more_keeps_its_pair() -> None:
    town = Town(hub(), spoke())
    await town.ask()
    town.networks.refuse("read", SPOKE_ID, DENIED)
    await town.ask()
    assert town.connected()
    assert (town.row().state, town.row().found.spoke_half != "") == (State.FAILED, True)
    assert town.history == ["Connected", "Failed"]


async def test_what_was_written_but_is_not_connected_is_no_success() -> None:
    town = Town(hub(), spoke())
    await town.ask()
    pair = town.networks.vnets[SPOKE_ID].halves
    town.change(halves=tuple(replace(each, sync_level="RemoteNotInSync") for each in pair))
    await town.ask()
    assert town.row().state is State.FAILED
    assert town.row().found.findings[0].code == "NotYetConnected"
    assert re.search("Connected and RemoteNotInSync", town.row().found.findings[0].message)
