"""The record of a spoke and how it goes from state to state. Pure: `now` is an argument."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from peering.core.addresses import Prefix
from peering.core.failures import AzureFailure, rule_for
from peering.core.findings import Code, Finding
from peering.core.model import Flags, Vnet
from peering.core.plan import Plan, half_ids, other_remote_gateway
from peering.core.policy import UNKNOWN, HubPolicy
from peering.core.requests import Door, Request
from peering.core.resource_ids import VnetId


class State(StrEnum):
    """Where a spoke stands."""

    PENDING = "Pending"
    AWAITING_APPROVAL = "AwaitingApproval"
    CONNECTED = "Connected"
    REFUSED = "Refused"
    FAILED = "Failed"
    ABANDONED = "Abandoned"
    LEAVING = "Leaving"
    REMOVED = "Removed"


class NamedBy(StrEnum):
    """Who chose the hub: the network's tag, or a manual request."""

    TAG = "tag"
    REQUEST = "request"


@dataclass(frozen=True, slots=True)
class Record:
    """One spoke's row in the table `peerings`: partition `hub`, row `spoke.key`.

    `wanted` is the hub as it was written, which is not `hub` when nobody knows it. `etag` is the version it was read
    at, None for a row that does not exist yet. Times are UTC. `calls` are the ARM requests spent
    on it so far, `was` is the outcome that stood before it was last looked at.
    """

    hub: str
    spoke: VnetId
    state: State
    wanted: str
    named_by: NamedBy
    door: Door
    who: str
    correlation: str
    requested: datetime
    started: datetime | None = None
    finished: datetime | None = None
    not_before: datetime | None = None
    attempts: int = 0
    calls: int = 0
    prefixes: tuple[Prefix, ...] = ()
    location: str = ""
    hub_half: str = ""
    spoke_half: str = ""
    hub_flags: Flags | None = None
    spoke_flags: Flags | None = None
    gateway: str = ""
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()
    was: State | None = None
    etag: str | None = None

    def tells_more_than(self, before: "Record") -> bool:
        """True when this outcome is news to a reader of the history who knows what stood there before."""
        told = (before.was, before.findings, before.hub_flags, before.spoke_flags, before.gateway, before.prefixes)
        return told != (self.state, self.findings, self.hub_flags, self.spoke_flags, self.gateway, self.prefixes)


def intend(
    old: Record | None, request: Request, spoke: Vnet | None, hub: str, wanted: str, named_by: NamedBy
) -> Record:
    """The `Pending` row that says: this spoke is to be looked at. A retry keeps the count of attempts and the times."""
    if old and request.door is Door.RETRY:
        was = last_outcome(old)
        return replace(old, state=State.PENDING, not_before=None, was=was, wanted=wanted, named_by=named_by)
    fresh = old or Record(
        hub,
        request.spoke,
        State.PENDING,
        wanted,
        named_by,
        request.door,
        request.who,
        request.correlation,
        request.when,
    )
    return replace(
        fresh,
        state=State.PENDING,
        was=last_outcome(old) if old else None,
        wanted=wanted,
        named_by=named_by,
        door=request.door,
        who=request.who,
        correlation=request.correlation,
        requested=request.when,
        started=None,
        finished=None,
        not_before=None,
        attempts=0,
        calls=0,
        prefixes=spoke.prefixes if spoke else fresh.prefixes,
        location=spoke.location if spoke else fresh.location,
    )


def connected(record: Record, plan: Plan, spoke: Vnet, policy: HubPolicy, now: datetime) -> Record:
    hub_half, spoke_half = half_ids(plan, policy.vnet)
    return replace(
        _finished(record, State.CONNECTED, (), now),
        prefixes=spoke.prefixes,
        location=spoke.location,
        hub_half=hub_half,
        spoke_half=spoke_half,
        hub_flags=plan.hub_flags,
        spoke_flags=plan.spoke_flags,
        gateway=plan.gateway or "none",
        notes=plan.notes,
    )


def refused(record: Record, findings: tuple[Finding, ...], now: datetime) -> Record:
    waits = all(finding.code == Code.APPROVAL_NEEDED for finding in findings)
    return _finished(record, State.AWAITING_APPROVAL if waits else State.REFUSED, findings, now)


def failed(record: Record, failure: AzureFailure, now: datetime) -> Record:
    """Given up: the attempts are spent, or another would fail the same way."""
    return replace(_finished(record, State.FAILED, (explain(failure),), now), attempts=record.attempts + 1)


def postponed(record: Record, failure: AzureFailure, not_before: datetime) -> Record:
    """Still to be done, with the reason for the delay where its owner can read it."""
    return replace(record, findings=(explain(failure),), not_before=not_before, attempts=record.attempts + 1)


def abandoned(record: Record, reason: str, now: datetime) -> Record:
    finding = Finding("Abandoned", f"Autopeer gave up after an error that it did not foresee: {reason}")
    return _finished(record, State.ABANDONED, (finding,), now)


def removed(record: Record, notes: tuple[str, ...], now: datetime) -> Record:
    """Gone from the hub. What it had is kept for the reader, what it was told is not."""
    return replace(_finished(record, State.REMOVED, (), now), notes=notes, hub_half="", spoke_half="")


def carried_over(outcome: Record, current: Record) -> Record:
    """The outcome on a row that was asked about again meanwhile: still open, but knowing what was found."""
    found = ("findings", "notes", "finished", "calls", "prefixes", "location", "gateway")
    pair = ("hub_half", "spoke_half", "hub_flags", "spoke_flags")
    return replace(current, was=outcome.state, **{name: getattr(outcome, name) for name in (*found, *pair)})


def last_outcome(record: Record) -> State | None:
    """The last state that was an outcome: `Pending` and `Leaving` are only the way from one to the next."""
    return record.was if record.state in (State.PENDING, State.LEAVING) else record.state


def explain(failure: AzureFailure) -> Finding:
    remedy = rule_for(failure).remedy
    return Finding(failure.code, f"Azure answered: {failure.message} {remedy}".strip())


def _finished(record: Record, state: State, findings: tuple[Finding, ...], now: datetime) -> Record:
    return replace(record, state=state, findings=findings, finished=now, not_before=None)


def partition(policy: HubPolicy | None) -> str:
    """The partition of a record: the hub's name, or the one for hubs that nobody knows."""
    return policy.name if policy else UNKNOWN


def is_untouched(record: Record, spoke: Vnet, policy: HubPolicy) -> bool:
    """True when the spoke alone shows that nothing is to be done: its half stands as recorded and says FullyInSync.

    A half that is Connected has its other half by definition, so the hub need not be read. When the hub lent its
    gateway and only the spoke could not use it, a spoke that now can is not as it should be.
    """
    half = spoke.half_to(policy.vnet)
    lent = record.hub_flags is not None and record.hub_flags.gateway_transit
    stood_in_the_way = lent and half is not None and not half.flags.remote_gateways
    return (
        record.state is State.CONNECTED
        and half is not None
        and half.settled
        and half.flags == record.spoke_flags
        and half.flags.forwarded_traffic == policy.forwarded_traffic.spoke
        and half.flags.virtual_network_access == policy.virtual_network_access.spoke
        and spoke.prefixes == record.prefixes
        and not (stood_in_the_way and spoke.gateway is None and other_remote_gateway(spoke, policy.vnet) is None)
    )
