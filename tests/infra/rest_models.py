"""The property names that Azure's REST APIs know, from the models of azure-mgmt-*.

Two generations of SDK are in use: models with an `_attribute_map` of dotted keys, and models with REST fields and
annotations. Both say the JSON name and the type of each property, and both choose subtypes by a discriminator.
"""

import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from tests.infra.bicep import Expression

_NAME = re.compile(r"(?:_models\.)?([A-Z]\w+)")


@dataclass(frozen=True)
class Model:
    """A class of one package's models."""

    package: str
    name: str

    @property
    def _module(self) -> ModuleType:
        return importlib.import_module(f"azure.mgmt.{self.package}.models")

    @property
    def _class(self) -> Any:  # noqa: ANN401 - the two generations have no base in common
        return getattr(self._module, self.name)

    def for_value(self, value: dict[str, Any]) -> "Model":
        """The subtype the value's discriminator names."""
        for key, names in self._subtypes().items():
            name = names.get(str(value.get(key)))
            if name not in (None, self.name):
                return Model(self.package, str(name)).for_value(value)
        return self

    def _subtypes(self) -> dict[str, dict[str, str]]:
        old = getattr(self._class, "_subtype_map", None)
        if old is not None:
            keys = self._class._attribute_map
            return {keys[attribute]["key"].replace("\\.", "."): names for attribute, names in old.items()}
        return {}

    def fields(self) -> dict[str, str]:
        """JSON name (dotted where it is nested) and the type's name."""
        if hasattr(self._class, "_attribute_map"):
            return {field["key"]: field["type"] for field in self._class._attribute_map.values()}
        self._class()  # the first instance fills in the names
        annotations: dict[str, Any] = {}
        for base in reversed(self._class.__mro__):
            annotations |= getattr(base, "__annotations__", {})
        rest = self._class._attr_to_rest_field.items()
        return {field._rest_name: str(annotations.get(attribute, "")) for attribute, field in rest}

    def of(self, kind: str) -> "Model | None":
        """The model a type's name refers to, through lists and options; None for anything else, and for a map."""
        if "{" in kind or "dict[" in kind:
            return None
        for name in _NAME.findall(kind.replace("ForwardRef", "")):
            if isinstance(getattr(self._module, name, None), type) and not _is_enum(getattr(self._module, name)):
                return Model(self.package, name)
        return None

    def choices(self, kind: str) -> set[str]:
        """The values of the enumeration a type's name refers to; none if it is no enumeration, or an old model's."""
        for name in _NAME.findall(kind.replace("ForwardRef", "")):
            if _is_enum(getattr(self._module, name, object)):
                return {str(one.value) for one in getattr(self._module, name)}
        return set()


def _is_enum(kind: type) -> bool:
    return hasattr(kind, "__members__")


def _is_literal(value: object) -> bool:
    return isinstance(value, str) and not isinstance(value, Expression) and "${" not in value


def unknown(model: Model, value: object, path: str = "") -> Iterator[str]:
    """The paths in `value` that the model does not have, and the values its enumerations do not have."""
    if isinstance(value, list):
        for item in value:
            yield from unknown(model, item, path)
    if not isinstance(value, dict):
        return
    model = model.for_value(value)
    fields = {key.replace("\\.", "\0"): kind for key, kind in model.fields().items()}
    for name, inner in value.items():
        key, nested = name.replace(".", "\0"), f"{name}."
        if key in fields:
            if child := model.of(fields[key]):
                yield from unknown(child, inner, f"{path}.{name}")
            elif _is_literal(inner) and (choices := model.choices(fields[key])) and inner not in choices:
                yield f"{path}.{name} = {inner}"
        elif any(field.startswith(nested) for field in fields):
            flat = {field.removeprefix(nested): kind for field, kind in fields.items() if field.startswith(nested)}
            yield from _unknown_in(flat, model, inner, f"{path}.{name}")
        else:
            yield f"{path}.{name}"


def _unknown_in(fields: dict[str, str], model: Model, value: object, path: str) -> Iterator[str]:
    """The same for a level that the model has flattened away."""
    for name, inner in value.items() if isinstance(value, dict) else ():
        if any(field.startswith(f"{name}.") for field in fields):
            flat = {f.removeprefix(f"{name}."): kind for f, kind in fields.items() if f.startswith(f"{name}.")}
            yield from _unknown_in(flat, model, inner, f"{path}.{name}")
        elif name not in fields:
            yield f"{path}.{name}"
        elif child := model.of(fields[name]):
            yield from unknown(child, inner, f"{path}.{name}")
