"""The brake: no mistake in a catalogue, a tag policy or a list takes away from many before a person has looked."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from peering.core.catalogue.policy import HubPolicy
from peering.core.decision.batch import Decision
from peering.core.decision.changes import Action, Change, Side
from peering.core.decision.verdict import Verdict
from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import Vnet


@dataclass(frozen=True, slots=True)
class Brake:
    """What a hub has lost within a day, and what is asked to be taken away now.

    `done` counts pairs, `asked` are spokes of which something is to be taken and that are not in the batch, `released`
    those that a person has let go. `most` is how many may lose something within a day.
    """

    done: int = 0
    asked: frozenset[VnetId] = frozenset()
    released: frozenset[VnetId] = frozenset()
    most: int = 2

    def allows(self, taking: Iterable[VnetId]) -> bool:
        """Whether so many may lose something: those, the ones that wait for the same, and the ones that have."""
        wished = (self.asked | frozenset(taking)) - self.released
        return not wished or self.done + len(wished) <= self.most


NO_BRAKE = Brake()


def most_removals(policy: HubPolicy, pairs: int) -> int:
    """The catalogue's figure; else 10 or a tenth of the hub's pairs, whichever is more, but at most half of them."""
    if policy.max_removals is not None:
        return policy.max_removals
    return max(2, min(max(10, pairs // 10), pairs // 2))


def takes_away(decision: Decision, hub: Vnet | None) -> bool:
    """Whether a pair that is Connected would lose something: itself, or a switch.

    What is cut off already, a network that is gone, and a pair whose successor at another hub stands lose nothing.
    """
    verdict, candidate = decision.answer, decision.candidate
    if not isinstance(verdict, Verdict) or candidate.seen is None or candidate.has_moved:
        return False
    return any(_takes(change, hub if change.side is Side.HUB else candidate.seen) for change in verdict.plan.changes)


def _takes(change: Change, network: Vnet | None) -> bool:
    half = network.half_named(change.name) if network else None
    if half is None or not half.is_connected:
        return False
    before, after = asdict(half.flags), asdict(change.flags)
    return change.action is Action.REMOVE or any(before[name] and not after[name] for name in before)
