"""What a property may hold: a literal, one of several, or what only Azure can compute, of which the kind is known."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Some:
    """A value of a kind: `string`, `int`, `bool`, `array`, `object`, or `any` where nothing is known."""

    kind: str

    def may_be(self, kind: str) -> bool:
        return self.kind in (kind, "any")


@dataclass(frozen=True)
class Choice:
    """One of these: the branches of a condition, or the values that a parameter allows."""

    values: tuple[Any, ...]


ANY = Some("any")
STRING = Some("string")


def each(value: object) -> Iterator[Any]:
    """The values it may be."""
    if isinstance(value, Choice):
        for one in value.values:
            yield from each(one)
    else:
        yield value


def choice(values: list[Any]) -> Any:  # noqa: ANN401 - a value
    """The only one, or the choice of them."""
    found = [one for value in values for one in each(value)]
    return found[0] if len(found) == 1 else Choice(tuple(found)) if found else ANY


def mapped(value: object, leaf: Callable[[object], Any]) -> Any:  # noqa: ANN401 - a value
    """The same, each part that is neither an object nor an array replaced."""
    if isinstance(value, dict):
        return {key: mapped(inner, leaf) for key, inner in value.items()}
    if isinstance(value, list):
        return [mapped(inner, leaf) for inner in value]
    return leaf(value)
