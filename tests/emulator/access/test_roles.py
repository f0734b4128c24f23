"""Roles through the real SDK, and what they let a caller do (docs/facts/arm-access.md, Role assignments)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from azure.core.exceptions import HttpResponseError
from azure.mgmt.authorization.aio import AuthorizationManagementClient

from localazure.emulator.identity import object_id_of
from tests.emulator.access.client import APP, SUB, access, asking_as, roles_client, switch
from tests.emulator.arm import Arm
from tests.emulator.sdk import GROUP, HUB, SPOKE, SUBSCRIPTION, half_id, network_id

ME = object_id_of(APP)
READER = f"{SUB}/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"
NETWORK = f"{SUB}/providers/Microsoft.Authorization/roleDefinitions/4d97b98b-1d4f-4787-a291-c67834d212e7"
HALF = {"properties": {"remoteVirtualNetwork": {"id": network_id("spoke")}}}
POLL = f"{SUB}/providers/Microsoft.Network/locations/westeurope/operations/{uuid4()}"


@pytest.fixture
async def roles(arm: Arm, tmp_path: Path) -> AsyncIterator[AuthorizationManagementClient]:
    arm.given(HUB, SPOKE)
    async with roles_client(arm, tmp_path) as client:
        yield client


async def give(roles: AuthorizationManagementClient, scope: str, role: str, who: str = ME) -> str:
    body: Any = {"properties": {"roleDefinitionId": role, "principalId": who, "principalType": "ServicePrincipal"}}
    return str((await roles.role_assignments.create(scope, str(uuid4()), body)).id)


async def code_of(call: Any) -> tuple[int | None, str]:  # noqa: ANN401  any call of the SDK
    with pytest.raises(HttpResponseError) as caught:
        await call
    return caught.value.status_code, str(caught.value.error.code if caught.value.error else "")


async def test_assignments_are_made_listed_and_deleted(roles: AuthorizationManagementClient) -> None:
    made = await give(roles, network_id("hub"), READER)
    above = await give(roles, GROUP, READER)
    below = [each.id async for each in roles.role_assignments.list_for_scope(GROUP)]
    assert sorted(map(str, below)) == sorted([made, above])
    at = [each.id async for each in roles.role_assignments.list_for_scope(network_id("hub"), filter="atScope()")]
    assert sorted(map(str, at)) == sorted([made, above])
    only = [each.id async for each in roles.role_assignments.list_for_scope(GROUP, filter="atScope()")]
    assert only == [above]
    mine = [each.id async for each in roles.role_assignments.list_for_subscription(filter=f"principalId eq '{ME}'")]
    assert len(mine) == 2
    assert (await roles.role_assignments.get_by_id(made)).created_by == object_id_of(
        "77777777-7777-4777-8777-777777777777"
    )
    gone = await roles.role_assignments.delete_by_id(made)
    assert gone is not None
    assert gone.id == made
    assert await roles.role_assignments.delete_by_id(made) is None


async def test_what_is_refused_about_assignments(arm: Arm, roles: AuthorizationManagementClient) -> None:
    first = await give(roles, GROUP, READER)
    assert await code_of(give(roles, GROUP, READER)) == (409, "RoleAssignmentExists")
    assert await code_of(give(roles, GROUP, f"{READER[:-1]}0")) == (400, "RoleDefinitionDoesNotExist")
    other: Any = {"properties": {"roleDefinitionId": NETWORK, "principalId": ME}}
    assert (await code_of(roles.role_assignments.create_by_id(first, other)))[1] == "RoleAssignmentUpdateNotPermitted"
    await access(arm, principals=[ME])
    stranger: Any = {"properties": {"roleDefinitionId": NETWORK, "principalId": str(uuid4())}}
    assert await code_of(roles.role_assignments.create(GROUP, str(uuid4()), stranger)) == (400, "PrincipalNotFound")
    stranger["properties"]["principalType"] = "ServicePrincipal"
    assert await roles.role_assignments.create(GROUP, str(uuid4()), stranger)


async def test_roles_of_ones_own(roles: AuthorizationManagementClient) -> None:
    guid = str(uuid4())
    actions = ["Microsoft.Network/virtualNetworks/read"]
    body: Any = {
        "properties": {
            "roleName": "Looker",
            "description": "Looks.",
            "type": "CustomRole",
            "permissions": [{"actions": actions}],
            "assignableScopes": [SUB],
        }
    }
    made = await roles.role_definitions.create_or_update(SUB, guid, body)
    assert made.role_name == "Looker"
    named = [each.name async for each in roles.role_definitions.list(SUB, filter="roleName eq 'looker'")]
    assert named == [guid]
    all_of_them = [each.role_name async for each in roles.role_definitions.list(SUB)]
    assert {"Looker", "Owner", "Reader"} <= set(all_of_them)
    twice = roles.role_definitions.create_or_update(SUB, str(uuid4()), body)
    assert await code_of(twice) == (409, "RoleDefinitionWithSameNameExists")
    held = await give(roles, GROUP, str(made.id))
    assert (await code_of(roles.role_definitions.delete(SUB, guid)))[1] == "RoleDefinitionHasAssignments"
    await roles.role_assignments.delete_by_id(held)
    assert (await roles.role_definitions.delete(SUB, guid)) is not None
    assert await code_of(roles.role_definitions.get(SUB, guid)) == (404, "RoleDefinitionDoesNotExist")


async def test_roles_bind_nobody_until_the_switch_is_on(arm: Arm, roles: AuthorizationManagementClient) -> None:
    ask = asking_as(arm, APP)
    assert (await ask("GET", network_id("hub"))).status == 200
    await switch(arm, roles="on")
    refused = await ask("GET", network_id("hub"))
    assert (refused.status, refused.headers["x-ms-failure-cause"]) == (403, "gateway")
    assert refused.body == {
        "error": {
            "code": "AuthorizationFailed",
            "message": (
                f"The client '{APP}' with object id '{ME}' does not have authorization to perform action "
                f"'Microsoft.Network/virtualNetworks/read' over scope '{network_id('hub')}' or the scope is invalid. "
                "If access was recently granted, please refresh your credentials."
            ),
        }
    }
    await give(roles, network_id("hub"), READER)
    assert (await ask("GET", network_id("hub"))).status == 200
    assert (await ask("GET", network_id("spoke"))).status == 403
    assert (await ask("GET", POLL)).status == 404


async def test_a_half_needs_a_role_on_both_networks(arm: Arm, roles: AuthorizationManagementClient) -> None:
    """docs/facts/arm-access.md, Actions of a peering."""
    ask, half = asking_as(arm, APP), half_id("hub", "spoke")
    await switch(arm, roles="on")
    await give(roles, network_id("hub"), NETWORK)
    refused = await ask("PUT", half, HALF)
    assert (refused.status, refused.code) == (403, "LinkedAuthorizationFailed")
    assert refused.body["error"]["message"] == (
        f"The client '{APP}' with object id '{ME}' has permission to perform action "
        f"'Microsoft.Network/virtualNetworks/virtualNetworkPeerings/write' on scope '{half}'; however, it does not "
        f"have permission to perform action(s) 'Microsoft.Network/virtualNetworks/peer/action' on the linked scope(s) "
        f"'{network_id('spoke')}' (respectively) or the linked scope(s) are invalid."
    )
    await give(roles, network_id("spoke"), NETWORK)
    assert (await ask("PUT", half, HALF)).status == 201
    assert (await ask("DELETE", half)).status == 202


async def test_who_writes_a_peered_network_whole_needs_the_right_to_peer(
    arm: Arm, roles: AuthorizationManagementClient
) -> None:
    """docs/facts/arm-access.md, Writing a peered network needs rights on the hub."""
    arm.given({"id": half_id("hub", "spoke"), "body": HALF})
    ask = asking_as(arm, APP)
    whole = (await arm.ask("GET", network_id("hub"))).body
    await switch(arm, roles="on")
    await give(roles, network_id("hub"), NETWORK)
    assert (await ask("PUT", network_id("hub"), whole)).code == "LinkedAuthorizationFailed"
    assert (await ask("PUT", network_id("hub"), HUB["body"])).status == 200


async def test_roles_spread_and_fade_slowly(arm: Arm, roles: AuthorizationManagementClient) -> None:
    """docs/facts/arm-access.md, Roles spread slowly."""
    ask = asking_as(arm, APP)
    await switch(arm, roles="on")
    await access(arm, roleDelaySeconds=120)
    made = await give(roles, SUB, READER)
    assert (await ask("GET", network_id("hub"))).status == 403
    arm.clock.step(120)
    assert (await ask("GET", network_id("hub"))).status == 200
    await roles.role_assignments.delete_by_id(made)
    assert (await ask("GET", network_id("hub"))).status == 200
    arm.clock.step(120)
    assert (await ask("GET", network_id("hub"))).status == 403


async def test_a_subscription_that_is_not_there_is_named(arm: Arm, roles: AuthorizationManagementClient) -> None:
    arm.server.emulator.estate.subscriptions = [SUBSCRIPTION]
    await give(roles, SUB, NETWORK)
    await switch(arm, roles="on")
    away = network_id("spoke").replace(SUBSCRIPTION, "33333333-3333-4333-8333-333333333333")
    body = {"properties": {"remoteVirtualNetwork": {"id": away}}}
    refused = await asking_as(arm, APP)("PUT", half_id("hub", "spoke"), body)
    assert refused.code == "LinkedAuthorizationFailed"
    assert "'33333333-3333-4333-8333-333333333333' was not found" in refused.body["error"]["message"]


async def test_roles_are_saved_and_loaded_with_the_rest(arm: Arm, roles: AuthorizationManagementClient) -> None:
    made = await give(roles, GROUP, READER)
    saved = (await arm.control("GET", "/control/state")).body
    await roles.role_assignments.delete_by_id(made)
    await arm.control("PUT", "/control/state", saved)
    assert (await roles.role_assignments.get_by_id(made)).principal_id == ME


async def test_resource_graph_shows_what_the_caller_may_read(arm: Arm, roles: AuthorizationManagementClient) -> None:
    """docs/facts/resource-graph.md, Absence proves nothing."""
    query = {"query": "Resources | where type =~ 'microsoft.network/virtualnetworks' | project id"}
    ask, url = asking_as(arm, APP), "/providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01"
    assert (await ask("POST", url, query)).body["totalRecords"] == 2
    await switch(arm, roles="on")
    await give(roles, network_id("hub"), READER)
    assert (await ask("POST", url, query)).body["data"] == [{"id": network_id("hub")}]
    containers = {"query": "ResourceContainers | project type"}
    assert (await ask("POST", url, containers)).body["data"] == []
    await give(roles, GROUP, READER)
    found = (await ask("POST", url, containers)).body["data"]
    assert found == [{"type": "microsoft.resources/subscriptions/resourcegroups"}]


async def test_what_az_asks_of_the_directory(arm: Arm) -> None:
    """An application id is a principal's, an object id is not; it has the name of the application that was found."""
    url = "/v1.0/servicePrincipals?$filter=servicePrincipalNames/any(c:c eq '{}')"
    found = (await arm.ask_exactly("GET", url.format(APP))).body["value"]
    assert [each["id"] for each in found] == [ME]
    assert (await arm.ask_exactly("GET", url.format(ME))).body == {"value": []}
    named = (await arm.ask_exactly("POST", "/v1.0/directoryObjects/getByIds", {"ids": [ME]})).body["value"]
    assert [(each["id"], each["@odata.type"]) for each in named] == [(ME, "#microsoft.graph.servicePrincipal")]
    assert named[0]["servicePrincipalNames"] == [APP]
    assert (await arm.ask_exactly("GET", "/v1.0/users?$filter=userPrincipalName eq 'a@b.c'")).body == {"value": []}
