"""The switches: where Azure's answer is not known for certain, or is more than every test wants, either can be had."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

type Json = dict[str, Any]


class InvalidSwitch(ValueError):
    """A switch that there is not, or a value that it does not have; the message says which there are."""


@dataclass(frozen=True)
class Switch:
    """One question. The first of `values` is the default."""

    name: str
    values: tuple[str, ...]
    about: str

    @property
    def default(self) -> str:
        return self.values[0]


# One row for each; localazure/emulator/coverage.md has the same rows, with how much is known, and a test compares.
SWITCHES = (
    Switch("roles", ("off", "on"), "whether a caller needs a role for what it asks"),
    Switch(
        "transitOffWhileUsed",
        ("refused", "accepted"),
        "a half's allowGatewayTransit set back while the other half uses the gateway",
    ),
    Switch(
        "ownGatewayWhileRemoteUsed",
        ("refused", "accepted"),
        "a gateway in a network of which a half has useRemoteGateways",
    ),
    Switch("gatewayDeleteWhileUsed", ("refused", "accepted"), "the deletion of a gateway that peered networks use"),
    Switch(
        "doNotVerifyRemoteGateways",
        ("ignored", "obeyed"),
        "whether that flag lets a half use a gateway that is still being built",
    ),
    Switch(
        "growthOverNeighbour",
        ("sync", "network"),
        "where a network that grows over another spoke of its hub is refused: at the sync or at its own PUT",
    ),
    Switch(
        "readOnlyLockOnRemote",
        ("ignored", "refused"),
        "a half written while the remote network has a lock of level ReadOnly",
    ),
    Switch(
        "referenceInFlight",
        ("ReferencedResourceNotProvisioned", "AnotherOperationInProgress", "RetryableError"),
        "how a half is refused while the network it names is being written",
    ),
    Switch("networkPrefixSize", ("checked", "taken"), "a network's prefix too small or too large for any subnet"),
    Switch(
        "invalidPrefixCode",
        ("NetcfgInvalidIPAddressPrefix", "NetcfgInvalidVirtualNetworkSite"),
        "the code for a network's prefix that is reserved, of no usable size, or given twice",
    ),
)
_BY_NAME = {switch.name: switch for switch in SWITCHES}


@dataclass
class Switches:
    """How the switches stand."""

    _set: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self._set.get(name, _BY_NAME[name].default)

    def change(self, wanted: Mapping[str, object]) -> None:
        """Set the switches that are named. Raises InvalidSwitch and changes nothing."""
        for name, value in wanted.items():
            switch = _BY_NAME.get(name)
            if switch is None:
                raise InvalidSwitch(f"There is no switch '{name}'. There are: {', '.join(sorted(_BY_NAME))}.")
            if value not in switch.values:
                raise InvalidSwitch(f"Switch '{name}' is one of {', '.join(switch.values)}, not '{value}'.")
        self._set |= {name: str(value) for name, value in wanted.items()}

    def reset(self) -> None:
        self._set = {}

    def view(self) -> Json:
        return {
            each.name: {
                "value": self[each.name],
                "values": list(each.values),
                "default": each.default,
                "about": each.about,
            }
            for each in SWITCHES
        }
