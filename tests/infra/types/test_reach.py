"""How far the checker sees: a misspelt name is found anywhere in infra/, but for what the types leave free."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests import shared
from tests.infra.bicep import INFRA, Declaration, every, load
from tests.infra.types import checker, type_files
from tests.infra.types.declarations import HELD_TO_ANOTHER
from tests.infra.types.inference import Inference

pytestmark = shared.needs(type_files.FOLDER)

# What the types leave free: maps, values of type `any`, and objects that may have more than they name.
FREE = (
    "identity.userAssignedIdentities.",
    "properties.criteria.allOf.",  # of a metric alert
    "properties.features.",  # of a workspace
    *("properties.metadata.", "properties.parameters.", "properties.policyRule."),  # of policies
    "tags.",
)
MADE = [one for one in every("resource") if not one.existing]


def renamed(value: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - JSON
    """For each property, however deep: its path, and the whole with it misspelt."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from ((path, [*value[:index], other, *value[index + 1 :]]) for path, other in renamed(item))
    for name, inner in value.items() if isinstance(value, dict) else ():
        yield name, {key if key != name else f"{key}s": one for key, one in value.items()}
        yield from ((f"{name}.{path}", value | {name: other}) for path, other in renamed(inner))


def free(resource: Declaration, path: str) -> bool:
    settings = resource.type == "Microsoft.Web/sites/config" and resource.value["name"] == "appsettings"
    return path.startswith((*FREE, "properties.") if settings else FREE)


@pytest.mark.parametrize("resource", MADE, ids=lambda one: one.where)
def test_a_misspelt_property_is_found_wherever_it_stands(resource: Declaration) -> None:
    kind = type_files.resource(HELD_TO_ANOTHER.get(resource.kind, resource.kind))
    assert kind is not None
    value = {key: one for key, one in resource.value.items() if key not in {"scope", "parent", "dependsOn"}}
    body = Inference(load(str(resource.file.relative_to(INFRA)))).resolved(value)
    unseen = [path for path, other in renamed(body) if not list(checker.faults(kind.body, other))]
    assert [path for path in unseen if not free(resource, path)] == []
