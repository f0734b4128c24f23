"""What a failed call to Azure means: try again soon, try again slowly, or give up. One table decides.

A status alone does not tell: `ReferencedResourceNotProvisioned` is a 400 and passes by itself, `ScopeLocked` is a 409
and needs a person (docs/facts/arm-errors.md).
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from peering.core.network.error_documents import wait_in_words

UNFORESEEN = "Unforeseen"
UNEXPECTED = "UnexpectedDocument"  # an answer that came and cannot be read
NOT_YET_CONNECTED = "NotYetConnected"
NOT_YET_TAKEN_BACK = "NotYetTakenBack"
GATEWAY_NOT_READY = "RemoteVnetHasNoGateways"
NO_ANSWER = 0  # the "status" of a call that got none: refused, timed out, cut off


class Kind(StrEnum):
    """How to go on after a failure."""

    SOON = "soon"  # passes by itself within seconds or minutes
    SLOWLY = "slowly"  # a person has to do something that is often done a few minutes later
    NEVER = "never"  # the same call would fail again


class AzureFailure(Exception):
    """A call to Azure that failed: status (NO_ANSWER if none), ARM's code and message, and the wait it asked for."""

    def __init__(self, status: int, code: str, message: str, retry_after: timedelta | None = None) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.retry_after = retry_after


class StorageFailure(AzureFailure):
    """A call to our own tables, queue or leases that failed. It says nothing about a network."""


def unforeseen(error: Exception) -> AzureFailure:
    """What nobody foresaw, as a failure of the one it happened to: it must stop nobody else."""
    return AzureFailure(NO_ANSWER, UNFORESEEN, f"{type(error).__name__}: {error}"[:500])


@dataclass(frozen=True, slots=True)
class Rule:
    """One row. `status` None matches any, as an empty `code` does; `text` has to stand in the message.

    `why` is what Azure's words leave out. `remedy` is what a person can do, in at most 150 characters, because a tag
    has room for no more; empty when nothing is needed.
    """

    status: int | None
    code: str
    kind: Kind
    remedy: str = ""
    why: str = ""
    text: str = ""

    def fits(self, failure: "AzureFailure") -> bool:
        same = self.status in (None, failure.status) and self.code in ("", failure.code)
        return same and self.text in failure.message


_GRANT = "Grant the identity of Autopeer its role on this network, or ask the owner of the subscription to."
_ROLE = "It needs virtualNetworks/read and peer/action, and virtualNetworkPeerings read, write and delete."
_PEER_BY_HAND = "Choose a hub of the tenant of your network, or have the owners of both peer the two by hand."
_OTHER_TENANT = (
    "Your network and the hub belong to different tenants, and Autopeer's managed identity has rights in one "
    "(docs/deploy.md, Other tenants)."
)
_NO_ROLE_HELPS = "Remove the tag, or put the workload into a network of your own and tag that."
_DENY_ASSIGNMENT = (
    "A deny assignment forbids it, as managed applications (Databricks, for one) set them on networks of theirs, and "
    "no role helps against it."
)
_STALE = "The network changed while it was being peered."
_ASK_OPERATORS = "Ask those who operate Autopeer: their log, under the correlation id of the record, says more."

RULES = (
    Rule(400, "ReferencedResourceNotProvisioned", Kind.SOON, why="One of the two networks is still being changed."),
    Rule(400, "RemotePeeringIsDisconnected", Kind.SOON, why=_STALE),
    Rule(400, GATEWAY_NOT_READY, Kind.SOON, why=_STALE),
    Rule(400, "AnotherPeeringAlreadyReferencesRemoteVnet", Kind.SOON, why=_STALE),
    Rule(400, "VnetAddressSpaceOverlapsWithAlreadyPeeredVnet", Kind.SOON, why=_STALE),
    Rule(400, "VnetAddressSpacesOverlap", Kind.SOON, why=_STALE),
    Rule(
        400,
        "ParentResourceIsInFailedState",
        Kind.SLOWLY,
        "Repeat the last change to the network, which failed.",
    ),
    Rule(400, "InvalidResourceReference", Kind.SOON, why=_STALE),
    Rule(401, "InvalidAuthenticationTokenTenant", Kind.NEVER, _PEER_BY_HAND, _OTHER_TENANT),
    Rule(401, "", Kind.SOON, why="Autopeer's identity got no token, or not one that Azure takes."),
    Rule(
        403,
        "RequestDisallowedByPolicy",
        Kind.SLOWLY,
        "Exempt the network from the Azure Policy, or ask the policy's owners to.",
        "An Azure Policy denies the peering.",
    ),
    Rule(403, "DenyAssignmentAuthorizationFailed", Kind.SLOWLY, _NO_ROLE_HELPS, _DENY_ASSIGNMENT),
    Rule(403, "", Kind.SLOWLY, _NO_ROLE_HELPS, _DENY_ASSIGNMENT, text="deny assignment"),
    Rule(403, "LinkedAuthorizationFailed", Kind.NEVER, _PEER_BY_HAND, _OTHER_TENANT, text="the current tenant"),
    Rule(403, "", Kind.SLOWLY, _GRANT, _ROLE),
    Rule(
        404,
        "SubscriptionNotFound",
        Kind.SLOWLY,
        "Check that the subscription is there, and that Autopeer's identity may see it.",
    ),
    Rule(404, "", Kind.SOON, why=_STALE),
    Rule(409, "ScopeLocked", Kind.SLOWLY, "Remove the lock, or the tag.", "A resource lock forbids the change."),
    Rule(409, "ReadOnlyDisabledSubscription", Kind.SLOWLY, "Enable the subscription.", "The subscription is disabled."),
    Rule(
        409,
        "MissingSubscriptionRegistration",
        Kind.SLOWLY,
        "Register the provider Microsoft.Network in the subscription.",
    ),
    Rule(409, "", Kind.SOON, why="The network is busy with another change."),
    Rule(412, "", Kind.SOON, why=_STALE),
    Rule(408, "", Kind.SOON),
    Rule(429, "", Kind.SOON, why="Azure takes no more changes at the moment."),
    Rule(NO_ANSWER, UNFORESEEN, Kind.SLOWLY, _ASK_OPERATORS, "This is a fault of Autopeer's own."),
    Rule(NO_ANSWER, UNEXPECTED, Kind.SLOWLY, "Look at the network in Azure: something about it is unusual."),
    Rule(NO_ANSWER, "", Kind.SOON),  # "Failed" and "Canceled" too: an operation that ended so without a reason
    Rule(None, "RetryableError", Kind.SOON),
    Rule(None, "AnotherOperationInProgress", Kind.SOON),
    # What a long-running operation ends with stands in a 200, so no status tells that it passes.
    Rule(None, "Canceled", Kind.SOON),
    Rule(None, "CanceledAndSupersededDueToAnotherOperation", Kind.SOON),
    Rule(None, "OperationCanceled", Kind.SOON),
    Rule(None, "OperationPreempted", Kind.SOON),
    Rule(None, "InternalServerError", Kind.SOON),
    Rule(None, "InternalError", Kind.SOON),
    Rule(None, "ServiceUnavailable", Kind.SOON),
    Rule(None, "ServerBusy", Kind.SOON),
    Rule(None, "GatewayTimeout", Kind.SOON),
    Rule(None, "OperationTimedOut", Kind.SOON),
    Rule(None, "RequestTimeout", Kind.SOON),
    Rule(None, "Timeout", Kind.SOON),
    Rule(None, "OperationNotAllowed", Kind.SLOWLY, "Cure what Azure names in its answer."),
)
_SERVER_ERROR = Rule(None, "", Kind.SOON, why="Azure has trouble of its own.")
_UNKNOWN = Rule(
    None,
    "",
    Kind.SLOWLY,
    "Read what Azure answered, and cure it.",
    "Autopeer does not know this answer of Azure's.",
)
FALLBACKS = (_SERVER_ERROR, _UNKNOWN)

# Codes that mean the hub (or the subscription) is busy: the next spoke of the batch would fare no better.
_BUSY = {"AnotherOperationInProgress", "RetryableError", "SubscriptionRequestsThrottled", "TooManyRequests"}


def rule_for(failure: AzureFailure) -> Rule:
    """The first row that fits; a 5xx passes by itself, and what is unknown is tried again slowly."""
    for rule in RULES:
        if rule.fits(failure):
            return rule
    return _SERVER_ERROR if failure.status >= 500 else _UNKNOWN


def blocks_the_hub(failure: AzureFailure) -> bool:
    """True when the failure of a write to the hub holds for every other write to it as well.

    Without an answer the write may still be under way, and Azure takes one at a time.
    """
    return failure.status == 429 or failure.code in _BUSY or (failure.status == NO_ANSWER and failure.code not in _OURS)


_OURS = {UNFORESEEN, UNEXPECTED, NOT_YET_CONNECTED, NOT_YET_TAKEN_BACK}  # say something of one pair, nothing of the hub


def passes_at_once(failure: AzureFailure) -> bool:
    """Whether the same call may well be taken a moment later: something was busy, or an answer got lost.

    Not what took its whole time already, and nothing that says something of the network itself.
    """
    if rule_for(failure).kind is not Kind.SOON or failure.code == "TimedOut":
        return False
    lost = failure.status == NO_ANSWER and failure.code not in _OURS
    return lost or failure.status in (408, 409, 429) or failure.status >= 500 or failure.code in _BUSY | _PASSING


_PASSING = {"ReferencedResourceNotProvisioned", "Canceled", "CanceledAndSupersededDueToAnotherOperation"}


def refuses(failure: AzureFailure) -> bool:
    """True when the side that was written to said no, and somebody has to do something before it says yes."""
    return rule_for(failure).kind is not Kind.SOON


def waits_for_a_person(failure: AzureFailure) -> bool:
    """True when somebody outside of Autopeer can end the wait: a role, a lock, a policy. What is only busy passes."""
    return refuses(failure) and failure.code not in _OURS


def doubled(first: timedelta, times: int, longest: timedelta) -> timedelta:
    """A pause that has doubled so many times, and is never longer than `longest`."""
    return min(first * 2.0 ** min(times, 30), longest)  # after thirty times a second is 34 years


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """How long to wait between tries, and for how long to try. `jitter` arguments are fractions in [0, 1).

    Retries are counted in time: a gateway operation keeps a hub busy for 45 minutes (docs/facts/field.md, Busy hub),
    a role or an exemption takes a person's day. But for the first few of a call, which are made where it stands.
    """

    first: timedelta = timedelta(seconds=2)
    first_slow: timedelta = timedelta(minutes=1)
    longest: timedelta = timedelta(minutes=30)
    horizon: timedelta = timedelta(hours=6)
    horizon_slow: timedelta = timedelta(hours=24)
    tries_at_once: int = 4
    longest_at_once: timedelta = timedelta(seconds=3)

    def at_once(self, failure: AzureFailure, tries: int) -> timedelta | None:
        """How long to wait for the same call to be made again where it stands; None where that is not for now.

        What asks for a longer wait than that is left in peace, and others are served meanwhile.
        """
        if tries >= self.tries_at_once or not passes_at_once(failure):
            return None
        asked = failure.retry_after or wait_in_words(failure.message) or timedelta()
        wait = max(asked, self.moment(tries - 1))
        return wait if wait <= self.longest_at_once else None

    def moment(self, times: int) -> timedelta:
        """How long to wait where one stands before the same is asked once more, after so many waits before."""
        return doubled(self.first / 10, times, self.longest_at_once)

    def after(self, failure: AzureFailure, attempt: int, tried_for: timedelta, jitter: float) -> timedelta | None:
        """The wait before the next try, None to give up. `attempt` counts the tries made, this one included."""
        return None if self.is_spent(failure, tried_for) else self.pause(failure, attempt, jitter)

    def is_spent(self, failure: AzureFailure, tried_for: timedelta) -> bool:
        """Whether it has been tried for long enough."""
        kind = rule_for(failure).kind
        return kind is Kind.NEVER or tried_for >= (self.horizon if kind is Kind.SOON else self.horizon_slow)

    def pause(self, failure: AzureFailure, attempt: int, jitter: float) -> timedelta:
        """What Azure asks for, and never less than what has doubled with each try: some wait is always too short."""
        asked = failure.retry_after or wait_in_words(failure.message)
        base = asked or (self.first_slow if rule_for(failure).kind is not Kind.SOON else self.first)
        wait = doubled(base, attempt - 1, max(self.longest, base))
        if asked is not None:
            return wait + self.first * jitter
        # Half fixed, half random: spokes that failed together do not come back together.
        return wait * (0.5 + jitter / 2)
