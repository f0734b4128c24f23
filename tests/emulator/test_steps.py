"""What recordings of real traffic say of statuses, headers and states, played to the emulator in every clone."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from localazure.emulator.latency import Mode
from tests import shared
from tests.emulator.conformance.play import Play
from tests.emulator.conformance.steps import FOLDER, Step, Table
from tests.emulator.conformance.tables import tables
from tests.emulator.running import SteppedClock, https_client, running

FILES = sorted(FOLDER.glob("*.jsonl"))
_PEERINGS = FOLDER / "azurecli-2023__test_network_vnet_peering.jsonl"


async def play(table: Table, folder: Path) -> list[str]:
    clock = SteppedClock()
    async with running(folder, Mode.REAL, clock) as server, https_client(folder) as session:
        return await Play(server, clock, session).run(table)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
async def test_the_emulator_answers_as_azure_did(file: Path, tmp_path: Path) -> None:
    assert await play(Table.read(file), tmp_path) == []


@pytest.mark.parametrize(
    ("number", "change"),
    [
        (1, {"status": 200}),
        (1, {"headers": {}}),
        (1, {"states": {"provisioningState": "Succeeded"}}),
        (31, {"states": {"provisioningState": "Updating", "peeringState": "Initiated"}}),
        (41, {"headers": {"azure-asyncoperation": "operation-1", "location": "operation-1"}}),
    ],
)
async def test_a_difference_is_found(number: int, change: dict[str, Any], tmp_path: Path) -> None:
    table = Table.read(_PEERINGS)
    steps: list[Step] = list(table.steps)
    steps[number] = dataclasses.replace(steps[number], **change)
    found = await play(dataclasses.replace(table, steps=steps), tmp_path)
    assert found
    assert found[0].startswith(f"line {number + 2}: ")


def test_enough_is_kept() -> None:
    """Hundreds of answers; the states of a peering that recordings show, and how operations go."""
    steps = [step for file in FILES for step in Table.read(file).steps if step.status]
    assert len(steps) > 300
    seen = {state for step in steps for state in step.states.values()}
    assert seen >= {"Initiated", "Connected", "FullyInSync", "Updating", "InProgress", "Succeeded"}


@shared.needs("recordings")
def test_the_tables_are_what_the_recordings_say() -> None:
    """Where not: `python -m tests.emulator.conformance.tables` makes them anew."""
    assert {file.name: file.read_text("utf-8") for file in FILES} == tables()
