"""HTTP routes in the form of ASP.NET route templates: `hubs/{hub}/spokes/{id:guid?}`, `{*rest}`, `{page:int=1}`.

The host maps functions in the order of their names and the first route that fits wins, literal or not
(WebScriptHostHttpRoutesManager.cs). The methods are part of the fit: a known path with another method is a 404, not a
405 (Azure/azure-functions-host issue 10098).
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

_PARAMETER = re.compile(r"\{((?:[^{}]|\{\{|\}\})+)\}")
_COLON_BETWEEN_CONSTRAINTS = re.compile(r":(?![^(]*\))")  # and not one inside of a constraint's parentheses
_SIMPLE = {
    "int": r"[+-]?\d{1,10}",
    "long": r"[+-]?\d{1,19}",
    "bool": r"true|false",
    "guid": r"\{?[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}\}?",
    "alpha": r"[a-z]*",
    "decimal": r"[+-]?\d*\.?\d+",
    "double": r"[+-]?\d*\.?\d+(e[+-]?\d+)?",
    "float": r"[+-]?\d*\.?\d+(e[+-]?\d+)?",
    "required": r".+",
}

type Constraint = Callable[[str], bool]


class RouteError(ValueError):
    """A route template cannot be understood."""


@dataclass(frozen=True, kw_only=True)
class Route:
    """One function's route; no methods means all of them."""

    function_name: str
    pattern: re.Pattern[str]
    constraints: Mapping[str, tuple[Constraint, ...]]
    defaults: Mapping[str, str]
    methods: frozenset[str]

    def match(self, method: str, path: str) -> dict[str, str] | None:
        """The route's parameters when the request fits. `path` without its leading slash, still percent-encoded."""
        if self.methods and method not in self.methods:
            return None
        found = self.pattern.fullmatch(_decoded(path).rstrip("/"))
        if not found:
            return None
        values = {name: value for name, value in found.groupdict().items() if value}
        fits = all(check(values[name]) for name in values for check in self.constraints.get(name, ()))
        return {**self.defaults, **values} if fits else None


def route(function_name: str, template: str, methods: Iterable[str] = ()) -> Route:
    """Compile a template.

    Raises:
        RouteError: an unknown constraint or a malformed parameter.
    """
    pattern, position = "", 0
    constraints: dict[str, tuple[Constraint, ...]] = {}
    defaults: dict[str, str] = {}
    template = template.strip("/")
    for found in _PARAMETER.finditer(template):
        parameter = _Parameter.parse(found.group(1), template)
        literal = template[position : found.start()]
        pattern += parameter.after(literal)
        constraints[parameter.name] = parameter.constraints
        defaults |= {parameter.name: parameter.default} if parameter.default is not None else {}
        position = found.end()
    pattern += re.escape(template[position:])
    upper = frozenset(method.upper() for method in methods)
    return Route(
        function_name=function_name,
        pattern=re.compile(pattern, re.IGNORECASE),
        constraints=constraints,
        defaults=defaults,
        methods=upper,
    )


@dataclass(frozen=True, kw_only=True)
class _Parameter:
    name: str
    catch_all: bool
    optional: bool
    default: str | None
    constraints: tuple[Constraint, ...]

    @classmethod
    def parse(cls, text: str, template: str) -> "_Parameter":
        body, _, default = text.partition("=") if "regex(" not in text else (text, "", "")
        optional = body.endswith("?")
        name, *constraints = _COLON_BETWEEN_CONSTRAINTS.split(body.removesuffix("?"))
        bare = name.lstrip("*")
        if not re.fullmatch(r"\w+", bare):
            raise RouteError(f"Route '{template}': '{{{text}}}' is not a parameter.")
        checks = tuple(_constraint(constraint, template) for constraint in constraints)
        return cls(
            name=bare,
            catch_all=name != bare,
            optional=optional,
            default=default if "=" in text and default else None,
            constraints=checks,
        )

    def after(self, literal: str) -> str:
        """The pattern of this parameter and the literal text before it; what may be absent takes its slash along."""
        value = f"(?P<{self.name}>{'(?s:.*)' if self.catch_all else '[^/]+'})"
        absent = self.optional or self.catch_all or self.default is not None
        if not absent:
            return re.escape(literal) + value
        if literal.endswith("/"):
            return f"{re.escape(literal[:-1])}(?:/{value})?"
        return f"{re.escape(literal)}{value}?"


def _constraint(text: str, template: str) -> Constraint:
    name, _, rest = text.partition("(")
    arguments = rest.removesuffix(")")
    if name in _SIMPLE:
        return _matches(_SIMPLE[name])
    try:
        match name:
            case "regex":
                return _searches(arguments.replace("{{", "{").replace("}}", "}"))
            case "length" | "minlength" | "maxlength":
                return _between(name.removesuffix("length"), arguments, len)
            case "range" | "min" | "max":
                return _between(name.removesuffix("range"), arguments, int)
            case _:
                pass
    except (ValueError, re.error) as error:
        raise RouteError(f"Route '{template}': constraint '{text}' is malformed: {error}") from error
    raise RouteError(f"Route '{template}': there is no constraint '{name}'. Known: {', '.join(sorted(_SIMPLE))}, "
                     "regex, length, minlength, maxlength, range, min, max.")  # fmt: skip


def _matches(expression: str) -> Constraint:
    compiled = re.compile(expression, re.IGNORECASE)
    return lambda value: compiled.fullmatch(value) is not None


def _searches(expression: str) -> Constraint:
    compiled = re.compile(expression, re.IGNORECASE)
    return lambda value: compiled.search(value) is not None


def _between(bound: str, arguments: str, measure: Callable[[str], int]) -> Constraint:
    numbers = [int(number) for number in arguments.split(",")]
    low = None if bound == "max" else numbers[0]
    high = None if bound == "min" else numbers[-1]

    def fits(value: str) -> bool:
        try:
            size = measure(value)
        except ValueError:
            return False
        return (low is None or size >= low) and (high is None or size <= high)

    return fits


def _decoded(path: str) -> str:
    """Everything but an encoded slash is decoded before routing, as ASP.NET does."""
    return unquote(re.sub("%2f", "%252F", path, flags=re.IGNORECASE))
