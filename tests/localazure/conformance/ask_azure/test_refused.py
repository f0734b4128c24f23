"""What a subscription refuses for reasons of its own is no answer; another refusal than the one assumed is."""

from __future__ import annotations

from pathlib import Path

import pytest

from localazure.conformance.ask_azure.question import Answer, Verdict
from localazure.conformance.ask_azure.stories import STORIES
from localazure.conformance.ask_azure.trial import Trial
from tests.localazure.conformance.ask_azure.asked import others, stage, unasked

pytestmark = pytest.mark.long  # each is a whole trial: hundreds of calls

NAMES = {story.name: {question.name for question in story.questions} for story in STORIES}
ABOUT_HALVES = {"halves", "ends", "sync", "overlaps", "at once", "subnets"}


async def refused(folder: Path, method: str, path: str, status: int, code: str) -> list[Answer]:
    """The answers of a trial where all such requests are refused so."""
    async with stage(folder) as local:
        answer = {"status": status, "code": code, "message": "No."}
        await local.control("faults", [{"match": {"method": method, "path": path}, "times": None, "answer": answer}])
        answers = await local.trial()
        assert local.made() == []
        return answers


def assumed(answers: list[Answer]) -> set[str]:
    return {each.question.name for each in answers if each.verdict is Verdict.ASSUMED}


async def test_what_a_policy_refuses_is_no_answer(tmp_path: Path) -> None:
    answers = await refused(tmp_path, "PUT", "/virtualnetworkpeerings/", 403, "RequestDisallowedByPolicy")
    assert others(answers) == {}
    for name in ABOUT_HALVES:
        assert assumed(answers) & NAMES[name] == set()
    half = "PUT Microsoft.Network/virtualNetworks/trial-hub-1/virtualNetworkPeerings/to-trial-spoke-1"
    assert unasked(answers)["second half"] == f"{half}: 403 RequestDisallowedByPolicy No."
    assert assumed(answers) >= NAMES["addresses"] | NAMES["tags"]


async def test_another_refusal_than_the_one_assumed_is_an_answer(tmp_path: Path) -> None:
    answers = await refused(tmp_path, "PUT", "/virtualnetworkpeerings/", 400, "VnetIsRound")
    assert others(answers)["first half"] == others(answers)["with the hub"] == "400 VnetIsRound"
    for name in ABOUT_HALVES:
        assert assumed(answers) & NAMES[name] == set()


async def test_who_may_not_lock_learns_all_but_what_locks_do(tmp_path: Path) -> None:
    answers = await refused(tmp_path, "PUT", "/microsoft.authorization/locks/", 403, "AuthorizationFailed")
    assert others(answers) == {}
    assert set(unasked(answers)) == NAMES["locks"]


async def test_a_subscription_without_networks_at_all_says_so(tmp_path: Path) -> None:
    async with stage(tmp_path) as local:
        answer = {"status": 409, "code": "MissingSubscriptionRegistration", "message": "Register Microsoft.Network."}
        await local.control("faults", [{"match": {"method": "PUT"}, "times": None, "answer": answer}])
        said: list[str] = []
        assert not await Trial(await local.ground(), STORIES, said.append).run()
    assert "409 MissingSubscriptionRegistration Register Microsoft.Network." in said[1]
