"""The table of failures, row by row, and how long each is waited out."""

from datetime import timedelta

import pytest

from peering.core.decision.findings import explain
from peering.core.network.failures import NO_ANSWER, RULES, AzureFailure, Backoff, Kind, blocks_the_hub, rule_for

SOON, SLOWLY, NEVER = Kind.SOON, Kind.SLOWLY, Kind.NEVER

TABLE = [
    # status, code -> kind (docs/facts/arm-errors.md)
    (400, "ReferencedResourceNotProvisioned", SOON),
    (400, "RemotePeeringIsDisconnected", SOON),
    (400, "RemoteVnetHasNoGateways", SOON),
    (400, "AnotherPeeringAlreadyReferencesRemoteVnet", SOON),
    (400, "VnetAddressSpaceOverlapsWithAlreadyPeeredVnet", SOON),
    (400, "VnetAddressSpacesOverlap", SOON),
    (400, "InvalidResourceReference", SOON),
    (400, "ParentResourceIsInFailedState", SLOWLY),
    (400, "InvalidRequestFormat", SLOWLY),
    (400, "", SLOWLY),
    (401, "InvalidAuthenticationTokenTenant", NEVER),
    (401, "ExpiredAuthenticationToken", SOON),
    (401, "NoToken", SOON),
    (403, "AuthorizationFailed", SLOWLY),
    (403, "LinkedAuthorizationFailed", SLOWLY),
    (403, "RequestDisallowedByPolicy", SLOWLY),
    (404, "SubscriptionNotFound", SLOWLY),
    (404, "ParentResourceNotFound", SOON),
    (405, "MethodNotAllowed", SLOWLY),
    (408, "RequestTimeout", SOON),
    (409, "AnotherOperationInProgress", SOON),
    (409, "ResourceGroupBeingDeleted", SOON),
    (409, "ScopeLocked", SLOWLY),
    (409, "ReadOnlyDisabledSubscription", SLOWLY),
    (409, "MissingSubscriptionRegistration", SLOWLY),
    (412, "PreconditionFailed", SOON),
    (429, "RetryableError", SOON),
    (429, "SubscriptionRequestsThrottled", SOON),
    (400, "AnotherOperationInProgress", SOON),
    (400, "RetryableError", SOON),
    (400, "OperationNotAllowed", SLOWLY),
    (500, "InternalServerError", SOON),
    (502, "", SOON),
    (503, "ServerTimeout", SOON),
    (504, "GatewayTimeout", SOON),
    (501, "NotImplemented", SOON),
    (NO_ANSWER, "TimedOut", SOON),
    (NO_ANSWER, "NotYetConnected", SOON),
    (NO_ANSWER, "Unforeseen", SLOWLY),
    (NO_ANSWER, "UnexpectedDocument", SLOWLY),
    (403, "DenyAssignmentAuthorizationFailed", SLOWLY),
    # What a long-running operation ended with stands in a 200.
    *(
        (400, code, SOON)
        for code in (
            "Canceled",
            "CanceledAndSupersededDueToAnotherOperation",
            "OperationCanceled",
            "OperationPreempted",
            "InternalServerError",
            "InternalError",
            "ServiceUnavailable",
            "ServerBusy",
            "GatewayTimeout",
            "OperationTimedOut",
            "RequestTimeout",
            "Timeout",
        )
    ),
]


@pytest.mark.parametrize(("status", "code", "kind"), TABLE)
def test_what_a_failure_means(status: int, code: str, kind: Kind) -> None:
    assert rule_for(AzureFailure(status, code, "")).kind is kind


OTHER_TENANT = AzureFailure(
    403,
    "LinkedAuthorizationFailed",
    "The client has permission to perform action 'Microsoft.Network/virtualNetworks/peer/action' on scope 'P', however "
    "the current tenant '1' is not authorized to access linked subscription '2'.",
)


def test_a_spoke_in_another_tenant_is_not_tried_again_and_told_why() -> None:
    """The same code as for a missing role, told apart by its text (docs/facts/arm-errors.md, Other tenant)."""
    assert rule_for(OTHER_TENANT).kind is NEVER
    assert "different tenants" in explain(OTHER_TENANT).message


DENIED_TO_ALL = AzureFailure(403, "AuthorizationFailed", "denied because of the deny assignment with name 'x'.")


def test_a_deny_assignment_is_not_told_to_grant_a_role() -> None:
    for failure in (DENIED_TO_ALL, AzureFailure(403, "DenyAssignmentAuthorizationFailed", "no")):
        assert "no role helps" in explain(failure).message
        assert "Grant" not in explain(failure).message


def test_every_row_is_used() -> None:
    used = {rule_for(AzureFailure(status, code, "")) for status, code, _ in TABLE}
    assert used | {rule_for(OTHER_TENANT), rule_for(DENIED_TO_ALL)} >= set(RULES)


@pytest.mark.parametrize(("status", "code", "kind"), TABLE)
def test_what_does_not_pass_by_itself_says_what_to_do(status: int, code: str, kind: Kind) -> None:
    failure = AzureFailure(status, code, "It did not work.")
    if kind is not SOON:
        assert rule_for(failure).remedy.endswith(".")
    words = "It did not work." if status == NO_ANSWER else "Azure answered: It did not work."
    assert explain(failure).message.startswith(words)
    assert explain(failure).message.endswith("It is tried again by itself.")
    assert "tried again by itself" not in explain(failure, given_up=True).message
    assert "looks again once a day" in explain(failure, given_up=True).message
    assert explain(failure).code == code


TOLD = "Operation PutVirtualNetworkGatewayOperation is updating it. The call can be retried in 12 seconds."
THROTTLED = "Number of requests exceeded. Please try again after '324' seconds."
JITTER = 0.5  # which adds a second to what was asked, and makes a wait three quarters of its full length

NO_TIME = timedelta()
WAITS = [
    # code, message, Retry-After, attempt -> seconds (None: give up)
    ("RetryableError", "", None, 1, 1.5),
    ("RetryableError", "", None, 2, 3),
    ("RetryableError", "", None, 7, 96),
    ("RetryableError", "", None, 50, 0.75 * 30 * 60),
    ("RetryableError", TOLD, None, 1, 13),
    ("RetryableError", THROTTLED, None, 1, 325),
    ("RetryableError", TOLD, 30, 1, 31),
    ("RetryableError", TOLD, 0, 1, 13),
    ("RetryableError", "", 30, 2, 61),
    ("RetryableError", "", 7200, 3, 7201),
    ("AuthorizationFailed", "", None, 1, 45),
    ("AuthorizationFailed", "", None, 6, 0.75 * 30 * 60),
    ("SubscriptionNotFound", "", 5, 1, 6),
]
STATUS = {"RetryableError": 429, "AuthorizationFailed": 403, "SubscriptionNotFound": 404}


@pytest.mark.parametrize(("code", "message", "asked", "attempt", "seconds"), WAITS)
def test_how_long_it_is_waited_out(code: str, message: str, asked: int | None, attempt: int, seconds: float) -> None:
    retry_after = None if asked is None else timedelta(seconds=asked)
    wait = Backoff().after(AzureFailure(STATUS[code], code, message, retry_after), attempt, NO_TIME, JITTER)
    assert wait == timedelta(seconds=seconds)


HORIZONS = [
    # status, code, for how many hours it has been tried, whether that is enough
    (429, "RetryableError", 5.9, False),
    (429, "RetryableError", 6, True),
    (403, "AuthorizationFailed", 23, False),
    (403, "AuthorizationFailed", 24, True),
    (400, "SomethingNew", 23, False),
    (401, "InvalidAuthenticationTokenTenant", 0, True),
]


@pytest.mark.parametrize(("status", "code", "hours", "spent"), HORIZONS)
def test_for_how_long_it_is_tried(status: int, code: str, hours: float, spent: bool) -> None:
    wait = Backoff().after(AzureFailure(status, code, ""), 3, timedelta(hours=hours), JITTER)
    assert (wait is None) is spent


def test_those_that_failed_together_do_not_come_back_together() -> None:
    failure = AzureFailure(429, "RetryableError", "")
    waits = [Backoff().after(failure, 4, NO_TIME, jitter / 10) for jitter in range(10)]
    assert len(set(waits)) == 10
    assert all(wait and timedelta(seconds=8) <= wait < timedelta(seconds=16) for wait in waits)


@pytest.mark.parametrize(
    ("status", "code", "blocks"),
    [
        (429, "", True),
        (429, "ResourceRequestsThrottled", True),
        (409, "AnotherOperationInProgress", True),
        (400, "ReferencedResourceNotProvisioned", False),
        (409, "ScopeLocked", False),
        (403, "AuthorizationFailed", False),
        (NO_ANSWER, "TimedOut", True),  # the write may still be under way
        (NO_ANSWER, "NotYetConnected", False),
        (NO_ANSWER, "Unforeseen", False),
    ],
)
def test_which_failures_hold_for_the_whole_hub(status: int, code: str, blocks: bool) -> None:
    assert blocks_the_hub(AzureFailure(status, code, "")) is blocks
