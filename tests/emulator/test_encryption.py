"""Encryption of networks, seen from the other side (docs/facts/arm-peering.md, Encryption of the other network)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator.arm import Arm
from tests.emulator.sdk import HUB, SPOKE, half_id, network_id

HALF = {"properties": {"remoteVirtualNetwork": {"id": network_id("spoke")}}}
DROP = {"enabled": True, "enforcement": "DropUnencrypted"}


def encrypted(setting: dict[str, Any]) -> dict[str, Any]:
    return {**SPOKE["body"], "properties": {**SPOKE["body"]["properties"], "encryption": setting}}


@pytest.mark.parametrize("version", ["2022-01-01", "2024-05-01", "2026-03-01"])
async def test_it_follows_the_remote_networks_setting_and_not_the_version(arm: Arm, version: str) -> None:
    arm.given(HUB, SPOKE, {"id": half_id("hub", "spoke"), "body": HALF})
    url = f"{half_id('hub', 'spoke')}?api-version={version}"
    assert "remoteVirtualNetworkEncryption" not in (await arm.ask("GET", url)).body["properties"]
    await arm.ask("PUT", network_id("spoke"), encrypted(DROP))
    assert (await arm.ask("GET", url)).body["properties"]["remoteVirtualNetworkEncryption"] == DROP
    before = f"{half_id('hub', 'spoke')}?api-version=2019-09-01"
    assert "remoteVirtualNetworkEncryption" not in (await arm.ask("GET", before)).body["properties"]


@pytest.mark.parametrize("setting", [{"enabled": True}, {"enforcement": "DropUnencrypted"}])
async def test_half_a_setting_is_refused(arm: Arm, setting: dict[str, Any]) -> None:
    arm.given(SPOKE)
    refused = await arm.ask("PUT", network_id("spoke"), encrypted(setting))
    assert (refused.status, refused.code) == (400, "MustSpecifyBothEncryptionIntentAndEnforcementPolicy")


async def test_encryption_that_is_off_needs_no_enforcement(arm: Arm) -> None:
    arm.given(SPOKE)
    body = (await arm.ask("PUT", network_id("spoke"), encrypted({"enabled": False}))).body
    assert body["properties"]["encryption"] == {"enabled": False, "enforcement": "AllowUnencrypted"}
