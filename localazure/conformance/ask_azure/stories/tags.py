"""Tags: written one by one, all at once, and lost."""

from __future__ import annotations

from localazure.conformance.ask_azure.ground import SPOKES, Ground
from localazure.conformance.ask_azure.question import Answers, Question
from localazure.conformance.ask_azure.rest import Reply
from localazure.conformance.ask_azure.story import Story

TAGS_API = "2022-09-01"
_SPOKE = SPOKES[5]
_ONE_TAG, _BUSY = "Writing one tag", "A write of tags may keep a resource busy"
_NETWORKS = "docs/facts/arm-networks.md"

_QUESTIONS = (
    Question(
        "merged",
        f"{_NETWORKS}, {_ONE_TAG}",
        "A Merge at the Tags API answers 200 at once and keeps the other tags.",
        "200 a=1 b=2",
    ),
    Question("case", f"{_NETWORKS}, Tags", "The names of tags compare without case.", "A=3 b=2"),
    Question("busy", f"{_NETWORKS}, {_BUSY}", "After a write of tags the network can be written at once.", "accepted"),
    Question(
        "replaced",
        f"{_NETWORKS}, {_ONE_TAG}",
        "A PATCH of the network itself answers 200 at once and replaces all tags.",
        "200 c=4",
    ),
    Question(
        "lost",
        f"{_NETWORKS}, Never write the network",
        "A PUT of the network without tags loses them.",
        "none",
    ),
)


async def _tagged(ground: Ground, answers: Answers) -> None:
    await merge(ground, _SPOKE, {"a": "1"})
    merged = await merge(ground, _SPOKE, {"b": "2"})
    written = await ground.rest.send(
        "PUT", ground.network(_SPOKE), ground.body(_SPOKE) | {"tags": {"a": "1", "b": "2"}}
    )
    answers.saw("busy", "accepted" if written.accepted else written.said)
    await ground.rest.ended(written)
    answers.saw("merged", f"{merged.said} {_text(merged.get('properties', 'tags'))}")
    cased = await merge(ground, _SPOKE, {"A": "3"})
    shown = dict(cased.get("properties", "tags") or {})
    answers.saw("case", _text({"A" if name == "a" else name: value for name, value in shown.items()}))
    replaced = await ground.rest.write("PATCH", ground.network(_SPOKE), {"tags": {"c": "4"}})
    answers.saw("replaced", f"{replaced.said} {_text(replaced.get('tags'))}")
    lost = await ground.put(_SPOKE)
    answers.saw("lost", _text(lost.get("tags")) or "none")


async def merge(ground: Ground, name: str, tags: dict[str, str]) -> Reply:
    """One call of the Tags API, which has no operation to wait for."""
    path = f"{ground.changes(name)}/providers/Microsoft.Resources/tags/default"
    return await ground.rest.send("PATCH", path, {"operation": "Merge", "properties": {"tags": tags}}, TAGS_API)


def _text(tags: object) -> str:
    return " ".join(f"{name}={value}" for name, value in sorted(tags.items())) if isinstance(tags, dict) else ""


STORY = Story("tags", _QUESTIONS, (_tagged,))
