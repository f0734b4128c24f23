"""One write to ARM, as data: on whose side, what happens to what, and in which phase of its batch."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Any

from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import Flags


class Side(StrEnum):
    """Whose half."""

    HUB = "hub"
    SPOKE = "spoke"


class Action(StrEnum):
    """What happens to it."""

    REMOVE = "remove"
    PUT = "put"
    SYNC = "sync"


class Kind(StrEnum):
    """What is written. A half of a peering is all there is today; the executor matches over this."""

    PEERING = "peering"


class Phase(IntEnum):
    """When in its batch a change is made. The first phase ends for every spoke before another begins for any.

    A `Disconnected` half on the spoke blocks the hub's (RemotePeeringIsDisconnected), so it goes first; so does the
    half of a spoke that refused the last time, lest the hub's is written in vain, and the one that has to let go of the
    hub's gateway before the hub can take it back. Then the hub's halves, one after
    another: ARM allows one write to a VNet at a time, and checks a spoke's `useRemoteGateways` against the
    `allowGatewayTransit` of the hub's half. A spoke's half comes after the hub's half for it, whoever is still to come.
    """

    FIRST = 0
    HUB = 1
    SPOKE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One write: to the half called `name` on `vnet`, which references `remote`. `why` is for the log.

    `rest` are the properties of the half that we know nothing of: they are sent back as they were read.
    """

    action: Action
    side: Side
    phase: Phase
    vnet: VnetId
    name: str
    remote: VnetId
    flags: Flags
    why: str
    kind: Kind = Kind.PEERING
    rest: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def __str__(self) -> str:
        return f"{self.action} {self.side} half {self.name} ({self.why})"
