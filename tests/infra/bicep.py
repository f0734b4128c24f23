"""Bicep files as data: what is declared in them, with the literals as Python values.

The grammar is tree-sitter-bicep's. What only Azure can compute stays an `Expression`, the text as written.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, ClassVar

import tree_sitter_bicep
from tree_sitter import Language, Node, Parser

ROOT = Path(__file__).parents[2]
INFRA = ROOT / "infra"
FILES = sorted(INFRA.rglob("*.bicep"))
_LANGUAGE = Language(tree_sitter_bicep.language())


class Expression(str):
    """Bicep that is no literal, and where in the file it stands."""

    __slots__ = ("node",)
    node: Node

    @classmethod
    def at(cls, node: Node) -> "Expression":
        found = cls(_text(node))
        found.node = node
        return found


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """A `param`, `var`, `resource`, `module` or `output`. `kind` is the type or path given in quotes, else empty."""

    word: str
    symbol: str
    kind: str
    value: Any
    decorators: dict[str, list[Any]]
    existing: bool
    node: Node
    file: Path

    @property
    def type(self) -> str:
        return self.kind.partition("@")[0]

    @property
    def where(self) -> str:
        return f"{self.file.relative_to(ROOT)}:{self.node.start_point.row + 1} {self.symbol}"


class BicepFile:
    """One parsed file."""

    def __init__(self, path: Path, text: str | None = None) -> None:
        self.path = path
        self.text = path.read_text("utf-8") if text is None else text
        self.root = Parser(_LANGUAGE).parse(self.text.encode()).root_node

    @property
    def errors(self) -> list[str]:
        return [f"{self.path}:{n.start_point.row + 1}" for n in walk(self.root) if n.is_error or n.is_missing]

    @cached_property
    def target_scope(self) -> str:
        """What a deployment of the file goes to; resourceGroup where it says nothing."""
        said = [self.value(node.named_children[-1]) for node in walk(self.root, "target_scope_assignment")]
        return str(said[0]) if said else "resourceGroup"

    @cached_property
    def _variables(self) -> dict[str, Node]:
        return {_text(n.named_children[0]): n.named_children[-1] for n in walk(self.root, "variable_declaration")}

    @cached_property
    def declarations(self) -> list[Declaration]:
        found: list[Declaration] = []
        decorators: dict[str, list[Any]] = {}
        for node in self.root.named_children:
            if node.type == "decorators":
                decorators = dict(self._decorator(one) for one in walk(node, "decorator"))
            elif node.type.endswith("_declaration"):
                found.append(self._declaration(node, decorators))
                decorators = {}
        return found

    def of(self, word: str) -> list[Declaration]:
        return [one for one in self.declarations if one.word == word]

    def _declaration(self, node: Node, decorators: dict[str, list[Any]]) -> Declaration:
        symbol, *rest = node.named_children
        word = {"parameter": "param", "variable": "var"}.get(node.type.split("_")[0], node.type.split("_")[0])
        kind = _text(rest[0]).strip("'") if word in ("resource", "module", "param", "output") else ""
        values = [one for one in rest[0 if word == "var" else 1 :] if one.type != "comment"]
        value = self.value(_body(values[-1])) if values else None
        existing = any(child.type == "existing" for child in node.children)
        return Declaration(
            word=word,
            symbol=_text(symbol),
            kind=kind,
            value=value,
            decorators=decorators,
            existing=existing,
            node=node,
            file=self.path,
        )

    def _decorator(self, node: Node) -> tuple[str, list[Any]]:
        call = node.named_children[0]
        return _text(call.named_children[0]), [self.value(one) for one in call.named_children[-1].named_children]

    def value(self, node: Node) -> Any:  # noqa: ANN401 - JSON with expressions in it
        """The literal, variables put in their places."""
        if node.type in self._READERS:
            return self._READERS[node.type](self, node)
        if _text(node) in self._variables:
            return self.value(self._variables[_text(node)])
        return Expression.at(node)

    def _object(self, node: Node) -> dict[str, Any]:
        pairs = (one.named_children[:2] for one in node.named_children if one.type == "object_property")
        return {_text(key).strip("'"): self.value(value) for key, value in pairs}

    def _array(self, node: Node) -> list[Any]:
        return [self.value(one) for one in node.named_children if one.type != "comment"]

    _READERS: ClassVar[dict[str, Callable[["BicepFile", Node], Any]]] = {
        "object": _object,
        "array": _array,
        "for_statement": lambda self, node: [self.value(_body(node))],
        "string": lambda _, node: _text(node)[1:-1].replace("\\'", "'"),
        "number": lambda _, node: int(_text(node)),
        "boolean": lambda _, node: _text(node) == "true",
        "null": lambda *_: None,
    }


def walk(node: Node, kind: str | None = None) -> Iterator[Node]:
    """The node and all below it, or those of one type."""
    if kind in (None, node.type):
        yield node
    for child in node.children:
        yield from walk(child, kind)


def _body(node: Node) -> Node:
    """What a loop or a condition is about."""
    while node.type in ("for_statement", "if_statement"):
        node = node.named_children[-1]
    return node


def _text(node: Node) -> str:
    return (node.text or b"").decode()


@cache
def load(path: str) -> BicepFile:
    """A file below infra/."""
    return BicepFile(INFRA / path)


@cache
def every(word: str) -> list[Declaration]:
    """The declarations of one kind in all files."""
    return [one for file in FILES for one in load(str(file.relative_to(INFRA))).of(word)]


def resources(kind: str) -> list[Declaration]:
    """What infra/ makes of a type."""
    return [one for one in every("resource") if one.type == kind and not one.existing]


def one_of(kind: str, path: str) -> Declaration:
    """The only resource of a type in a file."""
    (found,) = [one for one in load(path).of("resource") if one.type == kind and not one.existing]
    return found
