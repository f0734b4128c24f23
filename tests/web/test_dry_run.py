"""What the dry run answers: the plan, or why not and where to get it."""

import asyncio

import pytest

from peering.core.network.failures import AzureFailure
from peering.core.record.preview import Preview
from peering.service.preview import preview
from peering.web.dry_run import dry_run
from peering.web.problems import Problem
from tests.builders import hub, spoke
from tests.service.town import Town, town_of


async def refused(coming: "asyncio.Future[Preview]", seconds: float = 5) -> Problem:
    with pytest.raises(Problem) as raised:
        await dry_run(coming, seconds)
    return raised.value


async def test_the_plan_is_the_answer() -> None:
    town = Town(hub(), spoke())
    answer = await dry_run(preview(town.context), 5)
    assert (answer.status, answer.body["complete"], answer.body["networks"]) == (200, True, 1)
    assert [each["fate"] for each in answer.body["hubs"][0]["spokes"]] == ["created"]


async def test_what_takes_too_long_is_sent_to_the_command_line() -> None:
    problem = await refused(asyncio.get_running_loop().create_future(), 0)
    assert (problem.status, "python -m peering plan --all" in problem.detail) == (503, True)


async def test_so_is_what_is_too_large() -> None:
    town, _ = town_of(3)
    problem = await refused(asyncio.ensure_future(preview(town.context, most=2)))
    assert (problem.status, "more than 2 networks" in problem.detail) == (413, True)
    assert "python -m peering plan --all" in problem.detail


async def test_azure_that_does_not_answer_is_told_as_that() -> None:
    town = Town(hub(), spoke())
    town.estate.failures.append(AzureFailure(429, "RateLimiting", "Please slow down."))
    problem = await refused(asyncio.ensure_future(preview(town.context)))
    assert (problem.status, "RateLimiting" in problem.detail) == (503, True)
