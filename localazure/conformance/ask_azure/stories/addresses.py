"""Prefixes that a network or a subnet may have, and the codes of those that it may not."""

from __future__ import annotations

from localazure.conformance.ask_azure.ground import SPOKES, Ground
from localazure.conformance.ask_azure.question import Answers, Question
from localazure.conformance.ask_azure.rest import Reply
from localazure.conformance.ask_azure.story import Story

_SPOKE = SPOKES[5]
_ADDRESSES, _IN_USE = "docs/facts/arm-networks.md, Address space", "docs/facts/arm-networks.md, Prefixes in use"
_CODES = ("NetcfgInvalidIPAddressPrefix", "NetcfgInvalidVirtualNetworkSite")

_QUESTIONS = (
    Question(
        "too small",
        _ADDRESSES,
        "A prefix of a network too small for any subnet (/30) is refused.",
        "refused",
        "networkPrefixSize",
        {"refused": "checked", "accepted": "taken"},
    ),
    Question(
        "the code",
        _ADDRESSES,
        "A prefix that is reserved, and one that is given twice, are refused with NetcfgInvalidIPAddressPrefix.",
        _CODES[0],
        "invalidPrefixCode",
        {code: code for code in _CODES},
    ),
    Question(
        "host bits", _ADDRESSES, "A prefix with bits set behind its length is refused.", "400 InvalidCIDRNotation"
    ),
    Question("no prefix", _ADDRESSES, "A text that is no prefix is refused.", "400 InvalidAddressPrefixFormat"),
    Question("public", _ADDRESSES, "A public range is accepted.", "200"),
    Question(
        "subnet outside", _IN_USE, "A subnet outside of its network is refused.", "400 NetcfgSubnetRangeOutsideVnet"
    ),
    Question("subnets overlap", _IN_USE, "Two subnets must not overlap.", "400 NetcfgSubnetRangesOverlap"),
    Question("subnet too small", _ADDRESSES, "A subnet of /30 is refused.", "400 NetcfgInvalidSubnet"),
    Question(
        "prefix in use",
        _IN_USE,
        "A prefix that a subnet lies in cannot be taken from its network.",
        "400 NetcfgSubnetRangeOutsideVnet",
    ),
    Question(
        "elsewhere",
        "docs/facts/arm-networks.md, Never write the network",
        "A network cannot be written into another region.",
        "409 InvalidResourceLocation",
    ),
)


async def _of_networks(ground: Ground, answers: Answers) -> None:
    small = await ground.put(_SPOKE, ["10.116.9.0/30"])
    answers.saw("too small", "accepted" if small.accepted else "refused")
    reserved = await ground.put(_SPOKE, ["169.254.7.0/24"])
    twice = await ground.put(_SPOKE, ["10.116.0.0/24", "10.116.0.0/24"])
    same = reserved.code == twice.code and not reserved.accepted
    answers.saw("the code", reserved.code if same else f"reserved: {reserved.said}, twice: {twice.said}")
    answers.saw("host bits", (await ground.put(_SPOKE, ["10.116.0.1/24"])).said)
    answers.saw("no prefix", (await ground.put(_SPOKE, ["ten"])).said)
    answers.saw("public", (await ground.put(_SPOKE, ["198.51.100.0/24"])).said)
    await ground.fresh()
    there = "northeurope" if ground.location != "northeurope" else "westeurope"
    moved = await ground.rest.write("PUT", ground.network(_SPOKE), ground.body(_SPOKE) | {"location": there})
    answers.saw("elsewhere", moved.said)


async def _of_subnets(ground: Ground, answers: Answers) -> None:
    answers.saw("subnet outside", (await put_subnet(ground, _SPOKE, "outside", "10.99.0.0/26")).said)
    answers.saw("subnet too small", (await put_subnet(ground, _SPOKE, "small", "10.116.0.0/30")).said)
    await ground.fresh()
    await put_subnet(ground, _SPOKE, "first", "10.116.0.0/26")
    answers.saw("subnets overlap", (await put_subnet(ground, _SPOKE, "second", "10.116.0.32/27")).said)
    answers.saw("prefix in use", (await ground.put(_SPOKE, ["10.116.7.0/24"])).said)


async def put_subnet(ground: Ground, name: str, subnet: str, prefix: str) -> Reply:
    """The first answer, when its operation has ended."""
    path = f"{ground.changes(name)}/subnets/{subnet}"
    reply = await ground.rest.write("PUT", path, {"properties": {"addressPrefix": prefix}})
    await ground.rest.ended(reply)
    return reply


STORY = Story("addresses", _QUESTIONS, (_of_networks, _of_subnets))
