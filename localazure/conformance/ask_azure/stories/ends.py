"""Halves that lose the other one, and networks that are deleted: what is left, and how it comes back."""

from __future__ import annotations

import asyncio

from localazure.conformance.ask_azure.ground import HUBS, SPOKES, Ground
from localazure.conformance.ask_azure.question import Answers, Question
from localazure.conformance.ask_azure.story import Story

_HUB, _SPOKE, _LONE = HUBS[1], SPOKES[0], SPOKES[1]
_PEERING = "docs/facts/arm-peering.md"

_QUESTIONS = (
    Question(
        "a deletion",
        "docs/facts/arm-operations.md, Long-running operations",
        "A DELETE of a half is answered 202, with Azure-AsyncOperation and Location.",
        "202 azure-asyncoperation location",
    ),
    Question(
        "wait of a deletion",
        "docs/facts/arm-operations.md, Retry-After",
        "The answer to a DELETE of a half says to wait 10 seconds.",
        "10",
    ),
    Question(
        "one half left",
        f"{_PEERING}, Delete",
        "When one half is deleted, the other one stays and is Disconnected.",
        "Disconnected",
    ),
    Question(
        "its level",
        f"{_PEERING}, Sync levels",
        "A Disconnected half says RemoteNotInSync.",
        "RemoteNotInSync",
    ),
    Question(
        "the other half again",
        f"{_PEERING}, Disconnected",
        "While one half is Disconnected, the other one cannot be made.",
        "400 RemotePeeringIsDisconnected",
    ),
    Question(
        "brought back",
        f"{_PEERING}, Disconnected",
        "An update brings a Disconnected half back to Initiated, and then the other one can be made.",
        "Initiated, Connected",
    ),
    Question(
        "both at once",
        f"{_PEERING}, Delete",
        "Both halves of a pair can be deleted at the same moment.",
        "202 202, 404 404",
    ),
    Question("none to delete", f"{_PEERING}, Delete", "A DELETE of a half that is not there is 204.", "204"),
    Question(
        "a peered network",
        f"{_PEERING}, Networks that are gone",
        "A peered network can be deleted; the half of the other one is Disconnected.",
        "Succeeded, Disconnected",
    ),
    Question(
        "a half that waited",
        f"{_PEERING}, Networks that are gone",
        "A half that was only Initiated stays so when the network it names is deleted, and is Disconnected when a "
        "network of that name is made anew.",
        "Initiated, Disconnected",
    ),
    Question(
        "made anew",
        "docs/facts/arm-networks.md, Identity",
        "A network made anew under the same id has another resourceGuid.",
        "another",
    ),
)


async def _one_half(ground: Ground, answers: Answers) -> None:
    await ground.pair(_HUB, _SPOKE)
    deleted = await ground.rest.write("DELETE", ground.half(_SPOKE, _HUB))
    names = " ".join(name for name in ("azure-asyncoperation", "location") if name in deleted.headers)
    answers.saw("a deletion", f"{deleted.said} {names}".strip())
    answers.saw("wait of a deletion", deleted.headers.get("retry-after", "none"))
    await ground.rest.ended(deleted)
    state, _, level = (await ground.state(_HUB, _SPOKE, "Disconnected")).partition(" ")
    answers.saw("one half left", state)
    answers.saw("its level", level)
    answers.saw("the other half again", (await ground.put_half(_SPOKE, _HUB)).said)
    await ground.put_half(_HUB, _SPOKE)
    initiated = (await ground.state(_HUB, _SPOKE, "Initiated")).partition(" ")[0]
    await ground.put_half(_SPOKE, _HUB)
    answers.saw("brought back", f"{initiated}, {(await ground.state(_HUB, _SPOKE, 'Connected')).partition(' ')[0]}")


async def _both_halves(ground: Ground, answers: Answers) -> None:
    paths = (ground.half(_HUB, _SPOKE), ground.half(_SPOKE, _HUB))
    replies = await asyncio.gather(*(ground.rest.send("DELETE", path) for path in paths))
    for reply in replies:
        await ground.rest.ended(reply)
    gone = [(await ground.rest.shows(path, lambda each: each.status == 404))[0].status for path in paths]
    answers.saw("both at once", f"{replies[0].said} {replies[1].said}, {gone[0]} {gone[1]}")
    for path in paths:
        await ground.rest.done("DELETE", path)
    answers.saw("none to delete", (await ground.rest.send("DELETE", paths[0])).said)


async def _networks(ground: Ground, answers: Answers) -> None:
    await ground.pair(_HUB, _SPOKE)
    await ground.put_half(_HUB, _LONE)
    before = (await ground.rest.send("GET", ground.network(_SPOKE))).get("properties", "resourceGuid")
    ends = [await _deleted(ground, name) for name in (_SPOKE, _LONE)]
    state = await ground.state(_HUB, _SPOKE, "Disconnected")
    answers.saw("a peered network", f"{ends[0]}, {state.partition(' ')[0]}")
    waited = (await ground.state(_HUB, _LONE, "Initiated")).partition(" ")[0]
    await ground.rest.done("PUT", ground.network(_LONE), ground.body(_LONE))
    now = (await ground.state(_HUB, _LONE, "Disconnected")).partition(" ")[0]
    answers.saw("a half that waited", f"{waited}, {now}")
    await ground.rest.done("PUT", ground.network(_SPOKE), ground.body(_SPOKE))
    anew, _ = await ground.rest.shows(
        ground.network(_SPOKE), lambda each: each.accepted and each.get("properties", "resourceGuid") != before
    )
    answers.saw("made anew", "the same" if anew.get("properties", "resourceGuid") == before else "another")


async def _deleted(ground: Ground, name: str) -> str:
    return await ground.rest.ended(await ground.rest.write("DELETE", ground.changes(name)))


STORY = Story("ends", _QUESTIONS, (_one_half, _both_halves, _networks))
