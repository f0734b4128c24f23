"""What may be carried out of what was decided: one filter between the decision and the writes.

What writes no peering passes: a refusal is recorded, and told, in a pause too.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from peering.core.catalogue.policy import HubPolicy, Mode
from peering.core.decision.batch import Decision
from peering.core.decision.brake import NO_BRAKE, Brake, takes_away
from peering.core.decision.changes import Action
from peering.core.decision.findings import Code, Finding
from peering.core.decision.moves import Accepted
from peering.core.decision.pause import Pause
from peering.core.decision.plan import Plan
from peering.core.decision.switches import Word
from peering.core.decision.verdict import Verdict
from peering.core.decision.withheld import Limit, Withheld
from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import Vnet

_OBSERVED_AGAIN = timedelta(days=1)
_SHOWN = 5  # changes that a sentence has room for


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What withholds changes at one hub, at one moment.

    `is_new`: other rules held at the hub so far, and no sweep has compared the estate with these.
    """

    at: datetime
    pauses: tuple[Pause, ...] = ()
    is_new: bool = False
    brake: Brake = NO_BRAKE

    def pause_of(self, hub: str, spoke: VnetId) -> Pause | None:
        """The pause that ends last of those that hold the spoke."""
        holding = [pause for pause in self.pauses if pause.holds(hub, spoke, self.at)]
        return max(holding, key=lambda pause: (pause.until is None, pause.until or self.at), default=None)


def within(decisions: Sequence[Decision], hub: Vnet | None, policy: HubPolicy, limits: Limits) -> tuple[Decision, ...]:
    """The decisions as the limits let them stand."""
    allowed = [_paused_or_observed(decision, policy, limits) for decision in decisions]
    if limits.is_new:
        allowed = [_until_swept(each, hub, policy, limits) for each in allowed]
    taking = {each.candidate.id for each in allowed if takes_away(each, hub)}
    if limits.brake.allows(taking):
        return tuple(allowed)
    braked = taking - limits.brake.released
    return tuple(_braked(each, policy, limits) if each.candidate.id in braked else each for each in allowed)


def _paused_or_observed(decision: Decision, policy: HubPolicy, limits: Limits) -> Decision:
    verdict = _what_it_leads_to(decision)
    pause = limits.pause_of(policy.name, decision.candidate.id)
    if verdict is None or not (verdict.plan.changes or _goes_on(decision) or (pause and pause.spoke)):
        return decision
    if pause:
        finding = _said(Code.PAUSED, f"{pause}", verdict.plan, pause.remedy)
        return replace(decision, answer=Withheld(Limit.PAUSED, verdict, finding, pause.until))
    if policy.mode is Mode.OBSERVE:
        why = f'Hub {policy.name!r} is only observed so far (mode = "observe" in the catalogue): nothing is written'
        finding = _said(Code.OBSERVED, why, verdict.plan, f"Ask {policy.whom} when that ends.")
        return replace(decision, answer=Withheld(Limit.OBSERVED, verdict, finding, limits.at + _OBSERVED_AGAIN))
    return decision


def _what_it_leads_to(decision: Decision) -> Verdict | None:
    """What would be carried out; None for a refusal or a doubt, which are told all the same."""
    match decision.answer:
        case Accepted():
            return Verdict()
        case Verdict() as verdict if verdict.pair or verdict.plan.changes:
            return verdict
        case _:
            return None


def _goes_on(decision: Decision) -> bool:
    """Whether another hub will act on the answer: it lets go of who is accepted here."""
    return isinstance(decision.answer, Accepted)


def _braked(decision: Decision, policy: HubPolicy, limits: Limits) -> Decision:
    verdict = decision.answer
    if not isinstance(verdict, Verdict):
        return decision
    why = (
        f"Within a day more than {limits.brake.most} networks of hub {policy.name!r} would lose something, so nothing "
        "is taken from any of them before a person has looked at the list"
    )
    remedy = f"Ask {policy.whom} to release the list, or undo what asks for it."
    return replace(decision, answer=Withheld(Limit.BRAKE, verdict, _said(Code.BRAKED, why, verdict.plan, remedy)))


def _until_swept(decision: Decision, hub: Vnet | None, policy: HubPolicy, limits: Limits) -> Decision:
    """An older catalogue that is still at work somewhere has gone by then. What a person asks for is done."""
    verdict, candidate = decision.answer, decision.candidate
    if not isinstance(verdict, Verdict) or not takes_away(decision, hub):
        return decision
    if candidate.word is not Word.NONE or candidate.id in limits.brake.released:
        return decision
    why = (
        f"The catalogue says something else of hub {policy.name!r} than at the last sweep, so nothing is taken away "
        "before the next one"
    )
    finding = _said(Code.CATALOGUE_IS_NEW, why, verdict.plan, "Autopeer looks again after the next sweep.")
    return replace(decision, answer=Withheld(Limit.CATALOGUE, verdict, finding))


def _said(code: Code, why: str, plan: Plan, remedy: str) -> Finding:
    would = "; ".join(_words(plan))
    return Finding(code, f"{why}.{f' It would {would}.' if would else ''} {remedy}", remedy=remedy)


def _words(plan: Plan) -> Iterator[str]:
    """The changes as a person reads them."""
    for change in plan.changes[:_SHOWN]:
        yield f"{_VERBS[change.action]} the peering {change.name!r} on {change.vnet.name} ({change.why})"


_VERBS = {Action.PUT: "write", Action.SYNC: "sync", Action.REMOVE: "remove"}
