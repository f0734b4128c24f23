"""What ARM does wrong on the wire, and what the app makes of it: nothing is stuck, nothing is cut by mistake."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.e2e.town import WEU, Town, vnet_id

type Rule = dict[str, Any]

_PASSES: list[Rule] = [
    {"fail": {"code": "Canceled", "message": "x"}},
    {"fail": {"code": "InternalServerError", "message": "x"}},
    {"answer": {"status": 429, "code": "RetryableError", "message": "The call can be retried in 1 seconds."}},
    {"answer": {"status": 503, "code": "ServiceUnavailable", "message": "x"}},
    {"drop": "before"},
    {"drop": "after"},
]
_NO = ["RequestDisallowedByPolicy", "DenyAssignmentAuthorizationFailed", "AuthorizationFailed"]
_LIES = [(404, "ResourceNotFound"), (404, "ResourceGroupNotFound"), (404, "SubscriptionNotFound"), (403, "Denied")]


@pytest_asyncio.fixture(autouse=True)
async def faults(town: Town) -> AsyncIterator[None]:
    yield
    await town.put("/control/faults", [])


def rule(method: str, path: str, **what: Any) -> Rule:  # noqa: ANN401 - the members of a rule
    return {"match": {"method": method, "path": path}, **what}


def half_of(side: str, name: str) -> str:
    """A pattern for the path of the hub's half of this spoke, or of the spoke's own."""
    halves = "/virtualnetworkpeerings/"
    return f"hub-weu{halves}[^/]*{name}" if side == "hub" else f"/virtualnetworks/{name}{halves}"


async def tag(town: Town, name: str, space: str) -> str:
    spoke = vnet_id(name)
    await town.arm.put_vnet(spoke, "westeurope", [space], {"hub": "prod-weu"})
    return spoke


async def peered(town: Town, spoke: str) -> bool:
    here, there = await town.half(spoke, WEU), await town.half(WEU, spoke)
    return (here["peeringState"], there["peeringState"], here["useRemoteGateways"]) == ("Connected", "Connected", True)


async def alone(town: Town, spoke: str) -> bool:
    """Whether the hub has no half to it."""
    halves = (await town.arm.get(WEU))["properties"]["virtualNetworkPeerings"]
    return spoke.lower() not in [each["properties"]["remoteVirtualNetwork"]["id"].lower() for each in halves]


@pytest.mark.long
async def test_whatever_passes_is_waited_out_on_either_half(town: Town) -> None:
    troubles = [(f"passes-{side}-{n}", side, what) for n, what in enumerate(_PASSES) for side in ("hub", "spoke")]
    await town.put("/control/faults", [rule("PUT", half_of(side, name), **what) for name, side, what in troubles])
    spokes = [await tag(town, name, f"10.70.{n}.0/24") for n, (name, _, _) in enumerate(troubles)]
    await asyncio.gather(*(town.record(spoke, "Connected") for spoke in spokes))
    assert all([await peered(town, spoke) for spoke in spokes])
    assert [each["hits"] for each in (await town.get("/control/faults"))["rules"]] == [1] * len(troubles)
    assert [await town.outcomes(spoke) for spoke in spokes] == [["Autopeer.Spoke.Connected"]] * len(spokes)


@pytest.mark.long
async def test_the_hubs_half_is_taken_back_while_the_spokes_side_says_no(town: Town) -> None:
    names = {code: f"says-no-{n}" for n, code in enumerate(_NO)}
    await town.put(
        "/control/faults",
        [
            rule("PUT", half_of("spoke", name), times=None, answer={"status": 403, "code": code, "message": "x"})
            for code, name in names.items()
        ],
    )
    spokes = {code: await tag(town, name, f"10.71.{n}.0/24") for n, (code, name) in enumerate(names.items())}
    for code, spoke in spokes.items():
        assert await says(town, spoke, code)
        assert await alone(town, spoke)
    await town.put("/control/faults", [])
    for spoke in spokes.values():
        await town.arm.merge_tags(spoke, {"cured": "yes"})
        await town.record(spoke, "Connected")
        assert await peered(town, spoke)


async def says(town: Town, spoke: str, code: str) -> bool:
    """Whether the record says in the end why it waits, and until when."""
    for _ in range(300):
        record = await town.record(spoke, "Pending")
        if [finding["code"] for finding in record["findings"]] == [code]:
            return bool(record["notBefore"])
        await asyncio.sleep(0.1)
    return False


async def lied_to(town: Town, times: int) -> None:
    for _ in range(300):
        if min(each["hits"] for each in (await town.get("/control/faults"))["rules"]) >= times:
            return
        await asyncio.sleep(0.1)
    raise AssertionError("nobody looked at the networks")


@pytest.mark.long
async def test_reads_that_lie_about_a_network_cut_nothing(town: Town) -> None:
    spokes = [await tag(town, f"lied-about-{n}", f"10.72.{n}.0/24") for n in range(len(_LIES))]
    await asyncio.gather(*(town.record(spoke, "Connected") for spoke in spokes))
    before = [await town.writes(spoke) for spoke in spokes]
    lies = [
        rule(
            "GET",
            f"/virtualnetworks/lied-about-{n}$",
            times=None,
            answer={"status": status, "code": code, "message": ""},
        )
        for n, (status, code) in enumerate(_LIES)
    ]
    await town.put("/control/faults", lies)
    for spoke in spokes:
        (await town.app.post("/api/peerings", json={"spoke": spoke, "hub": "prod-weu"})).raise_for_status()
    await lied_to(town, 2)  # when the request came, and again when the hub was drained
    await town.until_no_message_waits()
    await town.put("/control/faults", [])
    assert [await town.writes(spoke) for spoke in spokes] == before
    assert all([await peered(town, spoke) for spoke in spokes])


@pytest.mark.long
async def test_a_network_that_is_seen_late_is_peered_and_one_that_is_deleted_frees_its_range(town: Town) -> None:
    late = rule("GET", "/virtualnetworks/seen-late$", answer={"status": 404, "code": "ResourceNotFound", "message": ""})
    unseen = rule("GET", "/virtualnetworks/hub-weu$", answer={"status": 404, "code": "ResourceNotFound", "message": ""})
    await town.put("/control/faults", [late, unseen])
    spoke = await tag(town, "seen-late", "10.73.0.0/24")
    await town.record(spoke, "Connected")
    assert await peered(town, spoke)
    assert await town.outcomes(spoke) == ["Autopeer.Spoke.Connected"]
    await town.arm.delete(spoke)
    await town.record(spoke, "Removed")
    assert await alone(town, spoke)
