"""Api-versions that Azure does not know (docs/facts/arm-errors.md, An unknown api-version)."""

from __future__ import annotations

import pytest

from localazure.emulator.wire.api_versions import CORE, GRAPH, NETWORK
from tests.emulator.arm import Arm
from tests.emulator.sdk import GROUP, HUB, SUBSCRIPTION, half_id, network_id

HERE = f"/subscriptions/{SUBSCRIPTION}"


@pytest.mark.parametrize(
    ("method", "url", "type_", "location"),
    [
        ("GET", network_id("hub"), "virtualNetworks", "westeurope"),
        ("PUT", half_id("hub", "spoke"), "virtualNetworks/virtualNetworkPeerings", "westeurope"),
        ("GET", f"{HERE}/providers/microsoft.network/virtualnetworks", "virtualNetworks", ""),
        ("DELETE", f"{GROUP}/providers/Microsoft.Network/routeTables/none", "routeTables", ""),
    ],
)
async def test_of_the_network_provider(arm: Arm, method: str, url: str, type_: str, location: str) -> None:
    arm.given(HUB)
    refused = await arm.ask(method, f"{url}?api-version=2024-02-30", {})
    assert (refused.status, refused.code) == (400, "NoRegisteredProviderFound")
    assert refused.headers["x-ms-failure-cause"] == "gateway"
    message = refused.body["error"]["message"]
    assert f"found for location '{location}' and API version '2024-02-30' for type '{type_}'." in message
    assert f"The supported api-versions are '{', '.join(NETWORK)}'." in message


@pytest.mark.parametrize(
    "url",
    [
        HERE,
        GROUP,
        f"{GROUP}/resources",
        f"{HERE}/providers",
        f"{HERE}/providers/Microsoft.Network",
        f"{network_id('hub')}/providers/Microsoft.Resources/tags/default",
    ],
)
async def test_of_arm_itself(arm: Arm, url: str) -> None:
    arm.given(HUB)
    refused = await arm.ask("GET", f"{url}?api-version=2026-03-01")
    assert (refused.status, refused.code) == (400, "InvalidApiVersionParameter")
    message = f"The api-version '2026-03-01' is invalid. The supported versions are '{','.join(CORE)}'."
    assert refused.body["error"]["message"] == message
    assert (await arm.ask("GET", f"{url}?api-version={CORE[0]}")).status == 200


async def test_of_resource_graph(arm: Arm) -> None:
    url = "/providers/Microsoft.ResourceGraph/resources?api-version="
    assert (await arm.ask("POST", f"{url}2026-03-01", {"query": ""})).code == "NoRegisteredProviderFound"
    assert (await arm.ask("POST", f"{url}{GRAPH[0]}", {"query": ""})).status == 200


async def test_every_known_version_of_the_network_provider_is_answered(arm: Arm) -> None:
    arm.given(HUB)
    assert {(await arm.ask("GET", f"{network_id('hub')}?api-version={each}")).status for each in NETWORK} == {200}


async def test_what_is_not_served_is_501_in_any_version(arm: Arm) -> None:
    url = f"{GROUP}/providers/Microsoft.Network/virtualHubs/hub?api-version=1999-01-01"
    assert (await arm.ask("GET", url)).status == 501


async def test_providers_list_the_versions_that_are_known(arm: Arm) -> None:
    network = (await arm.ask("GET", f"{HERE}/providers/Microsoft.Network")).body
    assert network["resourceTypes"][0]["apiVersions"] == NETWORK == sorted(NETWORK, reverse=True)
