"""One write to ARM, as data: on whose side, what happens to what, and in which phase of its batch."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

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
    """When in its batch a change is made; each phase begins when the one before it has ended for every spoke.

    A `Disconnected` half on the spoke blocks the hub's (RemotePeeringIsDisconnected), so it goes first. Then the hub's,
    one after another: ARM allows one write to a VNet at a time, and checks a spoke's `useRemoteGateways` against the
    `allowGatewayTransit` of the hub's half. The spokes' halves come last.
    """

    CLEAR = 0
    HUB = 1
    SPOKE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One write: to the half called `name` on `vnet`, which references `remote`. `why` is for the log."""

    action: Action
    side: Side
    vnet: VnetId
    name: str
    remote: VnetId
    flags: Flags
    why: str
    kind: Kind = Kind.PEERING

    @property
    def phase(self) -> Phase:
        match self.side:
            case Side.HUB:
                return Phase.HUB
            case Side.SPOKE:
                return Phase.CLEAR if self.action is Action.REMOVE else Phase.SPOKE

    def __str__(self) -> str:
        return f"{self.action} {self.side} half {self.name} ({self.why})"
