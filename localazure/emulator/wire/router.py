"""Routes of ARM: templates with {names}, matched without regard to case."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from localazure.emulator.errors import not_emulated
from localazure.emulator.wire.messages import ArmRequest, ArmResponse

type Handler = Callable[[ArmRequest, dict[str, str]], ArmResponse]


@dataclass(frozen=True)
class Route:
    """One method and path, and who serves it."""

    method: str
    pattern: re.Pattern[str]
    handler: Handler


@dataclass
class Router:
    """The first route that matches wins."""

    _routes: list[Route] = field(default_factory=list)

    def add(self, method: str, template: str, handler: Handler) -> None:
        """`{name}` stands for one segment, `{name*}` for one or more."""
        pattern = re.escape(template).replace(r"\{", "{").replace(r"\}", "}").replace(r"\*", "*")
        pattern = re.sub(r"\{(\w+)\*\}", r"(?P<\1>.+)", pattern)
        pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", pattern)
        self._routes.append(Route(method, re.compile(pattern + "/?", re.IGNORECASE), handler))

    def dispatch(self, request: ArmRequest) -> ArmResponse:
        """Raises a 501 in ARM's form, naming the operation, when nothing serves it."""
        for route in self._routes:
            if route.method == request.method and (match := route.pattern.fullmatch(request.path)):
                return route.handler(request, match.groupdict())
        raise not_emulated(request.method, request.path)
