"""Deny assignments and policies, as a test puts them in place (docs/facts/arm-access.md, Policies)."""

from __future__ import annotations

import json

import pytest

from localazure.emulator.identity import object_id_of
from tests.emulator.access.client import APP, SUB, access, asking_as
from tests.emulator.arm import Arm
from tests.emulator.sdk import GROUP, HUB, SPOKE, half_id, network_id

ME = object_id_of(APP)
HALF = {"properties": {"remoteVirtualNetwork": {"id": network_id("spoke")}}}
PEERINGS = "Microsoft.Network/virtualNetworks/virtualNetworkPeerings"


async def test_a_deny_assignment_strikes_whom_it_names_and_where(arm: Arm) -> None:
    """docs/facts/arm-access.md, Deny assignments."""
    arm.given(HUB, SPOKE)
    name = "Deny assignment 'x' created by Deployment Stack 'y'."
    denial = {"name": name, "scope": GROUP, "actions": ["*/write", "*/delete"], "principals": [ME]}
    await access(arm, denyAssignments=[denial])
    refused = await asking_as(arm, APP)("PUT", half_id("hub", "spoke"), HALF)
    assert (refused.status, refused.code) == (403, "DenyAssignmentAuthorizationFailed")
    start, found, end = refused.body["error"]["message"].partition(f"deny assignment with name '{name}' and Id '")
    assert start == (
        f"The client '{APP}' with object id '{ME}' has permission to perform action '{PEERINGS}/write' on scope "
        f"'{half_id('hub', 'spoke')}'; however, the access is denied because of the "
    )
    assert found
    assert end.endswith(f"' at scope '{GROUP}'.")
    assert len(end.partition("'")[0]) == 32
    assert (await asking_as(arm, APP)("GET", network_id("hub"))).status == 200
    assert (await arm.ask("PUT", half_id("hub", "spoke"), HALF)).status == 201


async def test_a_deny_assignment_on_the_remote_network(arm: Arm) -> None:
    arm.given(HUB, SPOKE)
    denial = {"name": "d", "scope": network_id("spoke"), "actions": ["*/action"], "excludePrincipals": [ME]}
    await access(arm, denyAssignments=[denial])
    refused = await arm.ask("PUT", half_id("hub", "spoke"), HALF)
    assert refused.code == "LinkedAuthorizationFailed"
    assert f"blocked by deny assignments on the '1' linked scope(s) '{network_id('spoke')}'." in str(refused.body)
    assert (await asking_as(arm, APP)("PUT", half_id("hub", "spoke"), HALF)).status == 201


async def test_a_policy_refuses_the_write_and_names_itself(arm: Arm) -> None:
    arm.given(HUB, SPOKE)
    await access(arm, policies=[{"name": "no-peering", "scope": SUB, "actions": [f"{PEERINGS}/write"]}])
    refused = await arm.ask("PUT", half_id("hub", "spoke"), HALF)
    error = refused.body["error"]
    assert (refused.status, error["code"], error["target"]) == (403, "RequestDisallowedByPolicy", "to-spoke")
    assert "details" not in error
    start, _, rest = error["message"].partition(" Policy identifiers: '")
    assert start == "Resource 'to-spoke' was disallowed by policy."
    identifier = json.loads(rest.removesuffix("'."))[0]
    assert (
        identifier["policyAssignment"]["id"] == f"{SUB}/providers/Microsoft.Authorization/policyAssignments/no-peering"
    )
    assert error["additionalInfo"][0]["type"] == "PolicyViolation"
    assert error["additionalInfo"][0]["info"]["policyDefinitionEffect"] == "Deny"


async def test_a_policy_with_a_message_of_its_own_gives_its_reason(arm: Arm) -> None:
    arm.given(HUB, SPOKE)
    reason = "Only the network team peers. Ask network@contoso.example."
    await access(arm, policies=[{"name": "p", "scope": GROUP, "actions": ["*"], "reason": reason}])
    error = (await arm.ask("PUT", half_id("hub", "spoke"), HALF)).body["error"]
    assert error["message"] == (
        f"Resource 'to-spoke' was disallowed by policy. Reasons: '{reason}'. See error details for policy resource IDs."
    )
    assert error["additionalInfo"][0]["info"]["evaluationDetails"]["reason"] == reason


async def test_effects(arm: Arm) -> None:
    arm.given(HUB, SPOKE, {"id": half_id("hub", "spoke"), "body": HALF})
    audit = {"name": "p", "scope": GROUP, "actions": ["*"], "effect": "audit"}
    await access(arm, policies=[audit])
    assert (await arm.ask("PUT", half_id("hub", "spoke"), HALF)).status == 200
    await access(arm, policies=[audit | {"effect": "denyAction"}])
    assert (await arm.ask("PUT", half_id("hub", "spoke"), HALF)).status == 200
    assert (await arm.ask("DELETE", half_id("hub", "spoke"))).code == "RequestDisallowedByPolicy"
    await access(arm, policies=[])
    assert (await arm.ask("DELETE", half_id("hub", "spoke"))).status == 202


@pytest.mark.parametrize(
    "settings",
    [
        [],
        {"polices": []},
        {"policies": [{"name": "p"}]},
        {"policies": [{"name": "p", "scope": "/", "actions": ["*"], "effect": "explode"}]},
        {"denyAssignments": [{"scope": "/"}]},
        {"roleDelaySeconds": "soon"},
        {"owners": 5},
    ],
)
async def test_settings_that_cannot_be_understood_change_nothing(arm: Arm, settings: object) -> None:
    before = (await arm.control("GET", "/control/access")).body
    answer = await arm.control("PUT", "/control/access", settings)
    assert (answer.status == 400) is bool(settings)
    assert (await arm.control("GET", "/control/access")).body == before
