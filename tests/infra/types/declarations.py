"""A resource declaration held to its type: the body, and what Bicep adds (`scope`, `parent`, where the file goes)."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from tests.infra.bicep import BicepFile, Declaration, Expression, walk
from tests.infra.types import checker
from tests.infra.types.inference import Inference
from tests.infra.types.type_files import Flag, Resource, Scope, resource

# A version that no type file has, and the one whose type it is held to.
HELD_TO_ANOTHER = {
    "Microsoft.Authorization/policyAssignments@2025-11-01": "Microsoft.Authorization/policyAssignments@2023-04-01",
}
_BICEPS_OWN = {"scope", "parent", "dependsOn"}
_AT_START = {"id", "name", "type", "apiVersion"}


def faults(file: BicepFile, declaration: Declaration) -> list[str]:
    """Everything that is wrong with one declaration."""
    kind = resource(declaration.kind) or resource(HELD_TO_ANOTHER.get(declaration.kind, ""))
    if kind is None:
        return [f"{declaration.kind}: no type file has it"]
    return [
        *_body(file, declaration, kind),
        *_place(file, declaration, kind),
        *_name(declaration),
        *_start(file, declaration, kind),
    ]


def _body(file: BicepFile, declaration: Declaration, kind: Resource) -> Iterator[str]:
    value = {key: inner for key, inner in declaration.value.items() if key not in _BICEPS_OWN}
    if declaration.existing:
        yield from (f".{key}: is more than the name of what exists" for key in value if key != "name")
        yield from () if "name" in value else (".name: is missing",)
    else:
        yield from checker.faults(kind.body, Inference(file).resolved(value))


def _place(file: BicepFile, declaration: Declaration, kind: Resource) -> Iterator[str]:
    allowed = kind.readable if declaration.existing else kind.writable
    scope, parent = declaration.value.get("scope"), declaration.value.get("parent")
    symbols = {one.symbol: one for one in file.of("resource")}
    if parent is not None:
        above = symbols.get(str(parent).partition("[")[0])
        if above is None or above.type.lower() != declaration.type.lower().rpartition("/")[0]:
            yield f".parent: is {above.type if above else parent}"
    elif scope is None:
        if not allowed & Scope[file.target_scope]:
            yield f".scope: it cannot be made in a {file.target_scope}"
    elif str(scope).partition("[")[0] in symbols:
        yield from () if allowed & Scope.extension else (".scope: it is no extension of a resource",)
    elif not declaration.existing:
        yield f".scope: is {scope}, which only a module may have"


def _name(declaration: Declaration) -> Iterator[str]:
    """As many parts as the type has, or one below a parent."""
    name = declaration.value.get("name")
    if isinstance(name, Expression) or not isinstance(name, str):
        return
    parts = re.sub(r"\$\{[^}]*\}", "x", name).count("/") + 1
    wanted = 1 if "parent" in declaration.value else declaration.type.count("/")
    if parts != wanted:
        yield f".name: has {parts} parts, not {wanted}"


def _start(file: BicepFile, declaration: Declaration, kind: Resource) -> Iterator[str]:
    """What must be known before the deployment starts may not come from what it makes."""
    known = kind.body.entry.get("properties") or kind.body.entry["baseProperties"]
    early = {name for name, one in known.items() if Flag.AT_START in Flag(one["flags"])}
    made = {one.symbol: one.word for one in file.declarations if one.word in ("resource", "module")}
    for pair in walk(declaration.node, "object_property"):
        key, value = pair.named_children[0], pair.named_children[-1]
        if _text(key) in early and _is_top(pair):
            yield from (f".{_text(key)}: {_text(one)} is not known at the start" for one in _late(value, made))


def _is_top(pair: Node) -> bool:
    above = pair.parent.parent if pair.parent else None
    return above is not None and above.type in ("resource_declaration", "for_statement", "if_statement")


def _late(value: Node, made: dict[str, str]) -> Iterator[Node]:
    for one in walk(value, "member_expression"):
        owner, name = _text(one.named_children[0]), _text(one.named_children[-1])
        word = made.get(owner.partition("[")[0])
        if word == "module" or (word == "resource" and name not in _AT_START):
            yield one


def _text(node: Node) -> str:
    return (node.text or b"").decode()
