"""What storage does wrong while a network is tagged: its pair is made all the same, once, and its row is true."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from localazure.client.stage import stage
from tests.e2e.estate import hub_id, write_scenario
from tests.e2e.town import Town, visit, vnet_id

type Rule = dict[str, Any]

# One call of the app's on each way of a pair: its row is made, its alarm set, its hub taken, its outcome written.
_CALLS: dict[str, Rule] = {
    "row": {"service": "table", "method": "POST", "name": "peerings"},
    "alarm": {"service": "queue", "method": "POST", "path": "visibilitytimeout="},
    "lease": {"service": "blob", "method": "PUT", "path": "comp=lease"},
    "outcome": {"service": "table", "method": "PUT", "name": "peerings"},
}
# More refusals than the SDKs repeat a call; an answer later than they wait, of a call that was carried out; and none.
_TROUBLES: dict[str, Rule] = {
    "refused": {"times": 4, "answer": {"status": 503, "code": "ServerBusy"}},
    "late": {"delaySeconds": 7},
    "silent": {"hang": "before"},
}
_PATIENCE = 180.0


@pytest.mark.long
async def test_a_pair_is_made_once_whatever_storage_does(tmp_path: Path) -> None:
    """Each trouble has a hub of its own, because one alarm serves all spokes of a hub."""
    turns = {f"{call}-{trouble}": (_CALLS[call], _TROUBLES[trouble]) for call in _CALLS for trouble in _TROUBLES}
    hubs = {name: f"10.0.{number}.0/24" for number, name in enumerate(turns)}
    spokes = {vnet_id(f"at-{name}"): f"10.74.{number}.0/24" for number, name in enumerate(turns)}
    scenario = write_scenario(tmp_path / "scenario", hubs, spokes, gateways=True)
    setting = "--setting=AUTOPEER_LEASE_SECONDS=15"
    async with stage("--scenario", str(scenario), "--latency", "none", setting) as ready, visit(ready) as town:
        for hub, (match, trouble) in turns.items():
            await town.put("/control/storage/faults", [{"match": match, **trouble}])
            spoke = vnet_id(f"at-{hub}")
            await town.arm.merge_tags(spoke, {"hub": hub})
            await town.record(spoke, "Connected", longest=_PATIENCE)
            assert (await town.get("/control/storage/faults"))["rules"][0]["hits"] == trouble.get("times", 1), hub
            assert await _wrong(town, hub, spoke) == []


async def _wrong(town: Town, hub: str, spoke: str) -> list[str]:
    """What of the pair is not as it must be in the end."""
    here, there = await town.half(spoke, hub_id(hub)), await town.half(hub_id(hub), spoke)
    [row] = await town.rows("peerings", hub)
    writes = await town.writes(spoke)
    found = {
        "states": ((here["peeringState"], there["peeringState"]), ("Connected", "Connected")),
        "levels": ((here["peeringSyncLevel"], there["peeringSyncLevel"]), ("FullyInSync", "FullyInSync")),
        "flags": ((here["useRemoteGateways"], there["allowGatewayTransit"]), (True, True)),
        "row": ((row["state"], row["findings"], row["gateway"] != "none"), ("Connected", "[]", True)),
        "names": (sorted((row["hubPeering"].lower(), row["spokePeering"].lower())), sorted(writes)),
        "writes": (len(writes), 2),
        "events": (set(await town.outcomes(spoke)), {"Autopeer.Spoke.Connected"}),  # at least once
    }
    return [f"{spoke}, {name}: {got}, not {wanted}" for name, (got, wanted) in found.items() if got != wanted]
