"""The decisions on a batch of spokes of one hub: who leaves and who is let in counts for those judged after them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from peering.core.catalogue.policy import Catalogue, HubPolicy
from peering.core.decision import findings
from peering.core.decision.changes import Side
from peering.core.decision.departure import plan_departure
from peering.core.decision.findings import Finding
from peering.core.decision.hub_snapshot import HubSnapshot
from peering.core.decision.plan import Plan
from peering.core.decision.verdict import Verdict, judge
from peering.core.network.failures import AzureFailure
from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import Vnet

type Observed = Vnet | AzureFailure | None
"""A network as it was read: None when there is none, a failure when nobody can say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A spoke of the batch.

    `ours` says that a record of ours stands behind its pair, `standing` that the pair was Connected when it was last
    looked at, `leaving` that it is on its way out. `held_by` names who has put a hold on it, None for nobody.
    """

    id: VnetId
    network: Observed
    ours: bool = False
    standing: bool = False
    leaving: bool = False
    held_by: str | None = None

    @property
    def seen(self) -> Vnet | None:
        """The network, where it could be read and is there."""
        return self.network if isinstance(self.network, Vnet) else None


type Answer = Verdict | AzureFailure
"""What is decided about a candidate; a failure when something that had to be read could not be."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A candidate and the answer to it."""

    candidate: Candidate
    answer: Answer


def decide(
    hub: Observed, policy: HubPolicy, catalogue: Catalogue, candidates: Sequence[Candidate]
) -> tuple[Decision, ...]:
    """One decision for each candidate. Departures come first: they free addresses and places for the others."""
    if isinstance(hub, AzureFailure):
        return tuple(Decision(each, hub) for each in candidates)
    departures = {each.id: _departing(each, hub, policy) for each in candidates if each.leaving}
    snapshot = HubSnapshot.around(_without(hub, departures), policy, catalogue) if hub else None
    decisions = [Decision(each, departures[each.id]) for each in candidates if each.leaving]
    for each in (candidate for candidate in candidates if not candidate.leaving):
        answer, snapshot = _joining(each, snapshot, policy)
        decisions.append(Decision(each, answer))
    return tuple(decisions)


def _departing(candidate: Candidate, hub: Vnet | None, policy: HubPolicy) -> Answer:
    if isinstance(candidate.network, AzureFailure):
        return candidate.network
    return Verdict(plan_departure(hub, candidate.network, policy, candidate.id))


def _without(hub: Vnet, departures: Mapping[VnetId, Answer]) -> Vnet:
    """The hub as it will be once these have left."""
    plans: list[Plan] = [answer.plan for answer in departures.values() if isinstance(answer, Verdict)]
    going = {change.name for plan in plans for change in plan.of(Side.HUB)}
    return replace(hub, halves=tuple(half for half in hub.halves if half.name not in going))


def _joining(
    candidate: Candidate, snapshot: HubSnapshot | None, policy: HubPolicy
) -> tuple[Answer, HubSnapshot | None]:
    """Judge one spoke; also returns the hub as the next spoke will find it."""
    network = candidate.network
    if isinstance(network, AzureFailure):
        return network, snapshot
    if network is None:
        return _refusal(findings.spoke_is_gone(candidate.id)), snapshot
    if snapshot is None:
        return _refusal(findings.hub_not_found(policy)), snapshot
    verdict = judge(network, snapshot, ours=candidate.ours)
    return verdict, snapshot.with_spoke(network) if verdict.pair else snapshot


def _refusal(finding: Finding) -> Verdict:
    return Verdict(findings=(finding,))
