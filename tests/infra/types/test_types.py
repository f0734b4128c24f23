"""Every resource that infra/ declares agrees with the Bicep compiler's own types."""

from pathlib import Path

import pytest

from tests import shared
from tests.infra.bicep import INFRA, Declaration, every, load
from tests.infra.types import arm_templates, declarations, type_files

pytestmark = shared.needs(type_files.FOLDER)

TEMPLATES = [path for path in sorted(INFRA.rglob("*.json")) if arm_templates.is_one(path.read_text("utf-8"))]


@pytest.mark.parametrize("resource", every("resource"), ids=lambda one: one.where)
def test_the_declaration_agrees_with_its_type(resource: Declaration) -> None:
    file = load(str(resource.file.relative_to(INFRA)))
    assert declarations.faults(file, resource) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_so_does_the_template_that_a_policy_deploys(path: Path) -> None:
    template = arm_templates.read(path.read_text("utf-8"))
    assert arm_templates.faults(template) == []
    assert len(list(arm_templates.resources(template))) > len(template["resources"])  # the nested ones too


def test_another_version_is_asked_only_where_none_has_it() -> None:
    declared = {one.kind for one in every("resource")}
    for kind, other in declarations.HELD_TO_ANOTHER.items():
        assert kind in declared
        assert type_files.resource(kind) is None
        assert type_files.resource(other) is not None
