"""A story puts some questions on fresh ground; what it could not put is left with the reason."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from localazure.conformance.ask_azure.ground import Ground
from localazure.conformance.ask_azure.question import Answers, Question, Unasked

_SURPRISES = (AttributeError, LookupError, TypeError, ValueError)


@dataclass(frozen=True)
class Story:
    """`parts` are told in order, on the same ground. What one of them needs and does not get ends the story."""

    name: str
    questions: Sequence[Question]
    parts: Sequence[Callable[[Ground, Answers], Awaitable[None]]]


async def tell(story: Story, ground: Ground, answers: Answers) -> None:
    why = "an earlier part of its story was needed"
    try:
        await ground.fresh()
        for part in story.parts:
            await part(ground, answers)
    except Unasked as error:
        why = str(error)
    except _SURPRISES as error:
        why = f"an answer had not the form that was expected: {error!r}"
    for question in story.questions:
        answers.leave(question.name, why)
