"""The app's two roles: made where they are given, or once for a management group by somebody who may."""

import json
import re

import pytest

from tests.infra.bicep import INFRA, ROOT, Declaration, load

DEPLOY = (ROOT / "docs/deploy.md").read_text("utf-8")
SECTION = DEPLOY.split("\n### The two roles, made once\n")[1].split("\n## ")[0]
DEFINITIONS = "Microsoft.Authorization/roleDefinitions"
ASSIGNMENTS = "Microsoft.Authorization/roleAssignments"


def _resources(path: str, kind: str) -> list[Declaration]:
    return [one for one in load(path).of("resource") if one.type == kind and not one.existing]


def _text(one: Declaration) -> str:
    return (one.node.text or b"").decode()


@pytest.mark.parametrize("path", ["onboard/hub.bicep", "onboard/spoke-access.bicep"])
def test_a_role_that_is_given_is_not_made_again(path: str) -> None:
    """Whoever gives `roleDefinitionId` may not make roles: a definition in the deployment would be refused."""
    (definition,) = _resources(path, DEFINITIONS)
    assert re.search(r"= if \(empty\(roleDefinitionId\)\) \{", _text(definition))
    assert "empty(roleDefinitionId) ? definition.id : roleDefinitionId" in load(path).text


def test_onboarding_passes_it_on() -> None:
    for path, default in (("onboard/hub.bicep", ""), ("onboard/subscription.bicep", "")):
        (param,) = [one for one in load(path).of("param") if one.symbol == "roleDefinitionId"]
        assert param.value == default
    (access,) = [one for one in load("onboard/subscription.bicep").of("module") if one.kind == "spoke-access.bicep"]
    assert access.value["params"]["roleDefinitionId"] == "roleDefinitionId"


def test_another_role_is_another_assignment() -> None:
    """The role of an assignment cannot be changed under its name, and the names of former onboardings stay."""
    (spoke,) = _resources("onboard/spoke-access.bicep", ASSIGNMENTS)
    name = "guid(subscription().id, principalId, empty(roleDefinitionId) ? role.name : roleDefinitionId)"
    assert spoke.value["name"] == name
    (hub,) = _resources("onboard/hub-access.bicep", ASSIGNMENTS)
    assert hub.value["name"] == "guid(hub.id, principalId, roleDefinitionId)"


@pytest.mark.parametrize(("variable", "file"), [("hubRole", "hub"), ("spokeRole", "spoke")])
def test_made_once_they_are_the_same_two(variable: str, file: str) -> None:
    values = {one.symbol: one.value for one in load("onboard/roles.bicep").of("var")}
    assert values[variable] == f"loadJsonContent('../roles/{file}.json')"
    (made,) = [one for one in _resources("onboard/roles.bicep", DEFINITIONS) if variable in one.value["name"]]
    properties = made.value["properties"]
    assert properties["permissions"] == [{"actions": f"{variable}.actions", "notActions": []}]
    assert "assignableScopes: [managementGroup().id]" in _text(made)
    assert json.loads((INFRA / f"roles/{file}.json").read_text("utf-8"))["actions"]


def test_the_policy_makes_the_same_definition_as_they_do() -> None:
    """One management group may have both: the names must be equal, for a role's name is unique in its tenant."""
    ours = {
        one.value["name"]: one.value["properties"]["roleName"] for one in _resources("onboard/roles.bicep", DEFINITIONS)
    }
    policy = {
        one.value["name"]: one.value["properties"]["roleName"]
        for one in _resources("onboard/policy.bicep", DEFINITIONS)
    }
    assert set(ours.items()) & set(policy.items()) == {
        ("guid(managementGroup().id, spokeRole.name)", "${spokeRole.name} ${group}")
    }


def test_the_docs_name_what_it_answers_and_what_it_is_given_as() -> None:
    outputs = {one.symbol for one in load("onboard/roles.bicep").of("output")}
    assert outputs == {"hubRoleDefinitionId", "spokeRoleDefinitionId"}
    assert "`hubRoleDefinitionId`" in SECTION
    assert "`roleDefinitionId=`" in SECTION
    for path in ("onboard/hub.bicep", "onboard/subscription.bicep"):
        (param,) = [one for one in load(path).of("param") if one.symbol == "roleDefinitionId"]
        assert outputs & set(re.findall(r"\w+", param.decorators["description"][0]))
