"""Whoever dies at whatever call while somebody approves or refuses: what was said is done, or can be said again."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from peering.core.catalogue.policy import ApprovalRule, Decision, Moves
from peering.core.network.failures import AzureFailure
from peering.core.record.approvals import Say
from peering.core.record.record import State
from peering.service.approvals import decide
from tests.builders import OTHER_HUB_ID, SPOKE_ID, catalogue, hub, policy, spoke, vnet
from tests.fakes.interruption import Interruption
from tests.fakes.scheduling import ProcessDied
from tests.service.town import Town

HOLD = (ApprovalRule(Decision.HOLD),)
RAISED: dict[str, Callable[[], BaseException]] = {
    "dies": ProcessDied,
    "503": lambda: AzureFailure(503, "ServerBusy", "busy"),
}
STORIES = ["let in", "refused", "let go"]
AN_HOUR = timedelta(hours=1)


async def waiting(story: str) -> Town:
    """A network that somebody has to decide on: whether it is let in, or let go."""
    if story == "let go":
        hubs = catalogue(policy(moves=Moves.ASK), policy("neu", OTHER_HUB_ID))
        town = Town(hub(), vnet(OTHER_HUB_ID, "10.200.0.0/16"), spoke(), hubs=hubs)
        await town.ask()
        town.change(tags={"hub": "neu"})
    else:
        town = Town(hub(), spoke(), hubs=catalogue(policy(approval=HOLD)))
    await town.ask()
    return town


async def say(town: Town, story: str) -> None:
    word = Say(granted=story != "refused", who="Ada", reason="change 4711")
    await decide(town.context.catalogue.hubs["prod-weu"], SPOKE_ID.key, word, town.context)


def is_done(town: Town, story: str) -> bool:
    match story:
        case "let in":
            return town.connected() and town.state() is State.CONNECTED
        case "refused":
            return town.state() is State.REFUSED
        case _:
            return town.connected(to=OTHER_HUB_ID) and town.state() is State.REMOVED


async def play(story: str, interruption: Interruption) -> tuple[Town, bool]:
    """He says it, once; returns the town a while later, and whether he was told that it counts."""
    town = await waiting(story)
    interruption.wrap(town.context.ports)
    town.before_delivery.append(interruption.deliver)
    try:
        await say(town, story)
        told = True
    except (ProcessDied, AzureFailure):
        told = False
    await town.pump(AN_HOUR)
    return town, told


@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("what", RAISED)
async def test_what_was_said_is_done_or_can_be_said_again(story: str, what: str) -> None:
    counted = Interruption()
    town, _ = await play(story, counted)
    assert is_done(town, story)
    for at in range(1, len(counted.calls) + 1):
        town, told = await play(story, Interruption(at, RAISED[what]()))
        where = f"{what} at call {at}, {counted.calls[at - 1]}"
        assert town.stranded == [], where
        said = town.row().approval.ruling or town.row().approval.leave or is_done(town, story)
        assert said or not told, where
        if not said:
            town.before_delivery[0]()  # in a process that lives
            await say(town, story)
            await town.pump(AN_HOUR)
        assert is_done(town, story), where
