"""What is asked, what is assumed, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType


class Verdict(StrEnum):
    """What an answer says of the assumption."""

    ASSUMED = "as assumed"
    OTHER = "other"
    NOT_TRIED = "not tried"


class Unasked(Exception):
    """A question could not be put: what it needs did not come about. The message says why."""


@dataclass(frozen=True)
class Question:
    """One assumption. `fact` is where it is written: a page of docs/facts, a comma, a heading.

    `assumed` is what is seen if it holds. `setting` names the switch or setting of the emulator that the answer
    decides, and `values` has its value for each thing that may be seen. With `within` what is seen is a time in whole
    seconds: it holds up to that, and is itself the setting's value.
    """

    name: str
    fact: str
    words: str
    assumed: str = ""
    setting: str = ""
    values: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    within: int | None = None

    def holds(self, seen: str) -> bool:
        return seen == self.assumed if self.within is None else int(seen) <= self.within

    @property
    def expectation(self) -> str:
        return self.assumed if self.within is None else f"at most {self.within} s"


@dataclass(frozen=True)
class Answer:
    """`text`: what was seen, or why it was not tried. `value`: what the question's setting should be."""

    question: Question
    verdict: Verdict
    text: str
    value: str | int | None = None


class Answers:
    """What was answered so far, each question once."""

    def __init__(self, questions: Iterable[Question]) -> None:
        self._questions = {each.name: each for each in questions}
        self._answers: dict[str, Answer] = {}

    def saw(self, name: str, seen: object) -> None:
        """What is seen, as the question's `assumed` words it; a number of seconds is rounded down."""
        question = self._questions[name]
        text = str(int(seen)) if isinstance(seen, float) else str(seen)
        verdict = Verdict.ASSUMED if question.holds(text) else Verdict.OTHER
        if question.within is None:
            self._answers[name] = Answer(question, verdict, text, question.values.get(text))
        else:
            self._answers[name] = Answer(question, verdict, f"{text} s", int(text) if question.setting else None)

    def leave(self, name: str, why: str) -> None:
        """Say why it was not tried, unless it was."""
        self._answers.setdefault(name, Answer(self._questions[name], Verdict.NOT_TRIED, why))

    def all(self) -> list[Answer]:
        return list(self._answers.values())
