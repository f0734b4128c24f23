"""Events are delivered by the system topic's own identity, and it has its roles before it is used.

It alone passes a storage firewall: docs/facts/event-grid.md, Into a queue.
"""

import re

import pytest

from tests.infra.bicep import INFRA, Declaration, load, one_of

SUBSCRIPTIONS = "Microsoft.EventGrid/systemTopics/eventSubscriptions"


def _modules(path: str) -> dict[str, Declaration]:
    return {one.symbol: one for one in load(path).of("module")}


@pytest.mark.parametrize("symbol", ["toQueue", "toFunction"])
def test_no_other_identity_delivers(symbol: str) -> None:
    (made,) = [one.value["properties"] for one in load("onboard/events.bicep").of("resource") if one.symbol == symbol]
    identities = [made[key]["identity"] for key in made if key.endswith("WithResourceIdentity")]
    assert identities
    assert all(one == {"type": "SystemAssigned"} for one in identities)


def test_no_identity_for_it_is_made_beside() -> None:
    texts = [path.read_text("utf-8") for path in INFRA.rglob("*") if path.suffix in (".bicep", ".json")]
    assert len(re.findall(r"Microsoft.ManagedIdentity/userAssignedIdentities@", "".join(texts))) == 1
    assert one_of("Microsoft.EventGrid/systemTopics", "onboard/system-topic.bicep").value["identity"] == {
        "type": "SystemAssigned"
    }


def test_the_roles_come_between_topic_and_event_subscription() -> None:
    modules = _modules("onboard/subscription.bicep")
    order = list(modules)
    assert order.index("topic") < order.index("deliveryAccess") < order.index("events")
    assert modules["deliveryAccess"].value["params"]["principalId"] == "topic.outputs.principalId"
    assert modules["events"].value["dependsOn"] == ["deliveryAccess"]


def test_they_are_given_where_the_accounts_are() -> None:
    module = _modules("onboard/subscription.bicep")["deliveryAccess"].value
    assert module["scope"] == "resourceGroup(split(checkedStorageId, '/')[2], split(checkedStorageId, '/')[4])"
    assert "uniqueString(subscription().id" in module["name"], "the deployments of two subscriptions meet in one group"


def test_a_new_topic_gets_assignments_of_its_own() -> None:
    """A name without the principal would be that of the former topic's assignment, which cannot be changed."""
    assignments = [one.value for one in load("onboard/delivery-access.bicep").of("resource") if not one.existing]
    assert assignments
    assert all("principalId" in one["name"] for one in assignments)


def test_a_topic_without_the_identity_is_told_what_to_do() -> None:
    (output,) = [one for one in load("onboard/system-topic.bicep").of("output") if one.symbol == "principalId"]
    text = (INFRA.parent / "docs/deploy.md").read_text("utf-8")
    assert "empty(there.?identity.?principalId) ? fail(" in output.value
    assert "has no system-assigned identity" in output.value
    assert "| `has no system-assigned identity` |" in text
    assert '\'{"identity": {"type": "SystemAssigned"}}\'' in text


def test_closed_storage_lets_trusted_services_in() -> None:
    account = one_of("Microsoft.Storage/storageAccounts", "app/storage.bicep").value["properties"]
    assert account["networkAcls"]["bypass"] == "AzureServices"
    assert account["publicNetworkAccess"] == "Enabled", "Disabled would shut them out too"
    assert account["networkAcls"]["defaultAction"] == "onlyPrivate ? 'Deny' : 'Allow'"
    closed = [one.value["params"] for one in load("main.bicep").of("module") if one.kind == "app/storage.bicep"]
    assert [one["onlyPrivate"] for one in closed] == ["privateNetworking", "privateNetworking"]
    assert all("operatorAddresses" in one["allowedAddresses"] for one in closed)


def test_a_management_group_is_not_onboarded_with_a_delivery_that_its_policy_does_not_make() -> None:
    values = {one.symbol: str(one.value) for one in load("onboard/policy.bicep").of("var")}
    checked = values["checkedDelivery"]
    assert checked.startswith("delivery == 'queue' ? true : fail('infra/onboard/policy.bicep, delivery: ")
    assert values["checkedStorageId"].startswith("checkedDelivery && isStorage ? ")


def test_onboarding_offers_what_the_app_is_deployed_with() -> None:
    for template in ("main.bicep", "onboard/subscription.bicep", "onboard/policy.bicep"):
        (delivery,) = [one for one in load(template).of("param") if one.symbol == "delivery"]
        assert (delivery.decorators["allowed"], delivery.value) == ([["queue", "function"]], "queue"), template
