"""Never half a pair: what we began and cannot finish is taken back, and what stood before stays."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from peering.core.decision.changes import Action, Change
from peering.core.decision.ownership import hub_half_name
from peering.core.intake.requests import Door
from peering.core.network.failures import NO_ANSWER, AzureFailure
from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import Flags, Half, PeeringState, SyncLevel
from peering.core.record.record import State
from tests.builders import HUB_ID, SPOKE_ID, catalogue, half, hub, policy, request, spoke, vnet_id
from tests.fakes.scheduling import ProcessDied
from tests.service.town import Town, joined

B = vnet_id("spoke-b")
OUR_HUB_HALF, OUR_SPOKE_HALF = hub_half_name(SPOKE_ID), "autopeer-prod-weu"
POLICY = AzureFailure(403, "RequestDisallowedByPolicy", "Resource 'x' was disallowed by policy.")
LOCK = AzureFailure(409, "ScopeLocked", "The scope cannot perform write operation because of a lock.")
DENY = AzureFailure(
    403,
    "DenyAssignmentAuthorizationFailed",
    "The access is denied because of the deny assignment with name 'System deny assignment'.",
)
ROLE = AzureFailure(403, "AuthorizationFailed", "The client does not have authorization.")
TENANT = AzureFailure(401, "InvalidAuthenticationTokenTenant", "wrong issuer")
REFUSALS = [POLICY, LOCK, DENY, ROLE, TENANT, AzureFailure(400, "SomethingNew", "nobody knows it")]
REFUSED = pytest.mark.parametrize("failure", REFUSALS, ids=[each.code for each in REFUSALS])


def lone(remote: VnetId, name: str) -> Half:
    """A half that is alone: its other half does not exist."""
    prefix = "10.1.0.0/24" if remote == SPOKE_ID else "10.0.0.0/16"
    return half(remote, name, prefix, state=PeeringState.INITIATED, sync_level=SyncLevel.REMOTE_NOT_IN_SYNC)


def removing(town: Town, failure: BaseException, count: int = 1) -> Callable[[Change], Awaitable[None]]:
    """The first removals on the hub fail."""
    left = [failure] * count

    async def hook(change: Change) -> None:
        if change.vnet == HUB_ID and change.action is Action.REMOVE and left:
            raise left.pop()

    town.networks.on_apply.append(hook)
    return hook


async def refused(failure: AzureFailure = POLICY) -> Town:
    """A spoke whose side has said no, some minutes later."""
    town = Town(hub(gateway=True), spoke())
    town.networks.refuse("apply", SPOKE_ID, failure)
    town.put(request(when=town.clock()))
    await town.pump(timedelta(minutes=10))
    return town


@REFUSED
async def test_the_hubs_half_is_taken_back_when_the_spokes_side_says_no(failure: AzureFailure) -> None:
    town = await refused(failure)
    assert town.networks.vnets[HUB_ID].halves == ()
    assert [entry.split("/")[0] for entry in town.writes] == ["put hub-weu", "remove hub-weu"]  # and never made again
    assert town.state() is (State.FAILED if failure is TENANT else State.PENDING)
    assert town.row().found.findings[0].code == failure.code
    assert town.stranded == []


@REFUSED
async def test_the_spokes_half_is_taken_back_when_the_hubs_side_says_no(failure: AzureFailure) -> None:
    """It was written first because it had refused before, and now it takes the half, and the hub does not."""
    town = await refused()
    town.networks.relent()
    town.networks.refuse("apply", HUB_ID, failure)
    await town.pump(timedelta(hours=2))
    assert (town.networks.vnets[HUB_ID].halves, town.networks.vnets[SPOKE_ID].halves) == ((), ())
    town.networks.relent()
    await town.pump(timedelta(days=2))
    assert town.connected()


async def test_later_tries_begin_with_the_side_that_refused_and_without_the_hubs_gateway() -> None:
    town = await refused()
    town.networks.log.clear()
    written: list[tuple[str, bool]] = []

    async def note(change: Change) -> None:
        written.append((change.vnet.name, change.flags.remote_gateways))

    town.networks.relent()
    town.networks.on_apply.append(note)
    await town.pump()
    assert written == [("spoke-a", False), ("hub-weu", False), ("spoke-a", True)]
    assert (town.connected(), town.history) == (True, ["Connected"])
    assert town.networks.vnets[SPOKE_ID].halves[0].flags == Flags(remote_gateways=True)
    assert town.networks.vnets[HUB_ID].halves[0].flags == Flags(gateway_transit=True)
    assert (town.row().found.spoke_flags, town.row().progress.begin_with) == (Flags(remote_gateways=True), "")


async def test_the_side_that_refused_is_remembered_beyond_failed_and_a_new_event() -> None:
    town = await refused(TENANT)
    for _ in range(2):
        town.put(request(when=town.clock(), door=Door.HTTP))
        await town.pump(timedelta(minutes=1))
    await town.pump(timedelta(days=3))
    assert [entry.split("/")[0] for entry in town.writes] == ["put hub-weu", "remove hub-weu"]


async def test_a_half_taken_back_frees_its_range_for_another() -> None:
    town = await refused()
    town.networks.vnets[B] = spoke(id=B)
    town.put(request(B, when=town.clock()))
    await town.pump(timedelta(minutes=1))
    assert town.connected([B])


@pytest.mark.parametrize("count", [1, 3])
@REFUSED
async def test_an_undo_that_fails_keeps_the_row_open_and_is_done_at_the_next_look(
    failure: AzureFailure, count: int
) -> None:
    town = Town(hub(gateway=True), spoke())
    town.networks.refuse("apply", SPOKE_ID, failure)
    removing(town, AzureFailure(409, "AnotherOperationInProgress", "in progress"), count)
    town.put(request(when=town.clock()))
    await town.pump(timedelta())
    row = town.row()
    assert (row.state, len(town.networks.vnets[HUB_ID].halves)) == (State.PENDING, 1)
    assert failure.message in row.found.findings[0].message  # what refused is told, and not only what was in our way
    await town.pump(timedelta(minutes=10))
    assert town.networks.vnets[HUB_ID].halves == ()
    assert town.stranded == []


async def test_an_undo_during_which_the_process_dies_is_done_by_the_next() -> None:
    town = Town(hub(gateway=True), spoke())
    town.networks.refuse("apply", SPOKE_ID, POLICY)
    removing(town, ProcessDied())
    town.put(request(when=town.clock()))
    await town.pump(timedelta(minutes=10))
    assert town.networks.vnets[HUB_ID].halves == ()


async def test_an_undo_that_a_lock_on_the_hub_forbids_is_done_when_the_lock_is_gone() -> None:
    town = Town(hub(), spoke())
    town.networks.refuse("apply", SPOKE_ID, POLICY)
    hook = removing(town, LOCK, 1000)
    town.put(request(when=town.clock()))
    await town.pump(timedelta(days=2))
    assert len(town.networks.vnets[HUB_ID].halves) == 1
    assert town.stranded == []
    town.networks.on_apply.remove(hook)
    await town.pump(timedelta(days=1, hours=1))
    assert town.networks.vnets[HUB_ID].halves == ()


async def test_what_waits_for_a_busy_spoke_is_not_taken_back_in_the_meantime() -> None:
    """It passes by itself: to remove and to make the hub's half again and again would only cost."""
    town = Town(hub(), spoke())
    town.networks.fail("apply", SPOKE_ID, *[AzureFailure(429, "TooManyRequests", "busy")] * 6)
    await town.ask()
    assert (town.connected(), len(town.writes)) == (True, 2)


async def test_a_half_that_turned_out_to_be_connected_is_not_taken_back() -> None:
    """Each write of the spoke's half gets no answer, and the last of them arrives all the same."""
    town = Town(hub(), spoke())
    lost = AzureFailure(NO_ANSWER, "TimedOut", "Azure took too long.")

    async def lose(change: Change) -> None:
        if change.vnet != SPOKE_ID:
            return
        if town.clock() - town.row().asked.requested >= timedelta(hours=6):
            town.networks.on_apply.clear()
            await town.networks.apply(change)
        raise lost

    town.networks.on_apply.append(lose)
    await town.ask()
    assert (town.removals, town.connected()) == ([], True)
    await town.pump(timedelta(days=1, minutes=5))
    assert town.state() is State.CONNECTED


async def test_a_pair_that_its_owner_finished_by_hand_is_not_taken_back() -> None:
    """Our identity may not write the spoke, and its owner makes the half himself while we are told so."""
    town = Town(hub(), spoke())

    async def by_hand(change: Change) -> None:
        if change.vnet == SPOKE_ID:
            town.networks.on_apply.clear()
            await town.networks.apply(replace(change, name="mine"))
            raise ROLE

    town.networks.on_apply.append(by_hand)
    await town.ask()
    assert (town.removals, town.connected(), town.state()) == ([], True, State.CONNECTED)


# What is left of an earlier crash.


@pytest.mark.parametrize("side", ["hub", "spoke"])
async def test_a_refused_spoke_loses_the_lone_half_of_ours_that_a_crash_has_left(side: str) -> None:
    """Its range no longer passes: nobody will ever finish that pair."""
    hub_halves = (lone(SPOKE_ID, OUR_HUB_HALF),) if side == "hub" else ()
    spoke_halves = (lone(HUB_ID, OUR_SPOKE_HALF),) if side == "spoke" else ()
    town = Town(
        hub(halves=hub_halves), spoke(halves=spoke_halves), hubs=catalogue(policy(allowed_space=["10.64.0.0/10"]))
    )
    await town.ask()
    assert (town.networks.vnets[HUB_ID].halves, town.networks.vnets[SPOKE_ID].halves) == ((), ())
    assert (town.state(), len(town.removals)) == (State.REFUSED, 1)


async def test_such_a_removal_that_fails_keeps_the_row_open_too() -> None:
    town = Town(hub(halves=(lone(SPOKE_ID, OUR_HUB_HALF),)), spoke("10.0.0.0/24"))
    removing(town, AzureFailure(503, "ServiceUnavailable", "down"), 3)
    town.put(request(when=town.clock()))
    await town.pump(timedelta())
    assert town.state() is State.PENDING
    await town.pump()
    assert (town.state(), town.networks.vnets[HUB_ID].halves) == (State.REFUSED, ())


async def test_a_spoke_whose_role_is_missing_loses_the_lone_half_that_a_crash_has_left() -> None:
    town = Town(hub(halves=(lone(SPOKE_ID, OUR_HUB_HALF),)), spoke())
    town.networks.refuse("apply", SPOKE_ID, ROLE)
    town.put(request(when=town.clock()))
    await town.pump(timedelta(minutes=1))
    assert town.networks.vnets[HUB_ID].halves == ()


# What is not ours, and what stood.


@pytest.mark.parametrize("name", ["by-hand", "autopeer-other-12345678", f"{OUR_HUB_HALF}-2"])
@pytest.mark.parametrize("how", ["the spoke's side says no", "a finding"])
async def test_a_lone_half_under_any_other_name_is_never_taken_back(name: str, how: str) -> None:
    town = Town(hub(halves=(lone(SPOKE_ID, name),)), spoke("10.0.0.0/24" if how == "a finding" else "10.1.0.0/24"))
    town.networks.refuse("apply", SPOKE_ID, POLICY)
    town.put(request(when=town.clock()))
    await town.pump(timedelta(days=2))
    assert [each.name for each in town.networks.vnets[HUB_ID].halves] == [name]
    assert town.removals == []


async def test_an_adopted_half_whose_other_half_cannot_be_made_stays() -> None:
    """With other flags than the catalogue's: it is updated, which does not make it ours."""
    town = Town(hub(gateway=True, halves=(lone(SPOKE_ID, "theirs"),)), spoke())
    town.networks.refuse("apply", SPOKE_ID, POLICY)
    town.put(request(when=town.clock()))
    await town.pump(timedelta(days=2))
    assert ([each.name for each in town.networks.vnets[HUB_ID].halves], town.removals) == (["theirs"], [])


@REFUSED
async def test_a_pair_that_stood_is_never_undone(failure: AzureFailure) -> None:
    """Its spoke's half needs new flags, and the spoke's side says no."""
    town = await joined(hubs=catalogue(policy()))
    town.networks.refuse("apply", SPOKE_ID, failure)
    gateway = hub(gateway=True).gateway
    town.change(HUB_ID, gateway=gateway)
    town.put(request(when=town.clock(), door=Door.HTTP))
    await town.pump(timedelta(days=3))
    assert (town.removals, town.connected()) == ([], True)


@REFUSED
async def test_a_pair_that_stood_and_lost_its_spokes_half_keeps_the_hubs(failure: AzureFailure) -> None:
    town = await joined()
    town.change(halves=())
    town.change(HUB_ID, halves=(lone(SPOKE_ID, OUR_HUB_HALF),))
    town.networks.refuse("apply", SPOKE_ID, failure)
    town.put(request(when=town.clock()))
    await town.pump(timedelta(hours=1))
    assert (town.removals, len(town.networks.vnets[HUB_ID].halves)) == ([], 1)
    town.networks.relent()
    await town.pump(timedelta(days=1, hours=1))
    assert town.connected()


# What is said.


async def test_a_deny_assignment_is_told_with_what_helps_against_it_and_not_with_a_role() -> None:
    for failure in (DENY, AzureFailure(403, "AuthorizationFailed", DENY.message)):
        town = await refused(failure)
        message = town.row().found.findings[0].message
        assert "Remove the tag, or put the workload into a network of your own" in message
        assert "Grant the identity" not in message


async def test_a_role_that_is_missing_on_a_spoke_is_told_at_once_and_by_name() -> None:
    town = Town(hub(), spoke())
    town.networks.refuse("read", SPOKE_ID, ROLE)
    town.put(request(when=town.clock(), hub="prod-weu", door=Door.HTTP))
    await town.pump(timedelta(minutes=1))
    row = town.row()
    assert (row.state, row.found.findings[0].code) == (State.PENDING, "AuthorizationFailed")
    assert "Grant the identity of Autopeer its role" in row.found.findings[0].message
    assert row.progress.not_before is not None
    assert town.stranded == []


async def test_a_role_that_is_missing_leaves_a_row_also_where_an_event_brought_it() -> None:
    town = Town(hub(), spoke())
    town.networks.refuse("read", SPOKE_ID, ROLE)
    town.put(request(when=town.clock()))
    await town.pump(timedelta(minutes=1))
    assert town.row(hub="unknown").found.findings[0].code == "AuthorizationFailed"
    town.networks.relent()
    await town.pump()
    assert town.connected()
