"""What a Bicep expression may come to, as far as the file alone tells."""

import json
from collections.abc import Callable
from typing import Any, ClassVar

from tree_sitter import Node

from tests.infra.bicep import BicepFile, Declaration, Expression
from tests.infra.types.values import ANY, STRING, Choice, Some, choice, each, mapped

_BOOL, _INT, _ARRAY, _OBJECT = Some("bool"), Some("int"), Some("array"), Some("object")
_RETURNS = {
    **dict.fromkeys(("cidrSubnet", "guid", "format", "join", "loadTextContent", "replace", "resourceId"), STRING),
    **dict.fromkeys(
        ("string", "subscriptionResourceId", "tenantResourceId", "toLower", "trim", "uniqueString", "utcNow"), STRING
    ),
    **dict.fromkeys(("contains", "empty", "startsWith", "endsWith", "bool"), _BOOL),
    **dict.fromkeys(("int", "length"), _INT),
    **dict.fromkeys(("split", "range", "map", "filter"), _ARRAY),
}
_STRINGS_OF_A_RESOURCE = {"id", "name", "type", "apiVersion"}
_OPERATORS = {**dict.fromkeys(("==", "!=", "=~", "!~", "<", "<=", ">", ">=", "&&", "||", "!"), _BOOL)}


class Inference:
    """The expressions of one file."""

    def __init__(self, file: BicepFile) -> None:
        self._file = file
        self._symbols = {one.symbol: one for one in file.declarations}

    def resolved(self, value: object) -> Any:  # noqa: ANN401 - a value
        """A value as `BicepFile` reads it, without expressions."""
        return mapped(value, self._leaf)

    def _leaf(self, value: object) -> Any:  # noqa: ANN401 - a value
        if isinstance(value, Expression):
            return self.of(value.node)
        return STRING if isinstance(value, str) and "${" in value else value

    def of(self, node: Node) -> Any:  # noqa: ANN401 - a value
        rule = self._RULES.get(node.type)
        return rule(self, node) if rule else self.resolved(self._file.value(node)) if _is_literal(node) else ANY

    def _ternary(self, node: Node) -> Any:  # noqa: ANN401 - a value
        return choice([self.of(one) for one in node.named_children[1:]])

    def _binary(self, node: Node) -> Any:  # noqa: ANN401 - a value
        operator = _text(node.children[1])
        if operator == "??":
            return choice([self.of(one) for one in node.named_children])
        return _OPERATORS.get(operator, _INT)

    def _call(self, node: Node) -> Any:  # noqa: ANN401 - a value
        name, arguments = _text(node.named_children[0]), node.named_children[-1].named_children
        if name == "loadJsonContent":
            path = self._file.path.parent / str(self._file.value(arguments[0]))
            return json.loads(path.read_text("utf-8"))
        if name == "fail":  # nothing comes of it
            return Choice(())
        if name == "union":
            kinds = {type(one) for one in each(self.of(arguments[0]))}
            return _ARRAY if kinds == {list} else _OBJECT if kinds == {dict} else self._kind(self.of(arguments[0]))
        return _RETURNS.get(name, ANY)

    @staticmethod
    def _kind(value: object) -> Some:
        return value if isinstance(value, Some) else ANY

    def _member(self, node: Node) -> Any:  # noqa: ANN401 - a value
        base, name = node.named_children[0], _text(node.named_children[-1])
        symbol = self._symbols.get(_text(base))
        if symbol and symbol.word == "resource":
            return STRING if name in _STRINGS_OF_A_RESOURCE else ANY
        found = list(each(self.of(base)))
        return choice([one.get(name) if isinstance(one, dict) else ANY for one in found])

    def _identifier(self, node: Node) -> Any:  # noqa: ANN401 - a value
        looped = self._looped(node)
        if looped is not None:
            return looped
        symbol = self._symbols.get(_text(node))
        return self._symbol(symbol) if symbol else ANY

    def _symbol(self, symbol: Declaration) -> Any:  # noqa: ANN401 - a value
        if symbol.word == "var":
            return self.resolved(symbol.value)
        if symbol.word == "param" and "allowed" in symbol.decorators:
            return choice(symbol.decorators["allowed"][0])
        return Some(symbol.kind) if symbol.word == "param" else ANY

    def _looped(self, node: Node) -> Any:  # noqa: ANN401 - a value
        """An item of the array that a loop around the node goes through; None if the name is no loop's."""
        loop = node.parent
        while loop is not None:
            variables = [_text(one) for one in _names(loop)]
            if _text(node) in variables[:1]:
                return self._item(loop.named_children[1])
            if _text(node) in variables:
                return _INT
            loop = loop.parent
        return None

    def _item(self, array: Node) -> Any:  # noqa: ANN401 - a value
        return choice([item for one in each(self.of(array)) for item in (one if isinstance(one, list) else [ANY])])

    _RULES: ClassVar[dict[str, Callable[["Inference", Node], Any]]] = {
        "binary_expression": _binary,
        "call_expression": _call,
        "identifier": _identifier,
        "member_expression": _member,
        "parenthesized_expression": lambda self, node: self.of(node.named_children[0]) if node.named_children else ANY,
        "ternary_expression": _ternary,
        "unary_expression": lambda _, node: _OPERATORS.get(_text(node.children[0]), _INT),
    }


def _is_literal(node: Node) -> bool:
    return node.type in ("object", "array", "string", "number", "boolean", "null", "for_statement")


def _names(loop: Node) -> list[Node]:
    """The variables of a loop: the item, and its index where it is named. None if the node is no loop."""
    if loop.type != "for_statement":
        return []
    variables = loop.named_children[0]
    return variables.named_children if variables.type == "for_loop_parameters" else [variables]


def _text(node: Node) -> str:
    return (node.text or b"").decode()
