"""The filter of an event subscription, with the property names ARM gives it.

Event type, subject and every advanced filter must match; the values inside one filter are alternatives.
String comparisons ignore case unless `isSubjectCaseSensitive` asks otherwise for the subject.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Event = Mapping[str, Any]

MAX_FILTERS = 25
MAX_VALUES = 25
MAX_VALUE_LENGTH = 512

_ABSENT = object()

_STRING_TESTS: dict[str, Callable[[str, str], bool]] = {
    "In": lambda found, wanted: found == wanted,
    "BeginsWith": lambda found, wanted: found.startswith(wanted),
    "EndsWith": lambda found, wanted: found.endswith(wanted),
    "Contains": lambda found, wanted: wanted in found,
}
_NULL_OPERATORS = {"IsNullOrUndefined", "IsNotNull"}
_OTHER_SCHEMA = {"eventType": "type", "topic": "source", "eventTime": "time"}
"""Event Grid schema's names and CloudEvents' names of the same things."""


@dataclass(frozen=True, slots=True)
class AdvancedFilter:
    """One operator on one key, such as `data.operationName` `StringIn` [...]."""

    operator: str
    key: str
    values: tuple[str | bool, ...]

    def matches(self, event: Event, *, on_arrays: bool) -> bool:
        found = _value_at(event, self.key)
        if self.operator in _NULL_OPERATORS:
            return (found is None or found is _ABSENT) == (self.operator == "IsNullOrUndefined")
        if self.operator == "BoolEquals":
            return any(found is value for value in self.values)
        negated = self.operator.startswith("StringNot")
        test = _STRING_TESTS[self.operator.removeprefix("StringNot").removeprefix("String")]
        candidates = found if isinstance(found, list) and on_arrays else [found]
        strings = [one.lower() for one in candidates if isinstance(one, str)]
        hit = any(test(one, str(value).lower()) for one in strings for value in self.values)
        return hit != negated


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFilter:
    """What a subscription wants of a topic's events."""

    event_types: frozenset[str] | None = None
    subject_begins_with: str = ""
    subject_ends_with: str = ""
    subject_case_sensitive: bool = False
    advanced: tuple[AdvancedFilter, ...] = ()
    on_arrays: bool = False

    def matches(self, event: Event) -> bool:
        event_type = str(_top_level(event, "eventType")).lower()
        if self.event_types is not None and event_type not in self.event_types:
            return False
        return self._subject_matches(str(event.get("subject", ""))) and all(
            one.matches(event, on_arrays=self.on_arrays) for one in self.advanced
        )

    def _subject_matches(self, subject: str) -> bool:
        begins, ends = self.subject_begins_with, self.subject_ends_with
        if not self.subject_case_sensitive:
            subject, begins, ends = subject.lower(), begins.lower(), ends.lower()
        return subject.startswith(begins) and subject.endswith(ends)


def parse_filter(body: Mapping[str, Any]) -> EventFilter:
    """Read ARM's `filter` object.

    Raises:
        ValueError: An operator or value that Event Grid would not take, or too many of them.
    """
    types = body.get("includedEventTypes")
    advanced = tuple(_parse_advanced(one) for one in body.get("advancedFilters") or ())
    _check_limits(advanced)
    return EventFilter(
        event_types=frozenset(str(one).lower() for one in types) if types else None,
        subject_begins_with=str(body.get("subjectBeginsWith") or ""),
        subject_ends_with=str(body.get("subjectEndsWith") or ""),
        subject_case_sensitive=bool(body.get("isSubjectCaseSensitive")),
        advanced=advanced,
        on_arrays=bool(body.get("enableAdvancedFilteringOnArrays")),
    )


def _parse_advanced(body: Mapping[str, Any]) -> AdvancedFilter:
    operator, key = str(body.get("operatorType", "")), str(body.get("key", ""))
    known = _NULL_OPERATORS | {"BoolEquals"}
    known |= {f"{prefix}{test}" for prefix in ("String", "StringNot") for test in _STRING_TESTS}
    if operator not in known:
        raise ValueError(f"advancedFilters: operatorType '{operator}' is not one of {', '.join(sorted(known))}")
    if not key:
        raise ValueError(f"advancedFilters: a {operator} filter names no key")
    values = tuple(_values(operator, body))
    if not values and operator not in _NULL_OPERATORS:
        raise ValueError(f"advancedFilters: the {operator} filter on '{key}' has no values")
    return AdvancedFilter(operator, key, values)


def _values(operator: str, body: Mapping[str, Any]) -> Iterable[str | bool]:
    if operator == "BoolEquals":
        return [bool(body["value"])] if "value" in body else []
    return [str(value) for value in body.get("values") or ()]


def _check_limits(filters: tuple[AdvancedFilter, ...]) -> None:
    values = [value for one in filters for value in one.values]
    if len(filters) > MAX_FILTERS or len(values) > MAX_VALUES:
        raise ValueError(f"advancedFilters: at most {MAX_FILTERS} filters and {MAX_VALUES} values in all")
    if any(isinstance(value, str) and len(value) > MAX_VALUE_LENGTH for value in values):
        raise ValueError(f"advancedFilters: a value is longer than {MAX_VALUE_LENGTH} characters")


def _top_level(event: Event, name: str) -> Any:  # noqa: ANN401 - any JSON value
    return event.get(name, event.get(_OTHER_SCHEMA.get(name, name), _ABSENT))


def _value_at(event: Event, key: str) -> Any:  # noqa: ANN401 - any JSON value
    """Follow a dotted key. A property whose own name has a dot cannot be reached, as in Event Grid."""
    first, *rest = key.split(".")
    found = _top_level(event, first)
    for name in rest:
        found = found.get(name, _ABSENT) if isinstance(found, dict) else _ABSENT
    return found
