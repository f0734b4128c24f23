"""Reads typed values out of a parsed TOML table and notes what is wrong with them, instead of stopping at the first."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum
from typing import Any

from peering.core.catalogue.fault import Fault
from peering.core.catalogue.policy import PerHalf
from peering.core.network.addresses import InvalidPrefix, Prefix
from peering.core.network.resource_ids import InvalidResourceId, VnetId

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
EXAMPLE_ID = "00000000-0000-0000-0000-000000000000"
"""Stands in hubs.example.toml, and is nobody's: who has not replaced it has not finished."""


@dataclass(slots=True)
class Table:
    """A TOML table at `path`. A value that is wrong is noted in `faults` and read as its default.

    What the table does not say is taken from `defaults`; a fault of it is named where it stands, and once.
    """

    path: str
    values: Mapping[str, Any]
    faults: list[Fault]
    defaults: "Table | None" = None
    _asked: set[str] = field(default_factory=set)

    def fault(self, key: str, reason: str) -> None:
        fault = Fault(self.place(key), reason)
        if fault not in self.faults:
            self.faults.append(fault)

    def place(self, key: str) -> str:
        """The path of a key: in the defaults where it stands there and not here."""
        if self.defaults and key in self.defaults.values and key not in self.values:
            return self.defaults.place(key)
        return ".".join(part for part in (self.path, key) if part)

    def value(self, key: str) -> Any:  # noqa: ANN401 - a TOML value can be of any type
        self._asked.add(key)
        return self.defaults.value(key) if self.defaults and key not in self.values else self.values.get(key)

    def text(self, key: str, default: str, pattern: re.Pattern[str] | None = None) -> str:
        return self.optional_text(key, pattern) or default

    def optional_text(self, key: str, pattern: re.Pattern[str] | None = None) -> str | None:
        value = self.value(key)
        if value is None:
            return None
        if not isinstance(value, str) or not value.strip():
            self.fault(key, f"should be a text, not {_shown(value)}.")
            return None
        if pattern and not pattern.fullmatch(value.strip()):
            self.fault(key, f"{value!r} has characters that Azure does not allow here, or too many of them.")
            return None
        return value.strip()

    def number(self, key: str, default: int, least: int = 0, most: int = 0) -> int:
        value = self.value(key)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            self.fault(key, f"should be a whole number from {least} to {most}, not {_shown(value)}.")
            return default
        return value

    def minutes(self, key: str, default: int, most: int) -> float:
        """A number of minutes that may have a fraction: seconds are for trials. A whole one stays a whole number."""
        value = self.value(key)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
            self.fault(key, f"should be a number of minutes from 0 to {most}, not {_shown(value)}.")
            return default
        return value

    def choice[T: StrEnum](self, key: str, default: T) -> T:
        value = self.value(key)
        choices = type(default)
        if value is None:
            return default
        if value not in list(choices):
            self.fault(key, f"should be one of {', '.join(choices)}, not {_shown(value)}.")
            return default
        return choices(value)

    def flag(self, key: str, *, default: bool = False) -> bool:
        value = self.value(key)
        if value is None or isinstance(value, bool):
            return default if value is None else value
        self.fault(key, f"should be true or false, not {_shown(value)}.")
        return default

    def per_half(self, key: str, *, default: bool) -> PerHalf:
        """`true`, `false`, or a table with `hub` and `spoke`."""
        value = self.value(key)
        both = {"hub": value, "spoke": value} if isinstance(value, bool) else value
        if value is None:
            return PerHalf(default, default)
        if (
            not isinstance(both, dict)
            or set(both) != {"hub", "spoke"}
            or not all(isinstance(v, bool) for v in both.values())
        ):
            self.fault(key, f"should be true, false or {{hub = true, spoke = false}}, not {_shown(value)}.")
            return PerHalf(default, default)
        return PerHalf(both["hub"], both["spoke"])

    def texts(self, key: str, hint: str = "use a list of texts") -> tuple[str, ...]:
        value = self.value(key)
        if value is None:
            return ()
        listed = [value] if isinstance(value, str) and hint == "" else value
        if not isinstance(listed, list) or not all(isinstance(item, str) for item in listed):
            self.fault(key, f"is {_shown(value)}: {hint}.")
            return ()
        return tuple(listed)

    def prefixes(self, key: str, empty: str | None = None) -> tuple[Prefix, ...]:
        """Prefixes in CIDR form. An empty list is a fault where `empty` says what to write instead."""
        found = []
        value = self.value(key)
        if value == [] and empty:
            self.fault(key, f"is an empty list, and would allow any address. {empty}")
        for text in [value] if isinstance(value, str) else self.texts(key):
            try:
                found.append(Prefix.parse(text.strip()))
            except InvalidPrefix as error:
                self.fault(key, str(error))
        return tuple(found)

    def subscriptions(self, key: str) -> tuple[str, ...]:
        value = self.value(key)
        found = [text.strip().lower() for text in ([value] if isinstance(value, str) else self.texts(key))]
        for text in found:
            if text != "*":
                self._guid(key, text, 'is no subscription: use its GUID, or "*" for all.')
        if value == []:
            self.fault(key, "allows no subscription at all. Leave it out to allow all.")
        return tuple(found) or ("*",)

    def object_ids(self, key: str) -> tuple[str, ...]:
        """Object ids of Entra, lower-cased, each once. An empty list means nobody, as does no list."""
        found = [
            text.strip().lower() for text in self.texts(key, "use a list of object ids: GUIDs, as Entra shows them")
        ]
        for text in found:
            self._guid(key, text, "is no object id: use the GUID that Entra shows for a person, group or app.")
        return tuple(dict.fromkeys(found))

    def _guid(self, key: str, text: str, otherwise: str) -> None:
        if not _GUID.fullmatch(text):
            self.fault(key, f"{text!r} {otherwise}")
        elif text == EXAMPLE_ID:
            self.fault(key, f"{text!r} is the example's. Put your own there.")

    def vnet(self, key: str) -> VnetId | None:
        value = self.value(key)
        if not isinstance(value, str):
            self.fault(key, "is missing: give the resource id of the hub's virtual network.")
            return None
        try:
            vnet = VnetId.parse(value.strip())
        except InvalidResourceId as error:
            self.fault(key, str(error))
            return None
        if vnet.subscription == EXAMPLE_ID:
            self.fault(key, "is the example's network. Put the resource id of your hub's virtual network there.")
        return vnet

    def table(self, key: str) -> "Table":
        """The table under a key; an empty one where there is none."""
        value = self.value(key)
        if value is not None and not isinstance(value, dict):
            self.fault(key, f"should be a table, [{key}], not {_shown(value)}.")
        return Table(key, value if isinstance(value, dict) else {}, self.faults)

    def tables(self, key: str, defaults: "Table | None" = None) -> dict[str, "Table"]:
        value = self.value(key)
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.fault(key, f"should be tables, [{key}.name], not {_shown(value)}.")
            return {}
        for name in (name for name, inner in value.items() if not isinstance(inner, dict)):
            self.fault(f"{key}.{name}", f"should be a table, [{key}.{name}], not {_shown(value[name])}.")
        return {
            name: Table(f"{key}.{name}", inner, self.faults, defaults)
            for name, inner in value.items()
            if isinstance(inner, dict)
        }

    def list_of_tables(self, key: str, hint: str) -> list["Table"]:
        value = self.value(key)
        if not isinstance(value, list) or not value or not all(isinstance(item, dict) for item in value):
            self.fault(key, f"is {_shown(value)}: {hint}.")
            return []
        return [Table(f"{self.place(key)}[{index}]", item, self.faults) for index, item in enumerate(value)]

    def refuse_unknown_keys(self, known: Iterable[str] = ()) -> None:
        """A misspelt key would silently leave a policy at its default, so it is a fault."""
        allowed = {*self._asked, *known}
        for key in (key for key in self.values if key not in allowed):
            meant = next(iter(get_close_matches(key, allowed, n=1)), None)
            self.fault(key, "is not known." + (f" Did you mean {meant!r}?" if meant else ""))


def _shown(value: object) -> str:
    return repr(value)[:80]
