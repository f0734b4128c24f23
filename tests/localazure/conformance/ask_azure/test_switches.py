"""Each switch and setting turned the other way: the trial says that it is other, and nothing else, and what to set."""

from __future__ import annotations

from pathlib import Path

import pytest

from localazure.conformance.ask_azure.question import Verdict
from localazure.conformance.ask_azure.report import settings
from tests.localazure.conformance.ask_azure.asked import others, set_to, stage, unasked

pytestmark = pytest.mark.long  # each is a whole trial: hundreds of calls

AS_IT_IS: dict[str, object] = {
    "growthOverNeighbour": "sync",
    "readOnlyLockOnRemote": "ignored",
    "networkPrefixSize": "checked",
    "invalidPrefixCode": "NetcfgInvalidIPAddressPrefix",
    "referenceInFlight": "ReferencedResourceNotProvisioned",
    "conflict": "AnotherOperationInProgress",
    "halfHolds": "own",
    "staleSeconds": 0,
    "graphDelaySeconds": 10,
}
TURNED = [
    ("switches", "growthOverNeighbour", "network", "growth over a neighbour", "network"),
    ("switches", "readOnlyLockOnRemote", "refused", "read only on the remote", "409 ScopeLocked"),
    ("switches", "networkPrefixSize", "taken", "too small", "accepted"),
    ("switches", "invalidPrefixCode", "NetcfgInvalidVirtualNetworkSite", "the code", "NetcfgInvalidVirtualNetworkSite"),
    (
        "switches",
        "referenceInFlight",
        "AnotherOperationInProgress",
        "a reference",
        "409 AnotherOperationInProgress",
    ),
    ("latency", "conflict", "RetryableError", "a second write", "429 RetryableError"),
    ("latency", "halfHolds", "both", "spokes at once", "1 of 6"),
    ("latency", "staleSeconds", 20, "a network", "20 s"),
    ("latency", "graphDelaySeconds", 40, "the graph", "40 s"),
]
# What cannot be asked then: a read of 20 seconds ago does not show a write that takes ten.
_HIDDEN = {"staleSeconds": {"updating"}}


async def test_the_local_azure_is_as_assumed(tmp_path: Path) -> None:
    async with stage(tmp_path) as local:
        answers = await local.trial()
        assert others(answers) == {}
        assert unasked(answers) == {}
        found = settings(answers)
        assert found["switches"] | found["latency"] == AS_IT_IS
        for where, values in found.items():  # an emulator takes them as they are
            await local.control(where, values)
        assert sum(each.verdict is Verdict.ASSUMED for each in answers) > 90
        assert local.made() == []


@pytest.mark.parametrize(("where", "name", "value", "question", "seen"), TURNED, ids=[each[1] for each in TURNED])
async def test_it_finds_what_is_turned(
    where: str, name: str, value: object, question: str, seen: str, tmp_path: Path
) -> None:
    async with stage(tmp_path) as local:
        await local.control(where, {name: value})
        answers = await local.trial()
        assert others(answers) == {question: seen}
        assert set(unasked(answers)) == _HIDDEN.get(name, set())
        assert set_to(answers) == AS_IT_IS | {name: value}
        assert local.made() == []


def test_every_setting_that_is_asked_is_turned() -> None:
    assert {name for _, name, *_ in TURNED} == set(AS_IT_IS)
