"""What a failed call to Azure means: try again soon, try again slowly, or give up. One table decides.

A status alone does not tell: `ReferencedResourceNotProvisioned` is a 400 and passes by itself, `ScopeLocked` is a 409
and needs a person (docs/facts/arm-errors.md).
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

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
    """Our own storage failed: tables, queue or leases. It says nothing about any network."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One row. `status` None matches any, as an empty `code` does; `text` has to stand in the message.

    `remedy` is what a person can do, empty when nothing is needed.
    """

    status: int | None
    code: str
    kind: Kind
    remedy: str = ""
    text: str = ""

    def fits(self, failure: "AzureFailure") -> bool:
        same = self.status in (None, failure.status) and self.code in ("", failure.code)
        return same and self.text in failure.message


_GRANT = (
    "Grant the identity of Autopeer its role on this network (virtualNetworks/read, peer/action and "
    "virtualNetworkPeerings read, write, delete). It is tried again by itself."
)
_OTHER_TENANT = (
    "Spoke and hub belong to different tenants, and Autopeer's managed identity has rights in one. Choose a hub of the "
    "spoke's own tenant, or have both owners peer the two by hand (docs/deploy.md, Other tenants)."
)
_STALE = "The network changed while it was being peered. It is looked at again by itself."

RULES = (
    Rule(400, "ReferencedResourceNotProvisioned", Kind.SOON),
    Rule(400, "RemotePeeringIsDisconnected", Kind.SOON, _STALE),
    Rule(400, "RemoteVnetHasNoGateways", Kind.SOON, _STALE),
    Rule(400, "AnotherPeeringAlreadyReferencesRemoteVnet", Kind.SOON, _STALE),
    Rule(400, "VnetAddressSpaceOverlapsWithAlreadyPeeredVnet", Kind.SOON, _STALE),
    Rule(400, "VnetAddressSpacesOverlap", Kind.SOON, _STALE),
    Rule(
        400,
        "ParentResourceIsInFailedState",
        Kind.SLOWLY,
        "Repeat the last change to the network, which failed.",
    ),
    Rule(400, "InvalidResourceReference", Kind.SOON, _STALE),
    Rule(401, "InvalidAuthenticationTokenTenant", Kind.NEVER, _OTHER_TENANT),
    Rule(401, "", Kind.SOON),
    Rule(
        403,
        "RequestDisallowedByPolicy",
        Kind.SLOWLY,
        "An Azure Policy denies the peering. Exempt it from the policy.",
    ),
    Rule(403, "LinkedAuthorizationFailed", Kind.NEVER, _OTHER_TENANT, text="the current tenant"),
    Rule(403, "", Kind.SLOWLY, _GRANT),
    Rule(404, "SubscriptionNotFound", Kind.NEVER, "Check the subscription and that Autopeer may see it."),
    Rule(404, "", Kind.SOON, _STALE),
    Rule(409, "ScopeLocked", Kind.SLOWLY, "A resource lock forbids the change. Remove the lock, or the tag."),
    Rule(409, "ReadOnlyDisabledSubscription", Kind.SLOWLY, "The subscription is disabled. Enable it."),
    Rule(409, "MissingSubscriptionRegistration", Kind.SLOWLY, "Register the provider Microsoft.Network in it."),
    Rule(409, "", Kind.SOON),
    Rule(412, "", Kind.SOON, _STALE),
    Rule(408, "", Kind.SOON),
    Rule(429, "", Kind.SOON),
    Rule(NO_ANSWER, "", Kind.SOON),
    Rule(None, "RetryableError", Kind.SOON),
    Rule(None, "AnotherOperationInProgress", Kind.SOON),
    Rule(None, "OperationNotAllowed", Kind.SLOWLY, "Cure what Azure says. It is tried again by itself."),
)
_SERVER_ERROR = Rule(None, "", Kind.SOON)
_UNKNOWN = Rule(
    None,
    "",
    Kind.NEVER,
    "Autopeer does not know this answer of Azure's. Read it, cure it, and set the tag again.",
)

# Codes that mean the hub (or the subscription) is busy: the next spoke of the batch would fare no better.
_BUSY = {"AnotherOperationInProgress", "RetryableError", "SubscriptionRequestsThrottled", "TooManyRequests"}

_IN_SECONDS = re.compile(r"(?:retried in|try again after) '?(\d{1,5})'? seconds", re.IGNORECASE)


def rule_for(failure: AzureFailure) -> Rule:
    """The first row that fits; a 5xx passes by itself, anything else unknown does not."""
    for rule in RULES:
        if rule.fits(failure):
            return rule
    return _SERVER_ERROR if failure.status >= 500 else _UNKNOWN


def blocks_the_hub(failure: AzureFailure) -> bool:
    """True when the failure of a write to the hub holds for every other write to it as well."""
    return failure.status == 429 or failure.code in _BUSY


@dataclass(frozen=True, slots=True)
class Backoff:
    """How long to wait and how often to try. `jitter` arguments are fractions in [0, 1)."""

    first: timedelta = timedelta(seconds=2)
    first_slow: timedelta = timedelta(minutes=1)
    longest: timedelta = timedelta(minutes=30)
    attempts: int = 8

    def after(self, failure: AzureFailure, attempt: int, jitter: float) -> timedelta | None:
        """The wait before the next try, None to give up. `attempt` counts the tries made, this one included."""
        kind = rule_for(failure).kind
        if kind is Kind.NEVER or attempt >= self.attempts:
            return None
        asked = failure.retry_after or _asked_in_words(failure.message)
        if asked is not None:
            return asked + self.first * jitter
        base = self.first if kind is Kind.SOON else self.first_slow
        # Half fixed, half random: spokes that failed together do not come back together.
        wait = min(base * 2.0 ** (attempt - 1), self.longest)
        return wait * (0.5 + jitter / 2)


def _asked_in_words(message: str) -> timedelta | None:
    """ARM sometimes gives the wait in the text only: "The call can be retried in 12 seconds"."""
    found = _IN_SECONDS.search(message)
    return timedelta(seconds=int(found[1])) if found else None
