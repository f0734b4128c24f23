"""What the policy of infra/onboard deploys into each subscription: an ARM template in JSON, by its deployments."""

import json
import re
from functools import cache
from typing import Any

from tests.infra.bicep import INFRA

DEPLOYMENTS = "Microsoft.Resources/deployments"


@cache
def template() -> dict[str, Any]:
    """The template of the subscription's deployment."""
    found: dict[str, Any] = json.loads((INFRA / "onboard/policy-deployment.json").read_text("utf-8"))
    return found


def nested() -> dict[str, dict[str, Any]]:
    """The deployments inside, by the stem of their name, in their order."""
    found = [one for one in template()["resources"] if one["type"] == DEPLOYMENTS]
    return {re.findall(r"autopeer-(\w+)", one["name"])[0]: one for one in found}


def made() -> list[dict[str, Any]]:
    """All resources that they make."""
    return [one for deployment in nested().values() for one in deployment["properties"]["template"]["resources"]]


def one_made(kind: str) -> dict[str, Any]:
    """The only one of a type."""
    (found,) = [one for one in made() if one["type"] == kind]
    return found


def plain(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Bicep's and ARM's expressions by what they refer to, so that the two languages can be compared."""
    if isinstance(value, dict):
        return {plain(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    found = re.fullmatch(r"\[parameters\('(\w+)'\)\]|\[subscription\(\)\.id\]|subscription\(\)\.id", str(value))
    return (found.group(1) or "subscription") if found else value
