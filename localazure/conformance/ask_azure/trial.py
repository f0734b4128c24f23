"""One trial: the ground, the stories; and whatever happens, the end of the ground."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from localazure.conformance.ask_azure.ground import Ground
from localazure.conformance.ask_azure.question import Answer, Answers, Unasked
from localazure.conformance.ask_azure.story import Story, tell
from localazure.conformance.ask_azure.untried import untried

_CUT_OFF = "the trial was cut off before"


class Left(Exception):
    """Something of the trial could not be removed; the message says what, and how to remove it."""


class Trial:
    """Puts the questions of all stories. `say` is told what it is about."""

    def __init__(self, ground: Ground, stories: Sequence[Story], say: Callable[[str], None]) -> None:
        self._ground = ground
        self._stories = stories
        self._say = say
        self._answers = Answers([question for story in stories for question in story.questions])
        self._under_way: asyncio.Task[None] | None = None

    def stop(self) -> None:
        """Ends the questions, once; and the removal of what was made, if it is called again."""
        if self._under_way is not None:
            self._under_way.cancel()

    async def run(self) -> bool:
        """Whether it came to its end. Raises Left, if something could not be removed."""
        why = "an error in the questions themselves"
        try:
            self._under_way = asyncio.create_task(self._told())
            await self._under_way
            why = ""
        except Unasked as error:
            why = str(error)
        except asyncio.CancelledError:
            why = _CUT_OFF
        finally:
            self._leave_the_rest(why)
            await self._cleaned()
        return not why

    def answers(self) -> list[Answer]:
        """Those of the questions, and why everything else was not asked."""
        return [*self._answers.all(), *untried()]

    async def _told(self) -> None:
        self._say("making two hubs and six spokes")
        await self._ground.make()
        for story in self._stories:
            self._say(f"questions about: {story.name}")
            await tell(story, self._ground, self._answers)

    def _leave_the_rest(self, why: str) -> None:
        if why:
            self._say(why)
        for story in self._stories:
            for question in story.questions:
                self._answers.leave(question.name, why)

    async def _cleaned(self) -> None:
        self._say("removing what was made")
        name = self._ground.group.rpartition("/")[2]
        remedy = f"Remove it: az group delete -n {name}"
        self._under_way = asyncio.create_task(self._ground.clean())
        try:
            await self._under_way
            left = self._ground.left
        except (Unasked, asyncio.CancelledError) as error:
            why = str(error) or "interrupted"
            raise Left(f"Nobody knows what is left in the resource group '{name}' ({why}). {remedy}") from error
        if left:
            raise Left(f"This is left in the resource group '{name}': {', '.join(left)}. {remedy}")
