"""Address spaces that overlap: with each other, with one who is peered already, with one who was."""

from __future__ import annotations

from localazure.conformance.ask_azure.ground import HUBS, SPOKES, Ground
from localazure.conformance.ask_azure.question import Answers, Question, Unasked
from localazure.conformance.ask_azure.story import Story

_HUB, _SPOKE, _COPYCAT = HUBS[1], SPOKES[3], SPOKES[4]
_OVER_THE_HUB = "10.102.9.0/24"

_QUESTIONS = (
    Question(
        "with the hub",
        "docs/facts/arm-errors.md, Overlap refusals",
        "Two networks that overlap cannot be peered; the refusal is the answer to the PUT.",
        "400 VnetAddressSpacesOverlap",
    ),
    Question(
        "with a neighbour",
        "docs/facts/arm-peering.md, Overlap",
        "A network cannot be peered that overlaps with one that the other end is peered with.",
        "400 VnetAddressSpaceOverlapsWithAlreadyPeeredVnet",
    ),
    Question(
        "from the other side",
        "docs/facts/arm-peering.md, Overlap",
        "The spoke's own half is refused for that overlap too.",
        "400 VnetAddressSpaceOverlapsWithAlreadyPeeredVnet",
    ),
    Question(
        "with one who left",
        "docs/facts/arm-peering.md, Disconnected",
        "A Disconnected half keeps its addresses: it is in the way as before.",
        "400 VnetAddressSpaceOverlapsWithAlreadyPeeredVnet",
    ),
)


async def _overlapping(ground: Ground, answers: Answers) -> None:
    await _given(ground, [_OVER_THE_HUB])
    answers.saw("with the hub", (await ground.put_half(_HUB, _COPYCAT)).said)
    await ground.fresh()
    await ground.pair(_HUB, _SPOKE)
    await _given(ground, ground.space(_SPOKE))
    answers.saw("with a neighbour", (await ground.put_half(_HUB, _COPYCAT)).said)
    answers.saw("from the other side", (await ground.put_half(_COPYCAT, _HUB)).said)
    await ground.rest.done("DELETE", ground.half(_SPOKE, _HUB))
    if not (await ground.state(_HUB, _SPOKE, "Disconnected")).startswith("Disconnected"):
        raise Unasked("the half that lost the other one is not Disconnected")
    answers.saw("with one who left", (await ground.put_half(_HUB, _COPYCAT)).said)


async def _given(ground: Ground, space: list[str]) -> None:
    reply = await ground.put(_COPYCAT, space)
    if not reply.accepted:
        raise Unasked(f"a spoke could not get the space {', '.join(space)}: {reply.said}")


STORY = Story("overlaps", _QUESTIONS, (_overlapping,))
