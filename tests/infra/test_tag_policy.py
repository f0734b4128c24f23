"""The policy that keeps others from writing the tag: what its rule matches, and whom its assignment leaves out."""

import json
import re
from typing import Any

import pytest

from tests.infra.bicep import INFRA, load, one_of

TEMPLATE = "onboard/tag-policy.bicep"
RULE = json.loads((INFRA / "onboard/tag-policy-rule.json").read_text("utf-8"))
DEFAULTS = {one.symbol: one.value for one in load(TEMPLATE).of("param")}
VNET, GROUP = "Microsoft.Network/virtualNetworks", "Microsoft.Resources/subscriptions/resourceGroups"


def matches(condition: dict[str, Any], resource: dict[str, Any], given: dict[str, Any]) -> bool:
    """Azure Policy's language, as far as the rule uses it. Texts are compared without case, as there."""
    if "allOf" in condition:
        return all(matches(each, resource, given) for each in condition["allOf"])
    if "anyOf" in condition:
        return any(matches(each, resource, given) for each in condition["anyOf"])
    left = _field(_text(condition["field"], given), resource) if "field" in condition else condition["value"]
    (operator,) = condition.keys() - {"field", "value"}
    left, right = (_plain(each, given) for each in (left, condition[operator]))
    if operator == "exists":
        return bool((left is not None) == (right == "true"))
    listed = right if isinstance(right, list) else [right]
    is_listed = str(left).lower() in [str(each).lower() for each in listed]
    return is_listed == (operator in ("in", "equals"))


def _plain(value: Any, given: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON
    found = re.fullmatch(r"\[parameters\('(\w+)'\)\]", value) if isinstance(value, str) else None
    return given[found[1]] if found else value


def _text(field: str, given: dict[str, Any]) -> str:
    found = re.fullmatch(r"\[concat\('tags\[', parameters\('(\w+)'\), '\]'\)\]", field)
    return f"tags[{given[found[1]]}]" if found else field


def _field(name: str, resource: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON
    tag = re.fullmatch(r"tags\[(.+)\]", name)
    tags = {key.lower(): value for key, value in resource["tags"].items()}
    return tags.get(tag[1].lower()) if tag else resource[name]


@pytest.mark.parametrize(
    ("kind", "tags", "settings", "refused"),
    [
        (VNET, {"hub": "prod-weu"}, {}, True),
        (VNET, {"Hub": "prod-weu"}, {}, True),
        (VNET, {"owner": "anna"}, {}, False),
        (VNET, {"hub-status": "Connected to prod-weu"}, {}, False),
        (VNET, {"hub-status": "Connected to prod-weu"}, {"protectStatusTag": True}, True),
        (VNET, {"hub": "prod-weu"}, {"allowedHubs": ["Prod-WEU", "yes"]}, False),
        (VNET, {"hub": "prod-neu"}, {"allowedHubs": ["prod-weu"]}, True),
        (VNET, {"hub": ""}, {"allowedHubs": ["prod-weu"]}, True),
        (VNET, {"network-hub": "prod-weu"}, {"tag": "network-hub"}, True),
        (GROUP, {"hub": "prod-weu"}, {}, False),
        (GROUP, {"hub": "prod-weu"}, {"types": [VNET, GROUP]}, True),
        ("Microsoft.Compute/virtualMachines", {"hub": "prod-weu"}, {}, False),
    ],
)
def test_what_is_refused(kind: str, tags: dict[str, str], settings: dict[str, Any], refused: bool) -> None:
    assert matches(RULE["if"], {"type": kind, "tags": tags}, DEFAULTS | settings) is refused


def test_every_parameter_of_the_rule_is_declared_and_given() -> None:
    definition = one_of("Microsoft.Authorization/policyDefinitions", TEMPLATE).value["properties"]
    assignment = one_of("Microsoft.Authorization/policyAssignments", TEMPLATE).value["properties"]
    used = set(re.findall(r"parameters\('(\w+)'\)", json.dumps(RULE)))
    assert used == set(definition["parameters"]) == set(assignment["parameters"])
    assert definition["mode"] == "All", "resource groups are none of the indexed resources"


def test_the_app_and_whoever_is_named_are_left_out() -> None:
    assignment = one_of("Microsoft.Authorization/policyAssignments", TEMPLATE).value["properties"]
    (others,) = assignment["resourceSelectors"]
    assert "others" in others["selectors"]
    assert "empty(allowedGroups)" in others["selectors"], "Azure takes no empty list"
    (users,), (groups,) = (
        next(one.value for one in load(TEMPLATE).of("var") if one.symbol == name) for name in ("others", "notInGroups")
    )
    assert (users["kind"], users["notIn"]) == ("userPrincipalId", "union([principalId], allowedPrincipals)")
    assert (groups["kind"], groups["notIn"]) == ("groupPrincipalId", "allowedGroups")


def test_it_refuses_nothing_before_somebody_says_so() -> None:
    assert (DEFAULTS["effect"], DEFAULTS["protectStatusTag"]) == ("Audit", False)
