"""The resources of an ARM template in JSON, those of the deployments in it included, held to their types."""

import json
from collections.abc import Iterator
from typing import Any

from tests.infra.types import checker
from tests.infra.types.type_files import Scope, resource
from tests.infra.types.values import ANY, mapped

_TEMPLATES_OWN = {
    *(
        "apiVersion",
        "comments",
        "condition",
        "copy",
        "dependsOn",
        "resourceGroup",
        "resources",
        "scope",
        "subscriptionId",
        "type",
    ),
}
_SCHEMAS = {
    "deploymentTemplate": Scope.resourceGroup,
    "managementGroupDeploymentTemplate": Scope.managementGroup,
    "subscriptionDeploymentTemplate": Scope.subscription,
    "tenantDeploymentTemplate": Scope.tenant,
}

type Json = dict[str, Any]


def is_one(text: str) -> bool:
    return "eploymentTemplate.json#" in text


def read(text: str) -> Json:
    template: Json = json.loads(text)
    return template


def faults(template: Json) -> list[str]:
    """Sentences, each beginning with the resource it is about."""
    return [f"{one['type']} {fault}" for scope, one in resources(template) for fault in _faults(scope, one)]


def resources(template: Json) -> Iterator[tuple[Scope, Json]]:
    """Each with the scope its template is deployed to, by the template's own `$schema`."""
    scope = _SCHEMAS[template["$schema"].rpartition("/")[2].partition(".")[0]]
    for one in template["resources"]:
        yield scope, one
        if one["type"] == "Microsoft.Resources/deployments":
            yield from resources(one["properties"]["template"])


def _faults(scope: Scope, one: Json) -> Iterator[str]:
    kind = resource(f"{one['type']}@{one['apiVersion']}")
    if kind is None:
        yield f"{one['apiVersion']}: no type file has it"
        return
    body = {key: value for key, value in one.items() if key not in _TEMPLATES_OWN}
    yield from checker.faults(kind.body, mapped(body, _leaf))
    if not kind.writable & (Scope.extension if "scope" in one else scope):
        yield f".scope: it cannot be made in a {scope.name}"


def _leaf(value: object) -> object:
    return ANY if isinstance(value, str) and value.startswith("[") and not value.startswith("[[") else value
