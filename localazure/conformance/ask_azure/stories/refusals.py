"""What a half must not be: each refusal comes at once, with a code of its own."""

from __future__ import annotations

from localazure.conformance.ask_azure.ground import HUBS, SPOKES, Ground
from localazure.conformance.ask_azure.question import Answers, Question
from localazure.conformance.ask_azure.story import Story

_HUB, _SPOKE, _OTHER = HUBS[0], SPOKES[0], SPOKES[1]
_PEERING, _ERRORS = "docs/facts/arm-peering.md", "docs/facts/arm-errors.md"
_NOBODY = "trial-nobody"

_QUESTIONS = (
    Question(
        "another remote",
        f"{_PEERING}, Remote network cannot change",
        "A half cannot be turned to another network.",
        "400 ChangingRemoteVirtualNetworkNotAllowed",
    ),
    Question(
        "a second half",
        f"{_PEERING}, Remote network cannot change",
        "A second half to the same network, under another name, is refused.",
        "400 AnotherPeeringAlreadyReferencesRemoteVnet",
    ),
    Question(
        "a bad name",
        f"{_PEERING}, Names",
        "The name of a half does not begin with a hyphen.",
        "400 InvalidResourceName",
    ),
    Question(
        "both flags",
        f"{_PEERING}, Gateway flags",
        "Both gateway flags on one half are refused; the code is ours.",
        "400 AllowGatewayTransitAndUseRemoteGatewaysBothTrue",
    ),
    Question(
        "no gateway",
        f"{_PEERING}, Gateway flags",
        "useRemoteGateways is refused where the hub has no gateway.",
        "400 RemoteVnetHasNoGateways",
    ),
    Question(
        "no gateway, not verified",
        f"{_PEERING}, Gateway building",
        "doNotVerifyRemoteGateways does not help where there is no gateway at all.",
        "400 RemoteVnetHasNoGateways",
    ),
    Question(
        "no remote network",
        f"{_ERRORS}, Peering refusals",
        "A half to a network that is not there is refused.",
        "400 InvalidResourceReference",
    ),
    Question("no half", f"{_ERRORS}, Not found", "A half that is not there is the provider's 404.", "404 NotFound"),
    Question(
        "no network",
        "docs/facts/arm-networks.md, Gone",
        "A network that is not there is the gateway's 404.",
        "404 ResourceNotFound gateway",
    ),
    Question(
        "no parent",
        f"{_ERRORS}, Not found",
        "A half below a network that is not there cannot be written.",
        "404 ParentResourceNotFound",
    ),
)


async def _of_a_pair(ground: Ground, answers: Answers) -> None:
    await ground.pair(_HUB, _SPOKE)
    answers.saw("another remote", (await ground.put_half(_HUB, _OTHER, called=f"to-{_SPOKE}")).said)
    answers.saw("a second half", (await ground.put_half(_HUB, _SPOKE, called="again")).said)
    both = {"allowGatewayTransit": True, "useRemoteGateways": True}
    answers.saw("both flags", (await ground.put_half(_SPOKE, _HUB, both)).said)
    answers.saw("no gateway", (await ground.put_half(_SPOKE, _HUB, {"useRemoteGateways": True})).said)
    unverified = {"useRemoteGateways": True, "doNotVerifyRemoteGateways": True}
    answers.saw("no gateway, not verified", (await ground.put_half(_SPOKE, _HUB, unverified)).said)


async def _of_what_is_not_there(ground: Ground, answers: Answers) -> None:
    answers.saw("a bad name", (await ground.put_half(_HUB, _OTHER, called="-begins-with-a-hyphen")).said)
    answers.saw("no remote network", (await ground.put_half(_HUB, _NOBODY)).said)
    answers.saw("no half", (await ground.rest.send("GET", ground.half(_HUB, _NOBODY))).said)
    gone = await ground.rest.send("GET", ground.network(_NOBODY))
    answers.saw("no network", f"{gone.said} {gone.headers.get('x-ms-failure-cause', '')}".strip())
    answers.saw("no parent", (await ground.put_half(_NOBODY, _HUB)).said)


STORY = Story("refusals", _QUESTIONS, (_of_a_pair, _of_what_is_not_there))
