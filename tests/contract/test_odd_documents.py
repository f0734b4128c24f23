"""Whatever ARM answers, nothing but AzureFailure leaves the adapter: 20,000 odd documents, without a server."""

import json
import logging
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import pytest
import yaml

from peering.core.network.failures import NO_ANSWER, UNEXPECTED, AzureFailure
from peering.core.network.vnets import Half, Vnet
from tests import shared
from tests.builders import HUB_ID, SPOKE_ID
from tests.contract.oddities import BUSY, DENIED, DONE, HALF, SUPERSEDED, VNET, Body, odd_body
from tests.contract.scripted_arm import POLL, Answer, ScriptedArm, whole


class Odd:
    """Makes odd documents, the same ones in every run, and counts them."""

    def __init__(self, vnets: list[Any], halves: list[Any]) -> None:
        self.dice = random.Random(20_261_123)  # noqa: S311 - nothing is secret here
        self.vnets, self.halves = vnets, halves
        self.made = 0

    def one_of(self, documents: list[Any]) -> Body:
        self.made += 1
        return odd_body(self.dice.choice(documents), self.dice)

    def script(self, call: str) -> list[Answer]:
        """The answers to one call."""
        if self.dice.random() < 0.2:
            return [(self.dice.choice([400, 401, 403, 404, 409, 429, 500, 503]), self.one_of([BUSY, DENIED]))]
        match call:
            case "read" | "tag":
                return [(200, self.one_of(self.vnets))]
            case "remove":
                return [(202, Body(b"", POLL)), (200, self.one_of([DONE, SUPERSEDED]))]
            case _:
                half = self.one_of(self.halves)
                half.headers.update(POLL if self.dice.random() < 0.5 else {})
                if self.dice.random() < 0.5:
                    return [(self.dice.choice([200, 201]), half)]
                return [(201, whole(HALF, **POLL)), (200, self.one_of([DONE, SUPERSEDED])), (200, half)]


def sound(found: object) -> None:
    """What comes out can be written into a row and into a message."""
    if isinstance(found, AzureFailure):
        assert found.message
        f"{found.code} {found.message}".encode()
        assert len(found.message) <= 1000
    elif found is not None:
        assert isinstance(found, Vnet | Half)
        json.dumps(asdict(found), ensure_ascii=False).encode()


CALLS = {"read": 13_500, "tag": 1_000, "remove": 500, "put": 3_000, "sync": 500}


async def look(scripted: ScriptedArm, calls: dict[str, int], odd: Odd) -> Counter[str]:
    seen = Counter[str]()
    for call, times in calls.items():
        for _ in range(times):
            found = await scripted.outcome(call, *odd.script(call))
            sound(found)
            seen[found.code if isinstance(found, AzureFailure) else type(found).__name__] += 1
    return seen


@pytest.mark.long
async def test_nothing_but_our_failure_comes_of_odd_documents(
    scripted: ScriptedArm, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL + 1)  # to write down ten thousand tracebacks takes longer than all the rest
    odd = Odd([VNET], [HALF])
    seen = await look(scripted, CALLS, odd)
    assert odd.made > 19_800
    assert min(seen[kind] for kind in ("Vnet", "Half", UNEXPECTED, "RetryableError", "NoneType")) > 500


def recorded() -> tuple[list[Any], list[Any]]:
    """The networks and halves that real Azure sent, under our ids."""
    vnets, halves = list[Any](), list[Any]()
    for path in sorted(shared.folder("recordings").glob("azurecli-*vnet*.yaml")):
        for interaction in yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)["interactions"]:
            text = interaction["response"]["body"]["string"]
            document = json.loads(text) if text.startswith("{") else {}
            kind = str(document.get("type", "")).lower()
            if kind == "microsoft.network/virtualnetworks":
                vnets.append(document | {"id": str(HUB_ID)})
            elif kind.endswith("/virtualnetworkpeerings"):
                halves.append(document)
    return vnets, halves


@shared.needs("recordings")
async def test_nothing_but_our_failure_comes_of_odd_recordings(
    scripted: ScriptedArm, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL + 1)
    vnets, halves = recorded()
    assert len(vnets) > 20
    assert len(halves) > 5
    seen = await look(scripted, {call: times // 10 for call, times in CALLS.items()}, Odd(vnets, halves))
    assert min(seen["Vnet"], seen[UNEXPECTED]) > 100


def changed(document: dict[str, Any], change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    copied: dict[str, Any] = json.loads(json.dumps(document))
    change(copied)
    return copied


UNREADABLE = {
    "no object": ([], "the network should be an object, and is a list"),
    "no id": (changed(VNET, lambda v: v.pop("id")), "id should be that of a virtual network, and is missing"),
    "another network": (VNET | {"id": str(SPOKE_ID)}, f"it is about {SPOKE_ID}"),
    "tags": (VNET | {"tags": ["hub"]}, "tags should be an object, and is a list"),
    "a tag": (VNET | {"tags": {"hub": 5}}, "hub should be a text, and is a number"),
    "location": (VNET | {"location": 5}, "location should be a text, and is a number"),
    "a half": (
        changed(VNET, lambda v: v["properties"]["virtualNetworkPeerings"][0].pop("name")),
        "virtualNetworkPeerings[0]: name should be a text, and is missing",
    ),
    "subnets": (
        changed(VNET, lambda v: v["properties"].update(subnets="none")),
        "subnets should be a list, and is a text",
    ),
}


@pytest.mark.parametrize("case", UNREADABLE)
async def test_the_failure_names_the_network_and_the_part(scripted: ScriptedArm, case: str) -> None:
    document, part = UNREADABLE[case]
    found = await scripted.outcome("read", (200, whole(document)))
    assert isinstance(found, AzureFailure)
    assert (found.status, found.code) == (NO_ANSWER, UNEXPECTED)
    assert found.message == f"Azure's answer about {HUB_ID} cannot be read: {part}."


async def test_a_half_that_cannot_be_read_is_named(scripted: ScriptedArm) -> None:
    found = await scripted.outcome("put", (200, whole(HALF | {"properties": 5})))
    assert isinstance(found, AzureFailure)
    assert f"{HUB_ID}/virtualNetworkPeerings/to-{SPOKE_ID.name}" in found.message


NO_JSON = {"empty": b"", "html": b"<html>", "deep": b"[" * 100_000, "huge": b"9" * 5000}


@pytest.mark.parametrize("case", NO_JSON)
async def test_a_200_that_is_no_json_is_no_refusal(scripted: ScriptedArm, case: str) -> None:
    found = await scripted.outcome("read", (200, Body(NO_JSON[case])))
    assert isinstance(found, AzureFailure)
    assert (found.status, found.code) == (NO_ANSWER, UNEXPECTED)
