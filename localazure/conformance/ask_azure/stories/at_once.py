"""Several writes at once: which of them wait for each other, and how that is said."""

from __future__ import annotations

import asyncio

from localazure.conformance.ask_azure.ground import HUBS, SPOKES, Ground
from localazure.conformance.ask_azure.question import Answers, Question, Unasked
from localazure.conformance.ask_azure.rest import Reply
from localazure.conformance.ask_azure.stories.tags import merge
from localazure.conformance.ask_azure.story import Story

_HUB = HUBS[1]
_ENDED = "the first write had ended before the next one was answered"

_QUESTIONS = (
    Question(
        "a second write",
        "docs/facts/arm-errors.md, Another operation",
        "A second write to a network that is being written is refused with 409.",
        "409 AnotherOperationInProgress",
        "conflict",
        {"409 AnotherOperationInProgress": "AnotherOperationInProgress", "429 RetryableError": "RetryableError"},
    ),
    Question(
        "a reference",
        "docs/facts/arm-errors.md, Reference not provisioned",
        "A half that names a network which is being written is refused with 400.",
        "400 ReferencedResourceNotProvisioned",
        "referenceInFlight",
        {
            "400 ReferencedResourceNotProvisioned": "ReferencedResourceNotProvisioned",
            "409 AnotherOperationInProgress": "AnotherOperationInProgress",
            "429 RetryableError": "RetryableError",
        },
    ),
    Question(
        "tags meanwhile",
        "docs/facts/arm-networks.md, A write of tags may keep a resource busy",
        "A write of tags to a network that is being written is refused.",
        "refused",
    ),
    Question(
        "updating",
        "docs/facts/arm-networks.md, Provisioning states",
        "A network says Updating while one of its halves is written.",
        "Updating",
    ),
    Question(
        "spokes at once",
        "docs/facts/arm-peering.md, One write at a time",
        "Six spokes may write their halves to one hub at once.",
        "6 of 6",
        "halfHolds",
        {"6 of 6": "own", "1 of 6": "both"},
    ),
)


async def _one_network(ground: Ground, answers: Answers) -> None:
    first = await _first(ground, SPOKES[0])
    second = await ground.send_half(_HUB, SPOKES[1])
    reference = await ground.send_half(SPOKES[2], _HUB)
    running = await ground.rest.running(first)
    for name, reply in (("a second write", second), ("a reference", reference)):
        _saw(answers, name, reply.said, known=running or not reply.accepted)
    await _all_ended(ground, (first, second, reference))


async def _its_tags(ground: Ground, answers: Answers) -> None:
    first = await _first(ground, SPOKES[3])
    tags = await merge(ground, _HUB, {"meanwhile": "yes"})
    shown = await ground.rest.send("GET", ground.network(_HUB))
    running = await ground.rest.running(first)
    _saw(answers, "tags meanwhile", "accepted" if tags.accepted else "refused", known=running or not tags.accepted)
    halves = [
        each["properties"]["provisioningState"] for each in shown.get("properties", "virtualNetworkPeerings") or []
    ]
    if running and "Updating" in halves:
        answers.saw("updating", shown.get("properties", "provisioningState"))
    else:
        answers.leave("updating", "the network was not read as it is while the half was written")
    await _all_ended(ground, (first,))


async def _many_spokes(ground: Ground, answers: Answers) -> None:
    await ground.fresh()
    replies = await asyncio.gather(*(ground.send_half(name, _HUB) for name in SPOKES))
    accepted = [each for each in replies if each.accepted]
    if not accepted:
        raise Unasked(f"no half could be made: {replies[0].said}")
    running = await ground.rest.running(accepted[0])
    _saw(answers, "spokes at once", f"{len(accepted)} of {len(SPOKES)}", known=running or len(accepted) < len(SPOKES))
    await _all_ended(ground, accepted)


async def _first(ground: Ground, spoke: str) -> Reply:
    """The write that the others meet."""
    reply = await ground.send_half(_HUB, spoke)
    if not reply.accepted:
        raise Unasked(f"no half could be made: {reply.said}")
    return reply


def _saw(answers: Answers, name: str, seen: str, *, known: bool) -> None:
    """What was accepted says something only if the first write was still under way."""
    if known:
        answers.saw(name, seen)
    else:
        answers.leave(name, _ENDED)


async def _all_ended(ground: Ground, replies: tuple[Reply, ...] | list[Reply]) -> None:
    for reply in replies:
        await ground.rest.ended(reply)


STORY = Story("at once", _QUESTIONS, (_one_network, _its_tags, _many_spokes))
