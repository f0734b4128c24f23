"""What may be carried out of what was decided: one filter between the decision and the writes.

A verdict without changes passes: to record a refusal or that all is well, and to tell it, writes no peering.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from peering.core.catalogue.policy import HubPolicy, Mode
from peering.core.decision.batch import Candidate, Decision
from peering.core.decision.brake import Brake, takes_away
from peering.core.decision.findings import Code, Finding
from peering.core.decision.pause import Pause
from peering.core.decision.plan import Plan
from peering.core.decision.verdict import Verdict
from peering.core.decision.withheld import Limit, Withheld
from peering.core.network.vnets import Vnet

_OBSERVED_AGAIN = timedelta(hours=6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What withholds changes at one hub, at one moment."""

    now: datetime
    pauses: tuple[Pause, ...] = ()
    brake: Brake = Brake()

    def pause_of(self, hub: str, candidate: Candidate) -> Pause | None:
        """The pause that ends last of those that hold the spoke."""
        holding = [pause for pause in self.pauses if pause.holds(hub, candidate.id, self.now)]
        return max(holding, key=lambda pause: (pause.until is None, pause.until or self.now), default=None)


def within(decisions: Sequence[Decision], hub: Vnet | None, policy: HubPolicy, limits: Limits) -> tuple[Decision, ...]:
    """The decisions as the limits let them stand."""
    allowed = [_paused_or_observed(decision, policy, limits) for decision in decisions]
    taking = [each for each in allowed if takes_away(each, hub)]
    if limits.brake.allows(each.candidate.id for each in taking):
        return tuple(allowed)
    braked = {each.candidate.id for each in taking} - limits.brake.released
    return tuple(_braked(each, policy, limits) if each.candidate.id in braked else each for each in allowed)


def _paused_or_observed(decision: Decision, policy: HubPolicy, limits: Limits) -> Decision:
    verdict = decision.answer
    if not isinstance(verdict, Verdict) or not verdict.plan.changes:
        return decision
    if pause := limits.pause_of(policy.name, decision.candidate):
        until, finding = pause.until, _said(Code.PAUSED, f"{pause}", verdict.plan, pause.remedy)
        return replace(decision, answer=Withheld(Limit.PAUSED, verdict, finding, until))
    if policy.mode is Mode.OBSERVE:
        why = f"Hub {policy.name!r} is only observed (mode = \"observe\" in the catalogue)"
        finding = _said(Code.OBSERVED, why, verdict.plan, "Ask the hub's owners when they switch it on.")
        return replace(decision, answer=Withheld(Limit.OBSERVED, verdict, finding, limits.now + _OBSERVED_AGAIN))
    return decision


def _braked(decision: Decision, policy: HubPolicy, limits: Limits) -> Decision:
    verdict = decision.answer
    if not isinstance(verdict, Verdict):
        return decision
    why = (
        f"Within a day more than {limits.brake.most} pairs of hub {policy.name!r} would lose something, so nothing is "
        "taken from any of them before a person has looked"
    )
    remedy = "Nothing is cut. The hub's owners look at the list and release it, or undo what asks for it."
    return replace(decision, answer=Withheld(Limit.BRAKE, verdict, _said(Code.BRAKED, why, verdict.plan, remedy)))


def _said(code: Code, why: str, plan: Plan, remedy: str) -> Finding:
    return Finding(code, f"{why}. It would: {'; '.join(_words(plan))}. {remedy}", remedy=remedy)


def _words(plan: Plan) -> Iterator[str]:
    """The changes as a person reads them."""
    for change in plan.changes[:5]:
        yield f"{change.action} the peering {change.name!r} on {change.vnet.name} ({change.why})"
