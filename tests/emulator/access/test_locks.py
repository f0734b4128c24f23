"""Locks as resources, and what they keep from happening (docs/facts/arm-access.md, Locks)."""

from __future__ import annotations

import pytest

from tests.emulator.arm import Arm
from tests.emulator.sdk import GROUP, HUB, SPOKE, SUBSCRIPTION, half_id, network_id

SUB = f"/subscriptions/{SUBSCRIPTION}"
HALF = {"properties": {"remoteVirtualNetwork": {"id": network_id("spoke")}}}
BACK = {"properties": {"remoteVirtualNetwork": {"id": network_id("hub")}}}


def lock_id(scope: str, name: str = "keep") -> str:
    return f"{scope}/providers/Microsoft.Authorization/locks/{name}"


async def lock(arm: Arm, scope: str, level: str, name: str = "keep") -> int:
    return (await arm.ask("PUT", lock_id(scope, name), {"properties": {"level": level}})).status


@pytest.fixture
async def pair(arm: Arm) -> Arm:
    arm.given(HUB, SPOKE, {"id": half_id("hub", "spoke"), "body": HALF}, {"id": half_id("spoke", "hub"), "body": BACK})
    return arm


@pytest.mark.parametrize("scope", [network_id("hub"), GROUP, SUB, half_id("hub", "spoke")])
async def test_a_deletion_is_refused_at_and_below_the_lock_and_a_write_is_not(pair: Arm, scope: str) -> None:
    assert await lock(pair, scope, "CanNotDelete") == 201
    refused = await pair.ask("DELETE", half_id("hub", "spoke"))
    assert (refused.status, refused.headers["x-ms-failure-cause"]) == (409, "gateway")
    assert refused.body == {
        "error": {
            "code": "ScopeLocked",
            "message": (
                f"The scope '{half_id('hub', 'spoke')}' cannot perform delete operation because following scope(s) "
                f"are locked: '{scope}'. Please remove the lock and try again."
            ),
        }
    }
    assert (await pair.ask("PUT", half_id("hub", "spoke"), HALF)).status == 200
    assert (await pair.ask("DELETE", network_id("hub"))).code == "ScopeLocked"
    assert (await pair.ask("DELETE", GROUP)).code == "ScopeLocked"
    assert (await pair.ask("DELETE", lock_id(scope))).status == 200
    assert (await pair.ask("DELETE", half_id("hub", "spoke"))).status == 202


@pytest.mark.parametrize("scope", [network_id("hub"), GROUP, SUB])
async def test_read_only_refuses_writes_too(pair: Arm, scope: str) -> None:
    await lock(pair, scope, "ReadOnly")
    refused = await pair.ask("PUT", half_id("hub", "spoke"), HALF)
    assert (refused.status, refused.code) == (409, "ScopeLocked")
    assert "cannot perform write operation" in refused.body["error"]["message"]
    tags = {"operation": "Merge", "properties": {"tags": {"a": "b"}}}
    tagged = f"{network_id('hub')}/providers/Microsoft.Resources/tags/default"
    assert (await pair.ask("PATCH", tagged, tags)).code == "ScopeLocked"
    assert (await pair.ask("DELETE", half_id("hub", "spoke"))).code == "ScopeLocked"
    assert (await pair.ask("GET", half_id("hub", "spoke"))).status == 200
    assert await lock(pair, scope, "CanNotDelete") == 200


async def test_a_lock_on_the_hub_leaves_the_spoke_alone(pair: Arm) -> None:
    await lock(pair, network_id("hub"), "ReadOnly")
    assert (await pair.ask("PUT", half_id("spoke", "hub"), BACK)).status == 200
    assert (await pair.ask("DELETE", half_id("spoke", "hub"))).status == 202


async def test_or_not_if_the_switch_says_so(pair: Arm) -> None:
    await lock(pair, network_id("hub"), "ReadOnly")
    await pair.control("PUT", "/control/switches", {"readOnlyLockOnRemote": "refused"})
    assert (await pair.ask("PUT", half_id("spoke", "hub"), BACK)).code == "ScopeLocked"
    assert (await pair.ask("DELETE", half_id("spoke", "hub"))).status == 202


async def test_a_list_shows_own_inherited_and_inner_locks(pair: Arm) -> None:
    """docs/facts/arm-access.md, Reading locks."""
    for name, scope in [("s", SUB), ("g", GROUP), ("h", network_id("hub")), ("p", half_id("hub", "spoke"))]:
        await lock(pair, scope, "CanNotDelete", name)
    await lock(pair, network_id("spoke"), "CanNotDelete", "other")

    async def names(scope: str) -> list[str]:
        found = (await pair.ask("GET", f"{scope}/providers/Microsoft.Authorization/locks")).body["value"]
        return [each["name"] for each in found]

    assert await names(network_id("hub")) == ["s", "g", "h", "p"]
    assert await names(SUB) == ["s", "g", "h", "p", "other"]


async def test_what_is_not_there_cannot_be_locked_and_what_is_no_lock_is_not_found(pair: Arm) -> None:
    assert await lock(pair, network_id("nobody"), "CanNotDelete") == 404
    assert await lock(pair, GROUP + "x", "CanNotDelete") == 404
    assert await lock(pair, f"{network_id('hub')}/subnets/nobody", "CanNotDelete") == 404
    assert await lock(pair, network_id("hub"), "Frozen") == 400
    assert (await pair.ask("GET", lock_id(GROUP))).code == "LockNotFound"
    assert (await pair.ask("DELETE", lock_id(GROUP))).status == 204


async def test_locks_are_saved_and_loaded_with_the_rest(pair: Arm) -> None:
    await lock(pair, network_id("hub"), "CanNotDelete")
    saved = (await pair.control("GET", "/control/state")).body
    await pair.ask("DELETE", lock_id(network_id("hub")))
    await pair.control("PUT", "/control/state", saved)
    assert (await pair.ask("DELETE", network_id("hub"))).code == "ScopeLocked"
    older = {name: value for name, value in saved.items() if name != "access"}
    assert (await pair.control("PUT", "/control/state", older)).status == 204
    assert (await pair.ask("DELETE", network_id("hub"))).status == 202
