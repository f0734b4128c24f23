"""What ARM's gateway does before and after any provider: tokens, versions, ids, limits, what it does not serve."""

from __future__ import annotations

import re

from tests.emulator.arm import Arm
from tests.emulator.sdk import GROUP, HUB, SUBSCRIPTION, network_id

_GUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


async def test_no_token_is_401_with_where_to_get_one(arm: Arm) -> None:
    answer = await arm.ask_exactly("GET", f"{GROUP}?api-version=2022-09-01")
    assert (answer.status, answer.code) == (401, "AuthenticationFailed")
    assert answer.headers["www-authenticate"].startswith('Bearer authorization_uri="')
    assert answer.headers["x-ms-failure-cause"] == "gateway"


async def test_a_token_of_nobody_is_401(arm: Arm) -> None:
    answer = await arm.ask_exactly("GET", f"{GROUP}?api-version=2022-09-01", Authorization="Bearer nonsense")
    assert (answer.status, answer.code) == (401, "InvalidAuthenticationToken")


async def test_the_api_version_is_required(arm: Arm) -> None:
    answer = await arm.ask("GET", f"{GROUP}?x=api-version=")
    assert (answer.status, answer.code) == (400, "MissingApiVersionParameter")


async def test_what_is_not_served_is_501_and_named(arm: Arm) -> None:
    answer = await arm.ask("PUT", f"{GROUP}/providers/Microsoft.Compute/virtualMachines/vm", {})
    assert (answer.status, answer.code) == (501, "NotEmulated")
    assert f"PUT {GROUP}/providers/Microsoft.Compute/virtualMachines/vm" in answer.body["error"]["message"]


async def test_any_guid_is_a_subscription_until_the_scenario_names_them(arm: Arm) -> None:
    assert (await arm.ask("GET", f"{GROUP}")).code == "ResourceGroupNotFound"
    arm.server.emulator.estate.subscriptions = ["33333333-3333-4333-8333-333333333333"]
    answer = await arm.ask("GET", f"{GROUP}")
    assert (answer.status, answer.code) == (404, "SubscriptionNotFound")
    assert (await arm.ask("GET", "/subscriptions/mine/resourcegroups")).code == "InvalidSubscriptionId"


async def test_every_answer_carries_arms_ids(arm: Arm) -> None:
    arm.given(HUB)
    answer = await arm.ask(
        "GET", network_id("hub"), x_ms_client_request_id="mine", x_ms_return_client_request_id="true"
    )
    correlation = answer.headers["x-ms-correlation-request-id"]
    assert re.fullmatch(_GUID, correlation)
    assert re.fullmatch(rf"[A-Z]+:\d{{8}}T\d{{6}}Z:{correlation}", answer.headers["x-ms-routing-request-id"])
    assert answer.headers["x-ms-client-request-id"] == "mine"
    assert answer.headers["x-ms-ratelimit-remaining-subscription-reads"] == "249"
    assert answer.headers["x-ms-ratelimit-remaining-subscription-global-reads"] == "3749"


async def test_a_write_that_cannot_be_parsed(arm: Arm) -> None:
    arm.given(HUB)
    for body in (b"{", b"[]", {"location": "westeurope"}):
        assert (await arm.ask("PUT", network_id("hub"), body)).code == "InvalidRequestFormat"


async def test_the_two_hundred_and_first_write_in_a_row_must_wait_for_a_token(slow_arm: Arm) -> None:
    slow_arm.given(HUB)
    url = f"{network_id('hub')}/providers/Microsoft.Resources/tags/default"
    body = {"operation": "Merge", "properties": {"tags": {}}}
    statuses = [(await slow_arm.ask("PATCH", url, body)).status for _ in range(201)]
    assert statuses == [200] * 200 + [429]
    refused = await slow_arm.ask("PATCH", url, body)
    assert refused.code == "SubscriptionRequestsThrottled"
    assert refused.headers["retry-after"] == "1"
    assert f"for subscription '{SUBSCRIPTION}' actor '" in refused.body["error"]["message"]
    slow_arm.clock.step(1)
    allowed = await slow_arm.ask("PATCH", url, body)
    assert (allowed.status, allowed.headers["x-ms-ratelimit-remaining-subscription-writes"]) == (200, "9")


async def test_the_cloud_describes_itself_to_clients_old_and_new(arm: Arm) -> None:
    for base in (arm.server.arm_url, arm.server.local_url):
        new = (await arm.ask_exactly("GET", f"{base}/metadata/endpoints?api-version=2022-09-01")).body
        old = (await arm.ask_exactly("GET", f"{base}/metadata/endpoints?api-version=2019-05-01")).body
        assert new["resourceManager"] == arm.server.arm_url
        assert new["authentication"]["loginEndpoint"] == arm.server.arm_url
        assert old == [new]


async def test_providers_are_registered(arm: Arm) -> None:
    registered = await arm.ask("POST", f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Network/register")
    assert (registered.status, registered.body["registrationState"]) == (200, "Registered")
    types = (await arm.ask("GET", f"/subscriptions/{SUBSCRIPTION}/providers/microsoft.network")).body["resourceTypes"]
    assert "virtualNetworks" in [each["resourceType"] for each in types]


async def test_subscriptions_in_use_are_listed(arm: Arm) -> None:
    arm.given(HUB)
    listed = (await arm.ask("GET", "/subscriptions?api-version=2022-12-01")).body["value"]
    assert [(each["subscriptionId"], each["state"]) for each in listed] == [(SUBSCRIPTION, "Enabled")]
