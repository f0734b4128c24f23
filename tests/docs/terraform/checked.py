"""What of a Terraform text a provider does not know: arguments, blocks, kinds, and what its expressions read."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.docs.terraform.provider import Argument, Schema, schema

type Json = dict[str, Any]
type Packages = Mapping[str, Path]  # by the provider's name

_BLOCK = "__is_block__"
_READ = re.compile(r"\b((?:azurerm|azapi)_\w+)\.(\w+)(?:\[[^\]]*\])?\.(\w+)(?:\[\d+\]\.(\w+))?")
_INSIDE = re.compile(r"typing\.(?:Sequence|Mapping)\[.*\]")
_KINDS = {
    bool: "builtins.bool",
    int: "jsii.Number",
    list: "typing.Sequence",
    dict: "typing.Mapping",
    str: "builtins.str",
}


def faults(text: Json, packages: Packages) -> list[str]:
    """`text` is what python-hcl2 makes of it."""
    found = []
    for resource in text.get("resource", []):
        for kind, named in resource.items():
            for name, body in named.items():
                found += [f"{_bare(kind)}.{_bare(name)}{fault}" for fault in _resource(_bare(kind), body, packages)]
    for provider in text.get("provider", []):
        for name, body in provider.items():
            known = schema(packages[_bare(name)], "provider")
            found += [f"provider {_bare(name)}{fault}" for fault in _body(known, f"{known.top}Config", body)]
    return found


def _resource(kind: str, body: Json, packages: Packages) -> Iterator[str]:
    known = _schema(kind, packages)
    if known is None:
        yield ": the provider has no such resource"
        return
    yield from _body(known, f"{known.top}Config", body)
    arguments = known.arguments(f"{known.top}Config")
    for lifecycle in body.get("lifecycle", []):
        ignored = [re.split(r"\W", _bare(one.strip("${}")))[0] for one in lifecycle.get("ignore_changes", [])]
        yield from (f".lifecycle: ignores {name}, which is no argument" for name in ignored if name not in arguments)
    for other, _, attribute, inner in _READ.findall(str(body)):
        yield from _attribute(_schema(other, packages), other, attribute, inner)


def _schema(kind: str, packages: Packages) -> Schema | None:
    provider, _, module = kind.partition("_")
    folder = packages[provider] / module
    return schema(packages[provider], module) if folder.exists() else None


def _attribute(known: Schema | None, kind: str, attribute: str, inner: str) -> Iterator[str]:
    if known is None or attribute not in known.attributes(known.top):
        yield f": reads {kind}'s {attribute}, which it has not"
    elif inner:
        block = f"{known.top}{attribute.title().replace('_', '')}OutputReference"
        if inner not in known.attributes(block):
            yield f": reads {kind}'s {attribute}.{inner}, which it has not"


def _body(known: Schema, name: str, body: Json) -> Iterator[str]:
    arguments = known.arguments(name)
    for key, value in body.items():
        if key in arguments:
            yield from (f".{key}{fault}" for fault in _value(known, arguments[key], value))
        elif not key.startswith("__"):  # the parser's own
            yield f".{key}: is unknown"
    yield from (f".{key}: is missing" for key, one in arguments.items() if one.required and key not in body)


def _value(known: Schema, argument: Argument, value: object) -> Iterator[str]:
    blocks = [one for one in value if isinstance(one, dict) and _BLOCK in one] if isinstance(value, list) else []
    if blocks and argument.block:
        for block in blocks:
            yield from _body(known, argument.block, block)
    elif blocks and "_cdktn_" not in argument.kind:  # of Terraform's own: lifecycle
        yield ": is no block"
    elif not blocks and not _is_expression(value) and not _fits(argument.kind, value):
        yield f": is a {type(value).__name__}"


def _fits(kind: str, value: object) -> bool:
    """By the annotation; what is inside a list or a map does not count for what is none."""
    outer = kind if isinstance(value, list | dict) else _INSIDE.sub("", kind)
    return _KINDS[type(value)] in outer or "typing.Any" in outer


def _is_expression(value: object) -> bool:
    return isinstance(value, str) and value.startswith("${")


def _bare(text: str) -> str:
    return text.strip('"')
