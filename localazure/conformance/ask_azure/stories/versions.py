"""What depends on the api-version, and how one that is not known is refused."""

from __future__ import annotations

from localazure.conformance.ask_azure.ground import HUBS, SPOKES, Ground
from localazure.conformance.ask_azure.question import Answers, Question, Unasked
from localazure.conformance.ask_azure.stories.addresses import put_subnet
from localazure.conformance.ask_azure.story import Story

_HUB, _SPOKE = HUBS[0], SPOKES[0]
_UNKNOWN = "docs/facts/arm-errors.md, An unknown api-version"

_QUESTIONS = (
    Question(
        "the provider's", _UNKNOWN, "For a network it is refused by the provider.", "400 NoRegisteredProviderFound"
    ),
    Question("ARM's", _UNKNOWN, "For a group it is refused by ARM itself.", "400 InvalidApiVersionParameter"),
    Question("none", _UNKNOWN, "A request without any is refused.", "400 MissingApiVersionParameter"),
    Question(
        "level",
        "docs/facts/arm-peering.md, Sync levels",
        "Versions before 2021-02-01 do not report a sync level.",
        "- RemoteNotInSync",
    ),
    Question(
        "allocations",
        "docs/facts/arm-networks.md, IPAM allocations of a subnet",
        "A subnet shows ipamPoolPrefixAllocations from 2024-01-01 on.",
        "None []",
    ),
)


async def _refused(ground: Ground, answers: Answers) -> None:
    send = ground.rest.send
    answers.saw("the provider's", (await send("GET", ground.network(_SPOKE), version="2024-01-02")).said)
    answers.saw("ARM's", (await send("GET", ground.group, version="2024-01-02")).said)
    answers.saw("none", (await send("GET", ground.network(_SPOKE), version="")).said)


async def _shown(ground: Ground, answers: Answers) -> None:
    made = await ground.put_half(_HUB, _SPOKE)
    if not made.accepted:
        raise Unasked(f"no half could be made: {made.said}")
    half, send = ground.half(_HUB, _SPOKE), ground.rest.send
    levels = [
        (await send("GET", half, version=each)).properties("peeringSyncLevel") for each in ("2020-11-01", "2021-02-01")
    ]
    answers.saw("level", " ".join(levels))
    await put_subnet(ground, _SPOKE, "first", "10.111.0.0/26")
    subnet = f"{ground.network(_SPOKE)}/subnets/first"
    found = [await send("GET", subnet, version=each) for each in ("2023-11-01", "2024-01-01")]
    answers.saw("allocations", " ".join(str(each.get("properties", "ipamPoolPrefixAllocations")) for each in found))


STORY = Story("versions", _QUESTIONS, (_refused, _shown))
