"""The demo's second act: its scenery is sound, and a scene that goes wrong does not look like a success."""

import io
import json
import subprocess
import sys
import time
import tomllib
from typing import Any

import pytest
from rich.console import Console

from localazure.demo import witness as watching
from localazure.demo.display import Scenes
from localazure.demo.play import Turn
from localazure.demo.scenery import CATALOGUE, scenery
from localazure.demo.scenes import Cast, scenes
from localazure.demo.story import story
from localazure.demo.witness import PlayError, Witness
from peering.core.catalogue.reader import read_catalogue

HUBS = "/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/rg-hubs/providers/Microsoft.Network"
WEU, NEU = f"{HUBS}/virtualNetworks/hub-weu", f"{HUBS}/virtualNetworks/hub-neu"
CAST = Cast({each.name: each for each in story("prod-weu")}, "prod-weu", WEU, "plain-neu", NEU)


class _Arm:
    """Takes every write, and shows one network."""

    def __init__(self, shown: dict[str, Any]) -> None:
        self.shown = shown

    async def get(self, network: str) -> dict[str, Any]:  # noqa: ARG002 - as the client has it
        return self.shown

    async def merge_tags(self, network: str, tags: dict[str, str]) -> None:
        pass

    async def delete(self, network: str) -> None:
        pass

    async def request(self, *asked: object) -> None:
        pass


class _Told(Witness):
    """A witness of what it was told: one document for every network, and one record for every hub."""

    def __init__(self, halves: dict[str, str], state: str, finding: str = "") -> None:
        shown = [
            {"properties": {"peeringState": said, "remoteVirtualNetwork": {"id": f"{HUBS}/virtualNetworks/{name}"}}}
            for name, said in halves.items()
        ]
        self.arm = _Arm({"tags": {}, "properties": {"virtualNetworkPeerings": shown}})  # type: ignore[assignment]
        self.states = state.split(" then ")
        self.findings = [{"code": finding}] if finding else []

    async def held(self, hub: str) -> dict[str, Any]:  # noqa: ARG002 - as the witness has it
        return {"digest": "0" * 16, "count": 3, "value": []}

    async def record(self, spoke: str, hub: str) -> dict[str, Any]:  # noqa: ARG002 - as the witness has it
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        return {"state": state, "findings": self.findings, "hub": hub}


async def played(about: str, witness: Witness) -> str:
    scene = next(each for each in scenes(CAST) if about in each.about)
    return await scene.play(witness, CAST)


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "_LONGEST", 0.3)


async def test_the_catalogue_is_sound_and_its_hubs_are_there() -> None:
    catalogue = read_catalogue(tomllib.loads(CATALOGUE.read_text("utf-8")))
    async with scenery() as folder:
        networks = {each["id"] for each in json.loads((folder / "networks.json").read_text("utf-8"))["resources"]}
        assert (folder / "hubs.toml").read_bytes() == CATALOGUE.read_bytes()
    assert {str(hub.vnet) for hub in catalogue.hubs.values()} == {WEU, NEU} <= networks
    assert list(catalogue.hubs) == ["prod-weu", "plain-neu"], "the first act plays at the first"


async def test_a_pair_that_a_typo_cuts_is_no_success() -> None:
    with pytest.raises(PlayError, match="cut lake off"):
        await played("mistyped", _Told({"hub-weu": "Disconnected"}, "Connected", "UnknownHub"))


async def test_a_typo_that_nobody_is_told_of_is_no_success() -> None:
    with pytest.raises(PlayError, match="status tag says UnknownHub"):
        await played("mistyped", _Told({"hub-weu": "Connected"}, "Connected", "UnknownHub"))


async def test_a_gap_in_a_move_is_no_success() -> None:
    with pytest.raises(PlayError, match="had no pair in"):
        await played("another hub", _Told({"hub-neu": "Initiated"}, "Pending then Connected then Removed"))


async def test_an_old_pair_that_stays_is_no_success() -> None:
    with pytest.raises(PlayError, match="still there"):
        await played("another hub", _Told({"hub-weu": "Connected"}, "Pending then Connected then Removed"))


async def test_what_a_deleted_network_leaves_behind_is_no_success() -> None:
    with pytest.raises(PlayError, match="still has a half"):
        await played("deleted as a network", _Told({"orders": "Disconnected"}, "Removed"))


async def test_a_brake_that_lets_one_go_is_no_success() -> None:
    with pytest.raises(PlayError, match="should have held wiki"):
        await played("all three lose", _Told({"web": "Connected", "mail": "Connected"}, "Leaving"))


async def test_a_record_that_does_not_come_ends_the_demo() -> None:
    with pytest.raises(PlayError, match="orders is Removed at plain-neu"):
        await played("deleted as a network", _Told({}, "Connected"))


def test_the_table_shows_what_was_is_and_will_be() -> None:
    first, second, third = (Turn(each) for each in scenes(CAST)[:3])
    first.began, first.ended, first.result = 10.0, 12.5, "the pair stays"
    second.began = time.monotonic()
    console = Console(width=110, record=True, file=io.StringIO())
    console.print(Scenes([first, second, third]))
    lines = console.export_text().splitlines()
    assert any("✔" in line and "the pair stays" in line and "2.5" in line for line in lines)
    assert any("…" in line and "orders is sent" in line for line in lines)
    assert not any(mark in line for line in lines if third.scene.about in line for mark in "✔…")


@pytest.mark.long
def test_the_whole_demo_is_over_within_a_minute() -> None:
    began = time.monotonic()
    run = subprocess.run([sys.executable, "-m", "localazure.demo"], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout[-2000:] + run.stderr
    assert run.stdout.count("✔") >= 3 + 6 + 3 + len(scenes(CAST)), "spokes, halves, rows, scenes"
    assert time.monotonic() - began < 60
