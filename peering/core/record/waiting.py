"""What a row waits for that a person could end: which thing, until when, and who can end it. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from peering.core.catalogue.policy import HubPolicy
from peering.core.decision.findings import Code
from peering.core.decision.withheld import Limit
from peering.core.record.holding import waits_for_a_release
from peering.core.record.record import Record, State


class Reason(StrEnum):
    """What is waited for. The words are part of the outcome events."""

    APPROVAL = "approval"
    GRACE = "grace"
    PAUSE = "pause"
    OBSERVATION = "observation"
    CATALOGUE = "catalogue"
    BRAKE = "brake"
    OLD_HUB = "oldHub"
    AZURE = "azure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One wait. `until` is when it ends by itself, None where it never does; `ended_by` are people, in a phrase.

    `code` and `remedy` are those of the first finding, empty where there is none.
    """

    reason: Reason
    ended_by: str
    until: datetime | None = None
    code: str = ""
    remedy: str = ""


_LIMITS = {
    Limit.PAUSED: Reason.PAUSE,
    Limit.OBSERVED: Reason.OBSERVATION,
    Limit.CATALOGUE: Reason.CATALOGUE,
    Limit.BRAKE: Reason.BRAKE,
}
_OPERATORS, _OWNERS = "those who operate Autopeer", "the hub's owners"
_OF_THE_NETWORK = "the owners of the network and of its subscription"


def waiting(row: Record, policy: HubPolicy | None) -> Waiting | None:
    """What the row waits for; None where nothing is left to do, or what is left passes by itself."""
    reason = _reason(row)
    if reason is None:
        return None
    first = row.found.findings[0] if row.found.findings and reason is not Reason.GRACE else None
    return Waiting(
        reason=reason,
        ended_by=_ended_by(reason, policy),
        until=_until(reason, row),
        code=str(first.code) if first else "",
        remedy=first.remedy if first else "",
    )


def _reason(row: Record) -> Reason | None:
    if row.state == State.AWAITING_APPROVAL or (row.state == State.CONNECTED and _has(row, Code.APPROVAL_NEEDED)):
        return Reason.APPROVAL  # a pair that stands may want more, or leave
    if row.is_in_grace:
        return Reason.GRACE
    if row.is_held:
        return _LIMITS.get(Limit(row.progress.held)) if row.progress.held in set(Limit) else None
    if waits_for_a_release(row):
        return Reason.BRAKE
    if not row.is_open or not row.found.findings:
        return None
    return Reason.OLD_HUB if _has(row, Code.OLD_HUB_FIRST) else Reason.AZURE


def _has(row: Record, code: Code) -> bool:
    return any(finding.code == code for finding in row.found.findings)


def _until(reason: Reason, row: Record) -> datetime | None:
    match reason:
        case Reason.GRACE:
            return row.progress.grace_ends
        case Reason.PAUSE:
            return row.progress.not_before
        case _:
            return None  # a `not_before` is then only when it is looked at again


def _ended_by(reason: Reason, policy: HubPolicy | None) -> str:
    match reason:
        case Reason.PAUSE:
            return _OPERATORS
        case Reason.CATALOGUE:
            return f"the next sweep, which {_OPERATORS} may order"
        case Reason.GRACE:
            return "whoever sets the tag of the network again"
        case Reason.AZURE | Reason.OLD_HUB:
            return _OF_THE_NETWORK
        case _:
            return policy.its_owners if policy else _OWNERS
