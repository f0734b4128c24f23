"""What a sync has brought about is read, and not taken from the answer to it (docs/facts/arm-peering.md, Sync)."""

import pytest

from peering.core.network.vnets import Half, SyncLevel
from tests.contract.oddities import HALF
from tests.contract.scripted_arm import ScriptedArm, whole


@pytest.mark.parametrize("level", [SyncLevel.FULLY_IN_SYNC, SyncLevel.LOCAL_NOT_IN_SYNC])
async def test_after_a_sync_the_half_is_read(scripted: ScriptedArm, level: SyncLevel) -> None:
    behind = HALF | {"properties": HALF["properties"] | {"peeringSyncLevel": level}}
    found = await scripted.outcome("sync", (200, whole(HALF)), (200, whole(behind)))
    assert isinstance(found, Half)
    assert found.sync_level == level
