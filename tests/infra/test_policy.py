"""The policy onboards a subscription as the deployment for one subscription does, and in an order that works."""

import json
import re
from typing import Any

from tests.infra.bicep import INFRA, load, one_of
from tests.infra.policy import DEPLOYMENTS, made, nested, one_made, plain, template

EVENTS = "onboard/events.bicep"
TOPICS = "Microsoft.EventGrid/systemTopics"
SUBSCRIPTIONS = f"{TOPICS}/eventSubscriptions"
ALERTS = "Microsoft.Insights/metricAlerts"
ROLES = "Microsoft.Authorization/roleAssignments"
BUILT_IN = json.loads((INFRA / "built-in-roles.json").read_text("utf-8"))


def test_the_topic_is_the_same() -> None:
    topic = one_of(TOPICS, "onboard/system-topic.bicep").value
    assert (topic["location"], topic["properties"]["topicType"]) == ("global", "Microsoft.Resources.Subscriptions")
    for key in ("location", "identity", "properties"):
        assert plain(one_made(TOPICS)[key]) == plain(topic[key])


def test_the_event_subscription_is_the_same() -> None:
    made_here = one_made(SUBSCRIPTIONS)["properties"]
    (direct,) = [one.value["properties"] for one in load(EVENTS).of("resource") if one.symbol == "toQueue"]
    defaults = {one.symbol: one.value for one in load("onboard/subscription.bicep").of("param")}
    assert made_here["retryPolicy"] == {key: defaults[key] for key in direct["retryPolicy"]}
    assert plain({**made_here, "retryPolicy": None}) == plain({**direct, "retryPolicy": None})


def test_the_alert_is_the_same() -> None:
    direct, here = one_of(ALERTS, EVENTS).value, one_made(ALERTS)
    for one in (direct, here):
        assert re.search(r"systemTopic", str(one["properties"]["scopes"]))
    for key in ("name", "location", "properties"):
        ours, theirs = ({**one[key], "scopes": []} if key == "properties" else one[key] for one in (direct, here))
        assert plain(ours) == plain(theirs)


def test_the_roles_are_the_same() -> None:
    given = [one.value for one in load("onboard/delivery-access.bicep").of("resource") if one.type == ROLES]
    names = [re.findall(r"roles\.(\w+)\)", one["properties"]["roleDefinitionId"])[0] for one in given]
    direct = {(str(one["scope"]), BUILT_IN[name]) for one, name in zip(given, names, strict=True)}
    assert {_given(one) for one in made() if one["type"] == ROLES} == direct


def _given(assignment: dict[str, Any]) -> tuple[str, str]:
    """The account and the role. A name that lacks the principal could not be given to a topic that is made anew."""
    (account,) = re.findall(r"parameters\('(\w+)'\)\)\]", assignment["scope"])
    (role,) = re.findall(r"'([0-9a-f-]{36})'", assignment["properties"]["roleDefinitionId"])
    of_account = f"resourceId('Microsoft.Storage/storageAccounts', parameters('{account}'))"
    assert assignment["name"] == f"[guid({of_account}, parameters('principalId'), '{role}')]"
    return {"storageName": "storage", "deadLetterStorageName": "deadLetters"}[account], role


def test_the_roles_come_between_topic_and_event_subscription() -> None:
    deployments = nested()
    assert list(deployments) == ["topic", "delivery", "events"]
    for before, after in (("topic", "delivery"), ("delivery", "events")):
        (needed,) = deployments[after]["dependsOn"]
        assert f"autopeer-{before}" in needed
    kinds = {name: [one["type"] for one in _resources(one)] for name, one in deployments.items()}
    assert kinds == {
        "topic": [TOPICS],
        "delivery": [ROLES, ROLES],
        "events": [SUBSCRIPTIONS, ALERTS, "Microsoft.Resources/tags"],
    }
    assert deployments["delivery"]["resourceGroup"] == "[split(parameters('storageId'), '/')[4]]"
    assert deployments["delivery"]["subscriptionId"] == "[split(parameters('storageId'), '/')[2]]"


def _resources(deployment: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = deployment["properties"]["template"]["resources"]
    return found


def test_the_mark_of_completeness_comes_last() -> None:
    """A topic with the tag counts as onboarded. Were it tagged at once, one whose roles came too late would be left."""
    rule = json.loads((INFRA / "onboard/policy-rule.json").read_text("utf-8"))["then"]["details"]
    (tag,) = re.findall(r"tags\['([\w-]+)'\]", rule["existenceCondition"]["field"])
    assert "tags" not in one_made(TOPICS)
    mark = one_made("Microsoft.Resources/tags")
    assert list(mark["properties"]["tags"]) == [tag]
    others = [one["type"] for one in _resources(nested()["events"]) if one is not mark]
    assert [kind for kind in others if not any(f"'{kind}'" in needed for needed in mark["dependsOn"])] == []


def test_every_parameter_is_passed_on() -> None:
    rule = json.loads((INFRA / "onboard/policy-rule.json").read_text("utf-8"))["then"]["details"]
    definition = one_of("Microsoft.Authorization/policyDefinitions", "onboard/policy.bicep").value["properties"]
    assignment = one_of("Microsoft.Authorization/policyAssignments", "onboard/policy.bicep").value["properties"]
    passed = set(rule["deployment"]["properties"]["parameters"])
    assert passed == set(template()["parameters"])
    for one in nested().values():
        inner = one["properties"]
        assert set(inner["parameters"]) == set(inner["template"]["parameters"])
        used = set(re.findall(r"parameters\('(\w+)'\)", json.dumps([inner["template"]["resources"]])))
        assert used == set(inner["parameters"])
    assert set(definition["parameters"]) == set(assignment["parameters"]) == passed | {"effect"}
    assert set(re.findall(r"parameters\('(\w+)'\)", json.dumps(rule))) <= set(definition["parameters"])
    assert {one["type"] for one in template()["resources"]} == {DEPLOYMENTS, "Microsoft.Resources/resourceGroups"}


def test_its_identity_may_do_what_the_template_does() -> None:
    """In the subscription by the onboarder's role, on the app's side by the two that the app's resource group gives."""
    onboarder, destination, delegate = (
        set(json.loads((INFRA / f"roles/{name}.json").read_text("utf-8"))["actions"])
        for name in ("onboarder", "destination", "delegate")
    )
    outside = {one["type"] for one in template()["resources"]} - {"Microsoft.Resources/resourceGroups"}
    there = {one["type"] for name in ("topic", "events") for one in _resources(nested()[name])} | outside
    assert {f"{kind}/write" for kind in there} <= onboarder
    assert {f"{kind}/write" for kind in (ROLES, DEPLOYMENTS)} <= destination | delegate
    assert "Microsoft.Resources/subscriptions/resourceGroups/write" in onboarder


def test_the_role_it_deploys_with_is_named_without_a_scope() -> None:
    definition = one_of("Microsoft.Authorization/policyDefinitions", "onboard/policy.bicep").value["properties"]
    assert (
        "tenantResourceId('Microsoft.Authorization/roleDefinitions', onboarder.name)"
        in definition["policyRule"]["then"]["details"]
    )
