"""What the worker found in the app: functions and their bindings, in the terms of function.json."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

SUPPORTED = frozenset({"httpTrigger", "http", "queueTrigger", "queue", "eventGridTrigger", "timerTrigger"})


@dataclass(frozen=True)
class Binding:
    """One binding; `settings` is the whole object as function.json would hold it."""

    name: str
    type: str
    is_output: bool
    settings: Mapping[str, Any]

    @classmethod
    def from_raw(cls, raw: str) -> "Binding":
        settings = json.loads(raw)
        return cls(settings["name"], settings["type"], settings["direction"].upper() == "OUT", settings)


@dataclass(frozen=True)
class RetryOptions:
    """The retry decorator; delays in seconds. `minimum == maximum` is the fixed delay."""

    max_retry_count: int
    minimum: float
    maximum: float

    def delay(self, retry: int) -> float:
        """The wait before retry number `retry`, counted from 1."""
        return min(self.maximum, self.minimum * 2.0 ** (retry - 1))


@dataclass(frozen=True)
class Function:
    """An indexed function."""

    name: str
    id: str
    bindings: tuple[Binding, ...]
    retry: RetryOptions | None = None

    @property
    def trigger(self) -> Binding:
        return next(binding for binding in self.bindings if binding.type.endswith("Trigger"))

    @property
    def outputs(self) -> tuple[Binding, ...]:
        return tuple(binding for binding in self.bindings if binding.is_output)


def unsupported_bindings(functions: Iterable[Function]) -> list[str]:
    """A sentence for each binding this host cannot serve."""
    return [
        f"Function '{function.name}' has a binding '{binding.name}' of type '{binding.type}', which the local "
        f"host does not serve (it serves {', '.join(sorted(SUPPORTED))}). Run the app with `func start` instead."
        for function in functions
        for binding in function.bindings
        if binding.type not in SUPPORTED
    ]
