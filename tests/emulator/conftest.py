"""Fixtures of the emulator's tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from localazure.emulator.latency import Mode
from tests.emulator.arm import Arm, arm_of
from tests.emulator.sdk import Azure, sdk


@pytest.fixture
async def azure(tmp_path: Path) -> AsyncIterator[Azure]:
    """Operations end at once."""
    async with sdk(tmp_path, Mode.NONE) as azure:
        yield azure


@pytest.fixture
async def slow_azure(tmp_path: Path) -> AsyncIterator[Azure]:
    """Operations take as long as in Azure, on a clock that only the test moves."""
    async with sdk(tmp_path, Mode.REAL) as azure:
        yield azure


@pytest.fixture
async def arm(tmp_path: Path) -> AsyncIterator[Arm]:
    """Operations end at once."""
    async with arm_of(tmp_path, Mode.NONE) as arm:
        yield arm


@pytest.fixture
async def slow_arm(tmp_path: Path) -> AsyncIterator[Arm]:
    """Operations take as long as in Azure, on a clock that only the test moves; throttles are on."""
    async with arm_of(tmp_path, Mode.REAL) as arm:
        yield arm
