"""The guard refuses what is not for a trial, and whatever happens to a trial, its ground is removed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from localazure.conformance.ask_azure import guard
from localazure.conformance.ask_azure.ground import HUBS, SPOKES, Ground
from localazure.conformance.ask_azure.question import Answers, Question, Unasked, Verdict
from localazure.conformance.ask_azure.story import Story
from localazure.conformance.ask_azure.trial import Left, Trial
from tests.localazure.conformance.ask_azure.asked import GROUP, SUBSCRIPTION, Stage, stage


@pytest.fixture
async def local(tmp_path: Path) -> AsyncIterator[Stage]:
    async with stage(tmp_path) as local:
        yield local


def quiet(_: str) -> None:
    """Says nothing."""


@pytest.mark.parametrize("name", ["rg-prod", "autopeer-trial-", "my-autopeer-trial-1", "autopeer-trial-a/b", ""])
def test_a_group_of_another_name_is_refused(name: str) -> None:
    with pytest.raises(guard.Refused, match="is not named autopeer-trial-"):
        guard.check_names(SUBSCRIPTION, name)


def test_a_subscription_is_named_by_its_id() -> None:
    guard.check_names(SUBSCRIPTION, "autopeer-trial-1")
    with pytest.raises(guard.Refused, match="'Production' is no id of a subscription"):
        guard.check_names("Production", "autopeer-trial-1")


async def test_a_group_that_is_not_there_is_refused(local: Stage) -> None:
    with pytest.raises(guard.Refused, match=r"no resource group 'autopeer-trial-8'\. Make one: az group create"):
        await guard.check_empty(local.rest, GROUP[:-1] + "8")


async def test_a_group_that_is_not_empty_is_refused(local: Stage) -> None:
    network = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/precious"
    body = {"location": "westeurope", "properties": {"addressSpace": {"addressPrefixes": ["10.0.0.0/24"]}}}
    await local.rest.done("PUT", network, body)
    with pytest.raises(guard.Refused, match=r"is not empty: .*/virtualNetworks/precious"):
        await guard.check_empty(local.rest, GROUP)
    assert local.made() == [network]


async def test_a_group_with_a_lock_is_refused(local: Stage) -> None:
    lock = f"{GROUP}/providers/Microsoft.Authorization/locks/keep"
    await local.rest.send("PUT", lock, {"properties": {"level": "CanNotDelete"}}, "2020-05-01")
    with pytest.raises(guard.Refused, match="There is a lock on the resource group"):
        await guard.check_empty(local.rest, GROUP)


async def test_an_empty_group_says_where_it_is(local: Stage) -> None:
    assert await guard.check_empty(local.rest, GROUP) == "westeurope"


# What becomes of a trial.

QUESTION = Question("is it so", "docs/facts/arm-peering.md, State", "It is so.", "yes")


def story(*parts: object) -> Story:
    return Story("a story", (QUESTION,), parts)  # type: ignore[arg-type]  # functions of the tests below


async def test_a_trial_that_is_cut_off_in_the_middle_removes_everything(local: Stage) -> None:
    reached = asyncio.Event()

    async def stands(ground: Ground, _: Answers) -> None:
        await ground.pair(HUBS[0], SPOKES[0])
        await ground.locked(SPOKES[0], "ReadOnly")
        await ground.send_half(HUBS[1], SPOKES[1])
        reached.set()
        await asyncio.Event().wait()

    trial = Trial(await local.ground(), [story(stands)], quiet)
    running = asyncio.create_task(trial.run())
    await reached.wait()
    assert len(local.made()) == 8
    trial.stop()
    assert await running is False
    assert local.made() == []
    assert local.server.emulator.estate.access.locks == {}
    (answer,) = [each for each in trial.answers() if each.question is QUESTION]
    assert (answer.verdict, answer.text) == (Verdict.NOT_TRIED, "the trial was cut off before")


async def test_a_trial_that_is_cut_off_while_it_makes_its_ground_removes_that(local: Stage) -> None:
    trial = Trial(await local.ground(), [story()], quiet)
    running = asyncio.create_task(trial.run())
    while not local.made():
        await asyncio.sleep(0)
    trial.stop()
    assert await running is False
    assert local.made() == []


async def test_an_error_of_ours_in_a_story_does_not_end_the_others(local: Stage) -> None:
    async def breaks(_: Ground, __: Answers) -> None:
        raise KeyError("properties")

    async def answers_it(_: Ground, answers: Answers) -> None:
        answers.saw(QUESTION.name, "yes")

    other = Question("is it not", QUESTION.fact, "It is not.", "no")
    trial = Trial(await local.ground(), [Story("first", (other,), (breaks,)), story(answers_it)], quiet)
    assert await trial.run()
    found = {each.question.name: each for each in trial.answers()}
    assert found["is it not"].text == "an answer had not the form that was expected: KeyError('properties')"
    assert found["is it so"].verdict is Verdict.ASSUMED
    assert local.made() == []


async def test_what_a_story_leaves_does_not_reach_the_next(local: Stage) -> None:
    async def litters(ground: Ground, _: Answers) -> None:
        await ground.pair(HUBS[0], SPOKES[0])
        await ground.locked(HUBS[0], "CanNotDelete")
        await ground.put(SPOKES[1], ["10.99.0.0/24"], encryption={"enabled": False})
        await ground.rest.done("DELETE", ground.changes(SPOKES[2]))
        raise Unasked("enough")

    async def looks(ground: Ground, answers: Answers) -> None:
        networks = local.server.emulator.estate.networks.values()
        assert not any(each.peerings for each in networks)
        spaces = {each.id.name: each.prefixes for each in networks}
        assert spaces == {name: ground.space(name) for name in (*HUBS, *SPOKES)}
        answers.saw(QUESTION.name, "yes")

    trial = Trial(await local.ground(), [Story("first", (), (litters,)), story(looks)], quiet)
    assert await trial.run()
    assert next(each for each in trial.answers() if each.question is QUESTION).verdict is Verdict.ASSUMED


@pytest.mark.long
async def test_what_cannot_be_removed_is_told(local: Stage) -> None:
    async def nails_down(_: Ground, __: Answers) -> None:
        refusal = {"status": 403, "code": "AuthorizationFailed", "message": "no"}
        match = {"method": "DELETE", "path": SPOKES[3]}
        await local.control("faults", [{"match": match, "times": None, "answer": refusal}])

    trial = Trial(await local.ground(), [story(nails_down)], quiet)
    with pytest.raises(Left, match=rf"is left in .*-trial-7': \S+/{SPOKES[3]}\. Remove it: az group delete"):
        await trial.run()
    assert [each.rpartition("/")[2] for each in local.made()] == [SPOKES[3]]


async def test_a_second_interruption_says_that_nobody_knows_what_is_left(local: Stage) -> None:
    said: list[str] = []

    def stop_twice(text: str) -> None:
        said.append(text)
        if text.startswith(("questions about", "removing")):
            asyncio.get_running_loop().call_soon(trial.stop)

    async def stands(_: Ground, __: Answers) -> None:
        await asyncio.Event().wait()

    trial = Trial(await local.ground(), [story(stands)], stop_twice)
    with pytest.raises(Left, match=r"Nobody knows what is left in .* 'autopeer-trial-7' \(interrupted\)"):
        await trial.run()
    assert said[-1] == "removing what was made"
