"""Halves of some subnets: what they show, what of them is fixed, and what they make a pair with."""

from __future__ import annotations

from localazure.conformance.ask_azure.ground import HUBS, SPOKES, Ground
from localazure.conformance.ask_azure.question import Answers, Question, Unasked
from localazure.conformance.ask_azure.stories.addresses import put_subnet
from localazure.conformance.ask_azure.story import Story

_HUB, _SPOKE = HUBS[1], SPOKES[1]
_PEERED, _KEPT, _REMOTE = "peered", "kept", "shared"
_FACT = "docs/facts/arm-peering.md, Subnet peerings"
_SPACES = ("localAddressSpace", "remoteAddressSpace", "remoteVirtualNetworkAddressSpace")

_QUESTIONS = (
    Question(
        "its spaces",
        _FACT,
        "The spaces of a half of some subnets are those of the subnets, also the one of the network.",
        "10.112.0.0/26 10.102.1.0/24 10.102.1.0/24",
    ),
    Question(
        "a missing subnet",
        _FACT,
        "A half cannot name a subnet that is not there.",
        "400 InvalidResourceReference",
    ),
    Question(
        "its kind",
        "docs/facts/arm-operations.md, Success that changed nothing",
        "A PUT that would make a half of some subnets one of whole networks answers 200 and changes nothing.",
        "200 False",
    ),
    Question("its lists", _FACT, "The lists of subnets of a half can be changed.", "200 peered kept"),
    Question(
        "with a whole one",
        _FACT,
        "A half of some subnets and one of whole networks make a pair like any other.",
        "Connected",
    ),
)


async def _of_subnets(ground: Ground, answers: Answers) -> None:
    for name, subnet, prefix in (
        (_SPOKE, _PEERED, "10.112.0.0/26"),
        (_SPOKE, _KEPT, "10.112.0.64/26"),
        (_HUB, _REMOTE, "10.102.1.0/24"),
    ):
        await put_subnet(ground, name, subnet, prefix)
    missing = await ground.put_half(_SPOKE, _HUB, _kind([_PEERED], ["nowhere"]))
    answers.saw("a missing subnet", missing.said)
    half = await ground.put_half(_SPOKE, _HUB, _kind([_PEERED], [_REMOTE]))
    if not half.accepted:
        raise Unasked(f"this subscription does not take a half of some subnets: {half.said}")
    prefixes = [half.get("properties", each, "addressPrefixes") or ["-"] for each in _SPACES]
    answers.saw("its spaces", " ".join(",".join(each) for each in prefixes))
    await _written_again(ground, answers)


async def _written_again(ground: Ground, answers: Answers) -> None:
    whole = await ground.put_half(_SPOKE, _HUB, {"peerCompleteVnets": True})
    now = await ground.rest.send("GET", ground.half(_SPOKE, _HUB))
    answers.saw("its kind", f"{whole.said} {now.get('properties', 'peerCompleteVnets')}")
    more = await ground.put_half(_SPOKE, _HUB, _kind([_PEERED, _KEPT], [_REMOTE]))
    answers.saw("its lists", f"{more.said} {' '.join(more.get('properties', 'localSubnetNames') or [])}".strip())
    other = await ground.put_half(_HUB, _SPOKE)
    state = (await ground.state(_SPOKE, _HUB, "Connected")).partition(" ")[0]
    answers.saw("with a whole one", state if other.accepted else other.said)


def _kind(local: list[str], remote: list[str]) -> dict[str, object]:
    return {"peerCompleteVnets": False, "localSubnetNames": local, "remoteSubnetNames": remote}


STORY = Story("subnets", _QUESTIONS, (_of_subnets,))
