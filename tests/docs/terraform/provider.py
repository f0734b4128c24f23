"""A provider's schema, out of the package of its bindings for Python, which is read and never imported."""

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Argument:
    """`block` is the class of a nested block, or empty; `kind` is the annotation as written."""

    required: bool
    kind: str
    block: str


class Schema:
    """One resource's, or the provider's own: one module of the package."""

    def __init__(self, module: Path) -> None:
        tree = ast.parse(module.read_text("utf-8"))
        self._classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}

    @property
    def top(self) -> str:
        """What the resource itself is called."""
        (found,) = [name.removesuffix("Config") for name in self._classes if self._is_config(name)]
        return found

    def _is_config(self, name: str) -> bool:
        return any("TerraformMetaArguments" in ast.unparse(base) for base in self._classes[name].bases) or (
            name.endswith("ProviderConfig")
        )

    def arguments(self, name: str) -> dict[str, Argument]:
        """Of a block, or of the resource by the name of its `Config`."""
        init = next(one for one in self._functions(name) if one.name == "__init__")
        pairs = zip(init.args.kwonlyargs, init.args.kw_defaults, strict=True)
        return {argument.arg: self._argument(argument, default) for argument, default in pairs}

    def _argument(self, argument: ast.arg, default: ast.expr | None) -> Argument:
        assert argument.annotation is not None
        names = {one.value for one in ast.walk(argument.annotation) if isinstance(one, ast.Constant)}
        blocks = [str(name) for name in names if name in self._classes]
        return Argument(default is None, ast.unparse(argument.annotation), blocks[0] if blocks else "")

    def attributes(self, name: str) -> set[str]:
        """What can be read of the resource, or of a block by the name of its `OutputReference`."""
        return {one.name for one in self._functions(name)}

    def _functions(self, name: str) -> list[ast.FunctionDef]:
        return [one for one in self._classes[name].body if isinstance(one, ast.FunctionDef)]


@cache
def schema(package: Path, module: str) -> Schema:
    return Schema(package / module / "__init__.py")
