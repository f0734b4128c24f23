"""How late reads are, of a network and of Resource Graph."""

from __future__ import annotations

from localazure.conformance.ask_azure.ground import HUBS, SPOKES, Ground
from localazure.conformance.ask_azure.question import Answers, Question, Unasked
from localazure.conformance.ask_azure.rest import Reply
from localazure.conformance.ask_azure.stories.tags import merge
from localazure.conformance.ask_azure.story import Story

_HUB, _SPOKE = HUBS[0], SPOKES[4]
_GRAPH, _GRAPH_API = "/providers/Microsoft.ResourceGraph/resources", "2022-10-01"
_LONGEST = 300.0

_QUESTIONS = (
    Question(
        "a network",
        "docs/facts/arm-networks.md, Reads lag",
        "A GET of a network shows a tag that was just written.",
        setting="staleSeconds",
        within=0,
    ),
    Question(
        "a half",
        "docs/facts/arm-networks.md, Reads lag",
        "A GET of a half shows it when its operation has ended.",
        within=0,
    ),
    Question(
        "the graph",
        "docs/facts/resource-graph.md, Late",
        "Resource Graph shows a tag within ten seconds.",
        setting="graphDelaySeconds",
        within=10,
    ),
)


async def _read(ground: Ground, answers: Answers) -> None:
    await _merged(ground, "late")
    reply, seconds = await ground.rest.shows(ground.network(_SPOKE), _is_tagged)
    if not _is_tagged(reply):
        raise Unasked(f"a tag was not seen within {seconds:.0f} s: {reply.said}")
    answers.saw("a network", seconds)
    half = await ground.put_half(_HUB, _SPOKE)
    if not half.accepted:
        raise Unasked(f"no half could be made: {half.said}")
    reply, seconds = await ground.rest.shows(ground.half(_HUB, _SPOKE), _has_succeeded)
    if not _has_succeeded(reply):
        raise Unasked(f"a half was not seen within {seconds:.0f} s: {reply.said}")
    answers.saw("a half", seconds)


async def _asked(ground: Ground, answers: Answers) -> None:
    await _merged(ground, "later")
    subscription = ground.group.split("/")[2]
    text = f"Resources | where id =~ '{ground.network(_SPOKE)}' | project id, tags"
    query = {"subscriptions": [subscription], "query": text, "options": {"resultFormat": "objectArray"}}
    reply, seconds = await ground.rest.shows(_GRAPH, _row_is_tagged, _GRAPH_API, query=query, within=_LONGEST)
    if not _row_is_tagged(reply):
        raise Unasked(f"Resource Graph has not shown it within {_LONGEST:.0f} s: {reply.said}")
    answers.saw("the graph", seconds)


async def _merged(ground: Ground, name: str) -> None:
    """Tags are written at once, so the time begins with the answer."""
    reply = await merge(ground, _SPOKE, {name: "yes"})
    if not reply.accepted:
        raise Unasked(f"a tag could not be written: {reply.said}")


def _is_tagged(reply: Reply) -> bool:
    return _tag(reply.get("tags"), "late")


def _has_succeeded(reply: Reply) -> bool:
    return bool(reply.get("properties", "provisioningState") == "Succeeded")


def _row_is_tagged(reply: Reply) -> bool:
    rows = reply.get("data")
    return isinstance(rows, list) and any(_tag(row.get("tags"), "later") for row in rows)


def _tag(tags: object, name: str) -> bool:
    return isinstance(tags, dict) and name in tags


STORY = Story("late", _QUESTIONS, (_read, _asked))
