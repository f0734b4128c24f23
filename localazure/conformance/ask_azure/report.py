"""What is printed: each fact, what was seen of it, and what the emulator should be set to."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from localazure.conformance.ask_azure.question import Answer, Verdict
from localazure.emulator.switches import SWITCHES

type Json = dict[str, Any]

_SWITCHES = {each.name for each in SWITCHES}


def report(answers: Sequence[Answer]) -> str:
    """One line for each fact, by page; for what is other two more: what was assumed and what was seen."""
    lines: list[str] = []
    page = ""
    for answer in sorted(answers, key=lambda each: each.question.fact):
        where, _, heading = answer.question.fact.removeprefix("docs/facts/").partition(", ")
        if where != page:
            lines += ["", f"docs/facts/{where}"]
            page = where
        lines += _told(answer, heading)
    counts = Counter(each.verdict for each in answers)
    lines += ["", ", ".join(f"{counts[each]} {each}" for each in Verdict) + "."]
    return "\n".join(lines).lstrip("\n") + "\n"


def _told(answer: Answer, heading: str) -> list[str]:
    question = answer.question
    words = ": ".join(each for each in (heading, question.words) if each) or "all of it"
    first = f"  {answer.verdict:<10}  {words}"
    switch = f" [{question.setting}]" if question.setting else ""
    if answer.verdict is Verdict.ASSUMED:
        return [first + switch]
    if answer.verdict is Verdict.NOT_TRIED:
        return [f"{first}{switch} ({answer.text})"]
    return [first + switch, f"{'':14}assumed: {question.expectation}", f"{'':14}seen:    {answer.text}"]


def settings(answers: Sequence[Answer]) -> Json:
    """What the emulator should be set to, in the form of the control endpoint: `switches` and `latency`.

    A switch that was not asked, or whose answer fits no value of it, is left out.
    """
    known = {each.question.setting: each.value for each in answers if each.question.setting and each.value is not None}
    return {
        "switches": {name: value for name, value in known.items() if name in _SWITCHES},
        "latency": {name: value for name, value in known.items() if name not in _SWITCHES},
    }


def advice(found: Json) -> str:
    """How to have a local Azure like that."""
    switches = " ".join(f"--switch {name}={value}" for name, value in found["switches"].items())
    return (
        f"A local Azure like this one: python -m localazure up {switches}\n"
        f"and, once it runs: PUT /control/latency with {json.dumps(found['latency'])}\n"
    )
