"""What a limit keeps from being carried out: the verdict stands, and waits for a time or for a person."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from peering.core.decision.findings import Finding
from peering.core.decision.verdict import Verdict


class Limit(StrEnum):
    """What withholds changes, the strongest first."""

    PAUSED = "paused"
    OBSERVED = "observed"
    CATALOGUE = "catalogue"
    BRAKE = "brake"


@dataclass(frozen=True, slots=True)
class Withheld:
    """A verdict that is not carried out, why, and until when: None for until a person says so."""

    limit: Limit
    verdict: Verdict
    finding: Finding
    until: datetime | None = None
