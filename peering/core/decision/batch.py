"""The decisions on a batch of spokes of one hub: who leaves and who is let in counts for those judged after them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from peering.core.catalogue.policy import Catalogue, HubPolicy
from peering.core.decision import findings
from peering.core.decision.approval import NOBODY, Consent
from peering.core.decision.changes import Side
from peering.core.decision.contest import left_to, puts_right
from peering.core.decision.departure import plan_departure
from peering.core.decision.findings import Finding
from peering.core.decision.hub_snapshot import HubSnapshot
from peering.core.decision.moves import (
    Accepted,
    Kept,
    Left,
    arriving,
    is_connected,
    refused,
    with_notes,
    without_old_pairs,
)
from peering.core.decision.switches import NO_RECORD, Known, Word
from peering.core.decision.verdict import Standing, Verdict, judge
from peering.core.decision.withheld import Withheld
from peering.core.network.failures import AzureFailure, unforeseen
from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import PeeringState, Vnet

type Observed = Vnet | AzureFailure | None
"""A network as it was read: None when there is none, a failure when nobody can say."""


CERTAIN = timedelta(minutes=5)
"""How long a 404 must stand, in two looks at least, before anybody says that a network is gone (reads lag)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A spoke of the batch.

    `ours` says that a record of ours stands behind its pair, `standing` that the pair was Connected when it was last
    looked at, `leaving` that it is on its way out, `by_request` that a person named its hub. `doubted_for` is how long
    reads have contradicted what was known, None if this is the first that does. `spoke_first`: its side refused the
    last time. `left` are the pairs that it leaves for this hub, `stays` is the answer where its own is left as it is. A
    network that was moved (another id, the same guid) has its other id in `moved_to` or `moved_from`. `known` is what
    the record says of the pair's switches, `word` how much a person has asked for. `has_moved`: it leaves because
    its pair at another hub stands. `undone_by` is who has undone the pair so often within a day that it is left to him.
    `consent` is what the hub's people have said about it.
    """

    id: VnetId
    network: Observed
    ours: bool = False
    standing: bool = False
    leaving: bool = False
    by_request: bool = False
    doubted_for: timedelta | None = None
    spoke_first: bool = False
    known: Known = NO_RECORD
    word: Word = Word.NONE
    has_moved: bool = False
    undone_by: str = ""
    consent: Consent = NOBODY
    left: tuple[Left, ...] = ()
    stays: Kept | Verdict | None = None
    moved_to: VnetId | None = None
    moved_from: VnetId | None = None

    @property
    def seen(self) -> Vnet | None:
        """The network, where it could be read and is there."""
        return self.network if isinstance(self.network, Vnet) else None

    @property
    def is_certain(self) -> bool:
        """Whether what is read has stood for long enough to be believed."""
        return self.doubted_for is not None and self.doubted_for >= CERTAIN


@dataclass(frozen=True, slots=True)
class Doubt:
    """What is read contradicts what was known: nothing is concluded, and it is looked at again."""

    finding: Finding


type Answer = Verdict | Kept | Accepted | Doubt | Withheld | AzureFailure
"""What is decided about a candidate; a failure when something that had to be read could not be."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A candidate and the answer to it."""

    candidate: Candidate
    answer: Answer


def decide(
    hub: Vnet | None,
    policy: HubPolicy,
    catalogue: Catalogue,
    candidates: Sequence[Candidate],
    forfeit: frozenset[VnetId] = frozenset(),
) -> tuple[Decision, ...]:
    """One decision for each candidate. Departures come first: they free addresses and places for the others.

    Then those whose pair stood, before newcomers: where somebody has deleted its half, the hub's document does not
    speak for it any more. Among themselves the candidates keep their order.

    `hub` is None when it has read 404 for long enough to be believed, unless a spoke's own half contradicts that.
    `forfeit` are the networks whose halves on the hub are ours, not Connected, and stood behind by nobody.
    """
    outgoing = [(each, _outgoing(each, hub, policy)) for each in candidates]
    decisions = [Decision(each, answer) for each, answer in outgoing if answer is not None]
    snapshot = HubSnapshot.around(_without(hub, decisions), policy, catalogue, forfeit) if hub else None
    joining = [candidate for candidate, answer in outgoing if answer is None]
    for each in sorted(joining, key=lambda candidate: not candidate.standing):
        answer, snapshot = _joining(each, snapshot, policy)
        decisions.append(Decision(each, answer))
    return tuple(decisions)


def _outgoing(candidate: Candidate, hub: Vnet | None, policy: HubPolicy) -> Answer | None:
    """The answer to one that leaves, cannot be read or is not there; None for one that joins."""
    try:
        match candidate.network:
            case AzureFailure() as failure:
                return failure
            case None:
                return _absent(candidate, hub, policy)
            case network if hub is None and is_connected(network.half_to(policy.vnet)):
                return Doubt(findings.hub_gone_beside_connected(policy))
            case _ if candidate.stays:
                return candidate.stays
            case network:
                return Verdict(plan_departure(hub, network, policy, candidate.id)) if candidate.leaving else None
    except Exception as error:  # noqa: BLE001 - what nobody foresaw is this candidate's failure, not the batch's
        return unforeseen(error)


def _absent(candidate: Candidate, hub: Vnet | None, policy: HubPolicy) -> Answer:
    """A network that reads 404. It is gone when its former partner says so, or when the 404 has stood."""
    half = hub.half_to(candidate.id) if hub else None
    if is_connected(half):
        return Doubt(findings.gone_beside_connected(candidate.id, policy))
    if not (candidate.is_certain or (half and half.state == PeeringState.DISCONNECTED)):
        return Doubt(findings.spoke_not_there_yet(candidate.id))
    plan = plan_departure(hub, None, policy, candidate.id)
    if candidate.moved_to:
        return Verdict(with_notes(plan, f"the network was moved: it is {candidate.moved_to} now"))
    asked = candidate.by_request and not (candidate.standing or candidate.leaving)
    return Verdict(plan, findings=(findings.spoke_is_gone(candidate.id),) if asked else ())


def _without(hub: Vnet, decisions: Iterable[Decision]) -> Vnet:
    """The hub as it will be once these have left."""
    plans = [decision.answer.plan for decision in decisions if isinstance(decision.answer, Verdict)]
    going = {change.name for plan in plans for change in plan.of(Side.HUB)}
    return replace(hub, halves=tuple(half for half in hub.halves if half.name not in going))


def _standing(candidate: Candidate) -> Standing:
    return Standing(
        ours=candidate.ours,
        known=candidate.known,
        word=candidate.word,
        spoke_first=candidate.spoke_first,
        consent=candidate.consent,
    )


def _joining(
    candidate: Candidate, snapshot: HubSnapshot | None, policy: HubPolicy
) -> tuple[Answer, HubSnapshot | None]:
    """Judge one spoke; also returns the hub as the next spoke will find it."""
    network = candidate.seen
    if snapshot is None or network is None:
        missing = Verdict(findings=(findings.hub_not_found(policy),))
        return refused(missing, network, candidate.left) if network else missing, snapshot
    try:
        view = without_old_pairs(network, candidate.left)
        verdict = judge(view, snapshot, _standing(candidate))
        if candidate.undone_by and puts_right(verdict, candidate.known, snapshot.hub, view):
            verdict = left_to(candidate.undone_by, snapshot.hub, view, policy.name)
        if verdict.pair and candidate.moved_from:
            note = f"it was {candidate.moved_from} before it was moved"
            verdict = replace(verdict, plan=with_notes(verdict.plan, note))
        answer = arriving(verdict, network, candidate.left, snapshot, candidate.consent)
        return answer, snapshot.with_spoke(network) if _claims(answer) else snapshot
    except Exception as error:  # noqa: BLE001 - as above
        return unforeseen(error), snapshot


def _claims(answer: Answer) -> bool:
    """Whether the hub keeps the place for it: a wish that was refused claims nothing."""
    return isinstance(answer, Accepted) or (
        isinstance(answer, Verdict) and answer.pair is not None and not answer.as_it_stands
    )
