"""How often what has happened: in how many histories each kind of step was taken and each verdict given."""

from collections import Counter
from dataclasses import dataclass, field

from tests.histories.generate import KINDS
from tests.histories.steps import MAIL
from tests.histories.world import World

VERDICTS = (
    "Connected",
    "Pending",
    "Leaving",
    "Removed",
    "Failed",
    "AwaitingApproval",
    "Connected OutsideAllowedSpace",
    "Connected OverlapsReserved",
    "Connected OverlapsSpoke",
    "Connected SwitchLeftOff",
    "Connected SwitchLeftOn",
    "Refused HubFull",
    "Refused ManagedElsewhere",
    "Refused NoHubGateway",
    "Refused OutsideAllowedSpace",
    "Refused OverlapsHub",
    "Refused OverlapsReserved",
    "Refused OverlapsSpoke",
    "Refused PeeredByHand",
    "Refused RegionNotAllowed",
    "Refused UnknownHub",
)
EXPECTED = (*KINDS, *(f"mail {name}" for name in MAIL), *VERDICTS)
SHARE = 0.05


@dataclass
class Tally:
    """What the histories of one run have shown."""

    histories: int = 0
    steps: int = 0
    writes: int = 0
    seen: Counter[str] = field(default_factory=Counter)

    def count(self, world: World, steps: int) -> None:
        self.histories += 1
        self.steps += steps
        self.writes += world.writes
        self.seen.update(world.labels)

    def lines(self) -> list[str]:
        """One line for the whole, and one for each label: in how many histories, and their share."""
        whole = f"{self.histories} histories, {self.steps} steps, {self.writes} writes to Azure by the app"
        others = sorted(set(self.seen) - set(EXPECTED))
        return [whole, *(f"  {self.share(name):6.1%}  {name}" for name in (*EXPECTED, *others))]

    def share(self, name: str) -> float:
        return self.seen[name] / self.histories if self.histories else 0.0

    @property
    def rare(self) -> list[str]:
        return [name for name in EXPECTED if self.share(name) < SHARE]
