"""Whether a write may have been refused because another of our own was under way at the same hub.

How Azure says it: docs/facts/arm-errors.md, Another operation.
"""

import re

from peering.core.network.failures import AzureFailure
from peering.core.network.resource_ids import VnetId

_CODES = {
    "AnotherOperationInProgress",
    "RetryableError",
    "ReferencedResourceNotProvisioned",
    "Conflict",
    "Canceled",
    "CanceledAndSupersededDueToAnotherOperation",
}
_BUSY = re.compile(r"because resource (\S+) used by|is updating resource (\S+)")


def stands_in_the_way(failure: AzureFailure, spoke: VnetId) -> bool:
    """Not where Azure names the spoke: it is busy with what its owner does, and would be without us."""
    return failure.code in _CODES and not names_the_spoke(failure, spoke)


def names_the_spoke(failure: AzureFailure, spoke: VnetId) -> bool:
    """Whether it is the spoke, or something of it, that Azure says is busy."""
    found = _BUSY.search(failure.message)
    named = (found[1] or found[2]).rstrip(".,'\"").lower() if found else ""
    return named == spoke.lowered or named.startswith(f"{spoke.lowered}/")
