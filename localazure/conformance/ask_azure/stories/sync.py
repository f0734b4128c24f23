"""Networks that grow while they are peered: what the halves say, what a sync cures, and what is in the way."""

from __future__ import annotations

from localazure.conformance.ask_azure.ground import HUBS, SPOKES, Ground
from localazure.conformance.ask_azure.question import Answers, Question
from localazure.conformance.ask_azure.story import Story

_HUB, _SPOKE, _NEIGHBOUR = HUBS[0], SPOKES[1], SPOKES[2]
_MORE = "10.121.0.0/24"
_PEERING = "docs/facts/arm-peering.md"

_QUESTIONS = (
    Question("growth", f"{_PEERING}, Growth", "A peered network may get a further prefix.", "200"),
    Question(
        "levels",
        f"{_PEERING}, Growth",
        "The half of a network that has grown says RemoteNotInSync, the other one LocalNotInSync; both stay Connected.",
        "Connected RemoteNotInSync, Connected LocalNotInSync",
    ),
    Question(
        "spaces",
        f"{_PEERING}, Growth",
        "The other half has the old space in remoteAddressSpace, the new one in remoteVirtualNetworkAddressSpace.",
        "1 2",
    ),
    Question(
        "a plain update",
        f"{_PEERING}, Sync",
        "An update of the half without syncRemoteAddressSpace does not sync it.",
        "200 LocalNotInSync",
    ),
    Question(
        "the wrong side",
        f"{_PEERING}, Sync",
        "A sync of the half that says RemoteNotInSync reports success and cures nothing.",
        "200 RemoteNotInSync",
    ),
    Question(
        "a sync",
        f"{_PEERING}, Sync",
        "A sync of the half that says LocalNotInSync cures both.",
        "200 FullyInSync FullyInSync",
    ),
    Question(
        "growth over a neighbour",
        f"{_PEERING}, Growth",
        "A spoke that grows over another spoke of its hub is refused when the hub's half is synced, not before.",
        "sync",
        "growthOverNeighbour",
        {"sync": "sync", "network": "network"},
    ),
    Question(
        "growth over the hub",
        f"{_PEERING}, Overlap",
        "A network that grows over the one it is peered with is refused at once.",
        "400 VnetAddressSpaceOverlapsWithAlreadyPeeredVnet",
    ),
    Question(
        "halves kept",
        "docs/facts/arm-networks.md, Never write the network",
        "A PUT of a network that does not mention its halves keeps them.",
        "Connected",
    ),
)


async def _grown(ground: Ground, answers: Answers) -> None:
    await ground.pair(_HUB, _SPOKE)
    answers.saw("growth", (await ground.put(_SPOKE, [*ground.space(_SPOKE), _MORE])).said)
    hubs = await ground.state(_HUB, _SPOKE, "LocalNotInSync")
    answers.saw("levels", f"{await ground.state(_SPOKE, _HUB, 'RemoteNotInSync')}, {hubs}")
    half = await ground.rest.send("GET", ground.half(_HUB, _SPOKE))
    spaces = ("remoteAddressSpace", "remoteVirtualNetworkAddressSpace")
    counts = [len(half.get("properties", each, "addressPrefixes") or []) for each in spaces]
    answers.saw("spaces", f"{counts[0]} {counts[1]}")
    answers.saw("halves kept", hubs.partition(" ")[0])


async def _synced(ground: Ground, answers: Answers) -> None:
    plain = await ground.put_half(_HUB, _SPOKE)
    answers.saw("a plain update", f"{plain.said} {await _level(ground, _HUB, _SPOKE, 'LocalNotInSync')}")
    wrong = await ground.put_half(_SPOKE, _HUB, sync=True)
    answers.saw("the wrong side", f"{wrong.said} {await _level(ground, _SPOKE, _HUB, 'RemoteNotInSync')}")
    right = await ground.put_half(_HUB, _SPOKE, sync=True)
    levels = [await _level(ground, *ends, "FullyInSync") for ends in ((_HUB, _SPOKE), (_SPOKE, _HUB))]
    answers.saw("a sync", f"{right.said} {' '.join(levels)}")


async def _in_the_way(ground: Ground, answers: Answers) -> None:
    own = ground.space(_SPOKE)
    over = await ground.put(_SPOKE, [*own, "10.101.200.0/24"])
    answers.saw("growth over the hub", over.said)
    await ground.pair(_HUB, _NEIGHBOUR)
    grown = await ground.put(_SPOKE, [*own, *ground.space(_NEIGHBOUR)])
    if not grown.accepted:
        answers.saw("growth over a neighbour", "network" if "Overlap" in grown.code else f"network: {grown.said}")
        return
    synced = await ground.put_half(_HUB, _SPOKE, sync=True)
    refused = "sync" if "Overlap" in synced.code else f"sync: {synced.said}"
    answers.saw("growth over a neighbour", "nowhere" if synced.accepted else refused)


async def _level(ground: Ground, name: str, remote: str, wanted: str) -> str:
    return (await ground.state(name, remote, wanted)).rpartition(" ")[2]


STORY = Story("sync", _QUESTIONS, (_grown, _synced, _in_the_way))
