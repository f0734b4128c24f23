"""Encryption of a network, and what the half of another one shows of it."""

from __future__ import annotations

from localazure.conformance.ask_azure.ground import HUBS, SPOKES, Ground
from localazure.conformance.ask_azure.question import Answers, Question
from localazure.conformance.ask_azure.story import Story

_HUB, _WITH, _WITHOUT = HUBS[0], SPOKES[2], SPOKES[3]
_FACT = "docs/facts/arm-peering.md, Encryption of the other network"

_QUESTIONS = (
    Question(
        "on alone",
        _FACT,
        "Encryption that is on without an enforcement is refused.",
        "400 MustSpecifyBothEncryptionIntentAndEnforcementPolicy",
    ),
    Question(
        "off alone", _FACT, "Encryption that is off gets the enforcement AllowUnencrypted.", "200 AllowUnencrypted"
    ),
    Question(
        "remote with it",
        _FACT,
        "A half shows the encryption of a network that has the setting.",
        "False AllowUnencrypted",
    ),
    Question("remote without it", _FACT, "A half to a network without the setting shows none.", "none"),
)


async def _set(ground: Ground, answers: Answers) -> None:
    answers.saw("on alone", (await ground.put(_WITH, encryption={"enabled": True})).said)
    off = await ground.put(_WITH, encryption={"enabled": False})
    answers.saw("off alone", f"{off.said} {off.get('properties', 'encryption', 'enforcement') or ''}".strip())
    for name, remote in (("remote with it", _WITH), ("remote without it", _WITHOUT)):
        half = await ground.put_half(_HUB, remote)
        shown = half.get("properties", "remoteVirtualNetworkEncryption")
        seen = f"{shown.get('enabled')} {shown.get('enforcement')}" if shown else "none"
        answers.saw(name, seen if half.accepted else half.said)


STORY = Story("encryption", _QUESTIONS, (_set,))
