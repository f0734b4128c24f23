"""A trial of an emulator in this process, on a clock that the trial itself moves: half an hour takes seconds."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from localazure.conformance.ask_azure import guard
from localazure.conformance.ask_azure.ground import Ground
from localazure.conformance.ask_azure.question import Answer, Verdict
from localazure.conformance.ask_azure.recording import Recording
from localazure.conformance.ask_azure.report import settings
from localazure.conformance.ask_azure.rest import Clock, Rest
from localazure.conformance.ask_azure.stories import STORIES
from localazure.conformance.ask_azure.story import Story
from localazure.conformance.ask_azure.trial import Trial
from localazure.emulator.latency import Mode
from localazure.emulator.scenario import seed
from localazure.emulator.server import EmulatorServer
from tests.emulator.running import SteppedClock, running

SUBSCRIPTION = "77777777-7777-4777-8777-777777777777"
NAME = "autopeer-trial-7"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{NAME}"


@dataclass
class Stage:
    """An emulator, and what a trial needs to ask it."""

    server: EmulatorServer
    clock: SteppedClock
    rest: Rest
    recording: Recording

    async def ground(self) -> Ground:
        return Ground(self.rest, GROUP, await guard.check_empty(self.rest, GROUP))

    async def trial(self, stories: Sequence[Story] = STORIES) -> list[Answer]:
        """The answers of one that comes to its end."""
        trial = Trial(await self.ground(), stories, lambda _: None)
        assert await trial.run()
        return trial.answers()

    async def control(self, path: str, body: object) -> None:
        async with httpx.AsyncClient(trust_env=False) as http:
            (await http.put(f"{self.server.local_url}/control/{path}", json=body)).raise_for_status()

    def made(self) -> list[str]:
        """What is in the group now."""
        return [each.id.text for each in self.server.emulator.estate.all_resources()]


@asynccontextmanager
async def stage(folder: Path) -> AsyncIterator[Stage]:
    """Operations take as long as in Azure; the group is there and empty."""
    clock = SteppedClock()

    async def pause(seconds: float) -> None:
        clock.step(seconds)
        await asyncio.sleep(0)

    async with running(folder, Mode.REAL, clock) as server:
        seed(server.emulator.estate, [{"id": GROUP, "body": {"location": "westeurope"}}])
        token = server.authority.issue()

        async def given() -> str:
            return token

        trust = ssl.create_default_context(cafile=str(folder / "ca.pem"))
        async with httpx.AsyncClient(base_url=server.arm_url, verify=trust, trust_env=False, timeout=30) as http:
            recording = Recording(server.arm_url, SUBSCRIPTION, NAME)
            yield Stage(server, clock, Rest(http, given, recording.note, Clock(clock, pause)), recording)


def others(answers: Sequence[Answer]) -> dict[str, str]:
    """What is other, by name: what was seen."""
    return {each.question.name: each.text for each in answers if each.verdict is Verdict.OTHER}


def unasked(answers: Sequence[Answer]) -> dict[str, str]:
    """The questions that were not put, and why."""
    asked = {question.name for story in STORIES for question in story.questions}
    left = [each for each in answers if each.question.name in asked and each.verdict is Verdict.NOT_TRIED]
    return {each.question.name: each.text for each in left}


def set_to(answers: Sequence[Answer]) -> dict[str, object]:
    found = settings(answers)
    return {**found["switches"], **found["latency"]}
