"""What may be carried out of what was decided: one filter between the decision and the writes."""

from collections.abc import Sequence
from dataclasses import dataclass

from peering.core.decision.batch import Decision


@dataclass(frozen=True, slots=True)
class Limits:
    """What withholds changes: nothing yet. A pause, a hold, an observed hub and the brake will stand here."""


def within(decisions: Sequence[Decision], limits: Limits) -> tuple[Decision, ...]:  # noqa: ARG001 - none is set yet
    """The decisions as the limits let them stand."""
    return tuple(decisions)
