"""Locks on one network of a pair: what they forbid there, and at the other end."""

from __future__ import annotations

from localazure.conformance.ask_azure.ground import HUBS, LOCK, LOCKS_API, SPOKES, Ground
from localazure.conformance.ask_azure.question import Answers, Question
from localazure.conformance.ask_azure.rest import Reply
from localazure.conformance.ask_azure.story import Story

_HUB, _SPOKE = HUBS[0], SPOKES[4]
_LOCKS = "docs/facts/arm-access.md, Locks"
_SECONDS = 180

_QUESTIONS = (
    Question("can not delete", _LOCKS, "CanNotDelete refuses the deletion of a half.", "409 ScopeLocked"),
    Question("can still write", _LOCKS, "CanNotDelete lets a half be written.", "200"),
    Question("read only", _LOCKS, "ReadOnly refuses a write of a half.", "409 ScopeLocked"),
    Question(
        "read only on the remote",
        _LOCKS,
        "ReadOnly on the remote network does not refuse a write of the other network's half.",
        "accepted",
        "readOnlyLockOnRemote",
        {"accepted": "ignored", "409 ScopeLocked": "refused"},
    ),
    Question(
        "who refuses",
        "docs/facts/arm-errors.md, Locked",
        "A lock's refusal comes from the gateway, without details.",
        "gateway, no details",
    ),
    Question(
        "listed",
        "docs/facts/arm-access.md, Reading locks",
        "A list of the network's locks has the lock on it.",
        LOCK,
    ),
    Question(
        "lifted",
        "docs/facts/arm-access.md, Locked scopes",
        "Locks can be written and removed under any lock.",
        "201 200 200",
    ),
)


async def _both_levels(ground: Ground, answers: Answers) -> None:
    await ground.pair(_HUB, _SPOKE)
    made = await ground.locked(_SPOKE, "CanNotDelete")
    refused = await _until_locked(ground, "DELETE")
    answers.saw("can not delete", refused.said)
    answers.saw("can still write", (await ground.put_half(_SPOKE, _HUB)).said)
    listed = await ground.rest.send("GET", ground.lock(_SPOKE).rpartition("/")[0], version=LOCKS_API)
    answers.saw("listed", " ".join(str(each["name"]) for each in listed.get("value") or []))
    written = await ground.locked(_SPOKE, "ReadOnly")
    refused = await _until_locked(ground, "PUT")
    answers.saw("read only", refused.said)
    details = "no details" if refused.get("error", "details") is None else "details"
    answers.saw("who refuses", f"{refused.headers.get('x-ms-failure-cause', 'the provider')}, {details}")
    remote = await ground.put_half(_HUB, _SPOKE)
    answers.saw("read only on the remote", "accepted" if remote.accepted else remote.said)
    removed = await ground.unlock(_SPOKE)
    answers.saw("lifted", f"{made.said} {written.said} {removed.said}")


async def _until_locked(ground: Ground, method: str) -> Reply:
    """A lock may need its time. The spoke's half is there all the while: what was deleted is made again."""
    half = {"properties": {"remoteVirtualNetwork": {"id": ground.network(_HUB)}}}
    end = ground.rest.clock.now() + _SECONDS
    while True:
        body = half if method == "PUT" else None
        reply = await ground.rest.write(method, ground.half(_SPOKE, _HUB), body)
        if not reply.accepted or ground.rest.clock.now() > end:
            return reply
        await ground.rest.ended(reply)
        if method == "DELETE":
            await ground.put_half(_HUB, _SPOKE)
            await ground.put_half(_SPOKE, _HUB)
        await ground.rest.clock.pause(5)


STORY = Story("locks", _QUESTIONS, (_both_levels,))
