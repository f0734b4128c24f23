"""Two halves become a pair: what the answers say, and what one side knows of the other."""

from __future__ import annotations

from uuid import UUID

from localazure.conformance.ask_azure.ground import HUBS, SPOKES, Ground
from localazure.conformance.ask_azure.question import Answers, Question, Unasked
from localazure.conformance.ask_azure.rest import Reply
from localazure.conformance.ask_azure.story import Story

_HUB, _SPOKE = HUBS[0], SPOKES[0]
_STATES = ("provisioningState", "peeringState", "peeringSyncLevel")
_FLAGS = ("allowVirtualNetworkAccess", "allowForwardedTraffic", "allowGatewayTransit", "useRemoteGateways")
_PEERING, _OPERATIONS = "docs/facts/arm-peering.md", "docs/facts/arm-operations.md"
_NETWORKS = "docs/facts/arm-networks.md"

_QUESTIONS = (
    Question(
        "first half",
        f"{_PEERING}, Create and update",
        "A new half is answered 201 at once, with the state that it will have.",
        "201 Updating Initiated RemoteNotInSync",
    ),
    Question(
        "defaults",
        f"{_PEERING}, Fields left out",
        "Of the flags that are left out only allowVirtualNetworkAccess is on.",
        "allowVirtualNetworkAccess",
    ),
    Question(
        "headers of a write",
        f"{_OPERATIONS}, Long-running operations",
        "A PUT of a half names Azure-AsyncOperation and no Location.",
        "azure-asyncoperation",
    ),
    Question("wait", f"{_OPERATIONS}, Retry-After", "The answer to a PUT of a half says to wait 10 seconds.", "10"),
    Question("duration", f"{_OPERATIONS}, How long things take", "A half is written within 32 seconds.", within=32),
    Question(
        "correlation",
        f"{_OPERATIONS}, Correlation",
        "The answer to a write has x-ms-correlation-request-id.",
        "x-ms-correlation-request-id",
    ),
    Question(
        "second half",
        f"{_PEERING}, Create and update",
        "The second half is Connected in its first answer.",
        "201 Updating Connected FullyInSync",
    ),
    Question(
        "both connected",
        f"{_PEERING}, State",
        "The first half is Connected when the second one's operation has ended.",
        "Connected FullyInSync",
    ),
    Question(
        "xor",
        f"{_NETWORKS}, Identity",
        "The resourceGuid of both halves is the XOR of the networks' own.",
        "the XOR, the XOR",
    ),
    Question(
        "one read",
        f"{_NETWORKS}, One read",
        "A GET of the network has the half with the body that a GET of the half has.",
        "the same",
    ),
    Question(
        "one etag",
        f"{_NETWORKS}, Etags",
        "A network and its half share one etag, and a write on the other side changes it.",
        "shared, changed",
    ),
    Question("an update", f"{_PEERING}, Create and update", "An update of a half is answered 200.", "200"),
    Question(
        "flags forgotten",
        f"{_PEERING}, Fields left out",
        "An update that leaves the flags out sets allowForwardedTraffic back and keeps doNotVerifyRemoteGateways.",
        "False True",
    ),
    Question(
        "state sent back",
        f"{_PEERING}, Fields left out",
        "A state that is sent along is ignored.",
        "200 Connected",
    ),
)


async def _made(ground: Ground, answers: Answers) -> None:
    start = ground.rest.clock.now()
    first = await ground.put_half(_HUB, _SPOKE)
    seconds = ground.rest.clock.now() - start
    answers.saw("first half", _shown(first))
    if not first.accepted:
        raise Unasked(f"no half could be made: {first.said}")
    answers.saw("duration", seconds)
    answers.saw("defaults", " ".join(name for name in _FLAGS if first.get("properties", name)))
    answers.saw("headers of a write", _named(first, "azure-asyncoperation", "location"))
    answers.saw("wait", first.headers.get("retry-after", "none"))
    answers.saw("correlation", _named(first, "x-ms-correlation-request-id"))
    before = (await ground.rest.send("GET", ground.half(_HUB, _SPOKE))).get("etag")
    second = await ground.put_half(_SPOKE, _HUB)
    answers.saw("second half", _shown(second))
    if not second.accepted:
        raise Unasked(f"no second half could be made: {second.said}")
    answers.saw("both connected", await ground.state(_HUB, _SPOKE, "Connected"))
    await _compared(ground, answers, before)


async def _compared(ground: Ground, answers: Answers, before: object) -> None:
    half = await ground.rest.send("GET", ground.half(_HUB, _SPOKE))
    network, _ = await ground.rest.shows(ground.network(_HUB), lambda each: each.get("etag") == half.get("etag"))
    inline = network.get("properties", "virtualNetworkPeerings") or [{}]
    answers.saw("one read", "the same" if inline[0] == half.body else "not the same")
    shared = "shared" if network.get("etag") == half.get("etag") else "not shared"
    answers.saw("one etag", f"{shared}, {'not changed' if half.get('etag') == before else 'changed'}")
    spoke = await ground.rest.send("GET", ground.network(_SPOKE))
    expected = _number(network) ^ _number(spoke)
    other = await ground.rest.send("GET", ground.half(_SPOKE, _HUB))
    answers.saw("xor", ", ".join("the XOR" if _number(each) == expected else "another" for each in (half, other)))


async def _written_again(ground: Ground, answers: Answers) -> None:
    on = {"allowForwardedTraffic": True, "doNotVerifyRemoteGateways": True}
    answers.saw("an update", (await ground.put_half(_HUB, _SPOKE, on)).said)
    await ground.put_half(_HUB, _SPOKE)
    now = await ground.rest.send("GET", ground.half(_HUB, _SPOKE))
    flags = [now.get("properties", name) for name in on]
    answers.saw("flags forgotten", " ".join(str(each) for each in flags))
    sent = await ground.put_half(_HUB, _SPOKE, {"peeringState": "Disconnected"})
    state = await ground.state(_HUB, _SPOKE, "Connected")
    answers.saw("state sent back", f"{sent.said} {state.partition(' ')[0]}")


def _shown(reply: Reply) -> str:
    return f"{reply.said} {reply.properties(*_STATES)}" if reply.accepted else reply.said


def _named(reply: Reply, *names: str) -> str:
    return " ".join(name for name in names if name in reply.headers)


def _number(reply: Reply) -> int:
    """A resourceGuid as a number; 0 where there is none."""
    return UUID(reply.get("properties", "resourceGuid") or str(UUID(int=0))).int


STORY = Story("halves", _QUESTIONS, (_made, _written_again))
