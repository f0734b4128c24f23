"""What the compiler would say, as far as it can be said without one."""

import re
from pathlib import Path

import pytest
from tree_sitter import Node

from tests.infra.bicep import FILES, INFRA, BicepFile, Declaration, every, load, walk

FUNCTIONS = """
    cidrSubnet contains deployment empty environment fail guid length loadJsonContent loadTextContent managementGroup
    replace resourceGroup resourceId split string subscription subscriptionResourceId tenant tenantResourceId toLower
    trim union uniqueString
"""
SINCE = re.compile(r"@20(1[89]|2[0-5])-\d\d-\d\d(-preview)?$")
# Only it knows selectors by principal; other clouds may not have it yet, and onboarding has to go on working there.
NEWER = {"Microsoft.Authorization/policyAssignments@2025-11-01"}
PREVIEWS = {"Microsoft.Insights/diagnosticSettings@2021-05-01-preview"}  # it has never left preview


@pytest.fixture(params=FILES, ids=lambda path: str(path.relative_to(INFRA)))
def file(request: pytest.FixtureRequest) -> BicepFile:
    path: Path = request.param
    return load(str(path.relative_to(INFRA)))


def test_it_parses(file: BicepFile) -> None:
    assert file.errors == []


def test_a_mistake_is_found() -> None:
    assert BicepFile(INFRA / "wrong.bicep", "param location string = {\n").errors


def test_every_name_is_declared_and_used(file: BicepFile) -> None:
    loops = {_text(child) for node in walk(file.root, "for_statement") for child in _loop_names(node)}
    declared = {one.symbol for one in file.declarations if one.word != "output"} | loops
    used = {_text(node) for node in walk(file.root, "identifier") if _is_reference(node)}
    assert used - declared - set(FUNCTIONS.split()) == set(), "not declared"
    settable = {one.symbol for one in file.declarations if one.word in ("param", "var")}
    assert settable - used == set(), "declared and not used"


def test_every_parameter_says_what_it_is(file: BicepFile) -> None:
    for one in file.of("param"):
        assert len(one.decorators["description"][0]) > 10, one.where
        if one.kind == "int":
            assert {"minValue", "allowed"} & set(one.decorators), f"{one.where}: an int has bounds"


@pytest.mark.parametrize("module", every("module"), ids=lambda module: module.symbol)
def test_a_module_gets_the_parameters_it_declares(module: Declaration) -> None:
    target = load(str((module.file.parent / module.kind).resolve().relative_to(INFRA)))
    parameters = {one.symbol: one.value is None for one in target.of("param")}
    given = set(module.value["params"])
    assert given <= set(parameters), f"{module.where}: unknown to {module.kind}"
    assert {name for name, required in parameters.items() if required} <= given, f"{module.where}: left out"


def test_outputs_of_modules_exist(file: BicepFile) -> None:
    modules = {one.symbol: one.kind for one in file.of("module")}
    for symbol, output in re.findall(r"\b(\w+)!?\.outputs\.(\w+)", file.text):
        target = load(str((file.path.parent / modules[symbol]).resolve().relative_to(INFRA)))
        assert output in {one.symbol for one in target.of("output")}, f"{file.path}: {symbol}.outputs.{output}"


def test_files_that_are_loaded_exist(file: BicepFile) -> None:
    for name in re.findall(r"load(?:Json|Text)Content\('([^']+)'\)", file.text):
        assert (file.path.parent / name).is_file(), name


@pytest.mark.parametrize("resource", every("resource"), ids=lambda resource: resource.where)
def test_api_versions_are_settled_ones(resource: Declaration) -> None:
    assert SINCE.search(resource.kind), resource.where
    assert "preview" not in resource.kind or resource.kind in PREVIEWS, resource.where


def test_one_type_has_one_api_version() -> None:
    versions = {one.kind for one in every("resource")} - NEWER
    assert len(versions) == len({one.type for one in every("resource")})


def _loop_names(node: Node) -> list[Node]:
    first = node.named_children[0]
    return first.named_children if first.type == "for_loop_parameters" else [first]


def _is_reference(node: Node) -> bool:
    parent = node.parent
    assert parent
    names_it = parent.type in ("object_property", "for_statement") or parent.type.endswith("_declaration")
    in_decorator = parent.parent is not None and parent.parent.type == "decorator"
    return not in_decorator and not (names_it and node == parent.named_children[0])


def _text(node: Node) -> str:
    return (node.text or b"").decode()
