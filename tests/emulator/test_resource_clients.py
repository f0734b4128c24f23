"""The SDK's clients for resources and for Resource Graph, which the Azure CLI and Cloud Custodian use too."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError
from azure.mgmt.resource.resources.aio import ResourceManagementClient
from azure.mgmt.resourcegraph.aio import ResourceGraphClient
from azure.mgmt.resourcegraph.models import QueryRequest, QueryRequestOptions

from tests.emulator.sdk import GROUP, HUB, SPOKE, SUBSCRIPTION, Azure, Credential, network_id, refusal, vnet

NETWORKS = "Resources | where type =~ 'microsoft.network/virtualnetworks'"
TARGET = GROUP.replace("/rg", "/target")


def options(azure: Azure, folder: Path) -> dict[str, Any]:
    return {
        "credential": Credential(azure.server.authority.issue()),
        "base_url": azure.server.arm_url,
        "connection_verify": str(folder / "ca.pem"),
        "retry_total": 0,
    }


@pytest.fixture
async def resources(azure: Azure, tmp_path: Path) -> AsyncIterator[ResourceManagementClient]:
    more = options(azure, tmp_path)
    async with ResourceManagementClient(subscription_id=SUBSCRIPTION, polling_interval=0, **more) as client:
        yield client


@pytest.fixture
async def graph(azure: Azure, tmp_path: Path) -> AsyncIterator[ResourceGraphClient]:
    async with ResourceGraphClient(**options(azure, tmp_path)) as client:
        yield client


async def test_a_sweep_of_all_networks_page_by_page(azure: Azure, graph: ResourceGraphClient) -> None:
    """docs/facts/resource-graph.md, Pages."""
    azure.given(*(vnet(f"n{n:02}", f"10.{n}.0.0/16") for n in range(25)))
    found: list[str] = []
    token = None
    while True:
        asked = QueryRequestOptions(top=10, skip_token=token)
        text = f"{NETWORKS} | project id, name | order by id asc"
        page = await graph.resources(QueryRequest(query=text, subscriptions=[SUBSCRIPTION], options=asked))
        assert (page.total_records, page.result_truncated) == (25, "false")
        rows: Any = page.data  # the SDK says text, for what is JSON of any kind
        found += [row["name"] for row in rows]
        token = page.skip_token
        if token is None:
            break
    assert found == [f"n{n:02}" for n in range(25)]


async def test_a_query_that_is_not_served_is_told_from_a_wrong_one(azure: Azure, graph: ResourceGraphClient) -> None:
    azure.given(HUB)
    with pytest.raises(HttpResponseError) as unserved:
        await graph.resources(QueryRequest(query=f"{NETWORKS} | union ResourceContainers"))
    assert unserved.value.status_code == 501
    assert (await refusal(graph.resources(QueryRequest(query="where where"))))[:2] == (400, "BadRequest")


async def test_the_list_that_the_azure_cli_asks_for(azure: Azure, resources: ResourceManagementClient) -> None:
    """docs/facts/clients.md, Lists of resources."""
    azure.given(*(vnet(f"n{n}", f"10.{n}.0.0/16") for n in range(5)))
    listed = resources.resources.list(
        filter="resourceGroup eq 'rg' and resourceType eq 'Microsoft.Network/virtualNetworks'",
        expand="createdTime,changedTime,provisioningState",
        top=2,
    )
    found = [each async for each in listed]
    assert [each.name for each in found] == ["n0", "n1", "n2", "n3", "n4"]
    assert {each.provisioning_state for each in found} == {"Succeeded"}
    assert all(each.created_time and each.changed_time for each in found)


async def test_whether_a_resource_exists(azure: Azure, resources: ResourceManagementClient) -> None:
    azure.given(HUB)
    assert await resources.resources.check_existence_by_id(network_id("hub"), api_version="2024-05-01")
    assert not await resources.resources.check_existence_by_id(network_id("none"), api_version="2024-05-01")
    assert await resources.resource_groups.check_existence("rg")
    assert not await resources.resource_groups.check_existence("none")


async def test_a_move(azure: Azure, resources: ResourceManagementClient) -> None:
    """docs/facts/arm-networks.md, Moves."""
    azure.given({"id": TARGET}, HUB, SPOKE)
    body: Any = {"resources": [network_id("spoke")], "targetResourceGroup": TARGET}
    await (await resources.resources.begin_validate_move_resources("rg", body)).result()
    await (await resources.resources.begin_move_resources("rg", body)).result()
    assert (await azure.client.virtual_networks.get("target", "spoke")).id == network_id("spoke").replace(GROUP, TARGET)


async def test_a_move_of_a_peered_network(azure: Azure, resources: ResourceManagementClient) -> None:
    azure.given({"id": TARGET}, HUB, SPOKE)
    await azure.peer_both()
    body: Any = {"resources": [network_id("spoke")], "targetResourceGroup": TARGET}
    poller = await resources.resources.begin_move_resources("rg", body)
    status, code, _ = await refusal(poller.result())
    assert (status, code) == (409, "ResourceMoveProviderValidationFailed")


async def test_tags_of_a_subscription(azure: Azure, resources: ResourceManagementClient) -> None:
    azure.given(HUB)
    scope = f"/subscriptions/{SUBSCRIPTION}"
    body: Any = {"operation": "Merge", "properties": {"tags": {"env": "test"}}}
    await (await resources.tags.begin_update_at_scope(scope, body)).result()
    assert (await resources.tags.get_at_scope(scope)).properties.tags == {"env": "test"}
