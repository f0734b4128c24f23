"""Texts that somebody might write where a name is expected."""

from tests.builders import SUBSCRIPTION

VALUES = [
    "prod-weu\nERROR the hub was deleted",
    "prod-weu\r\n12:00:00.000Z ERROR   forged",
    "\x1b[2Jprod-weu",
    "prod-weu\u2028forged",
    "<script>alert(1)</script>",
    "' or PartitionKey ge '",
    "../../hub-neu",
    "prod-weu/../neu",
    "unknown",
    "%s %d {0} {row.spoke}",
    "/subscriptions/99999999-2222-3333-4444-555555555555/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/x",
    "x" * 256,
]

_GOOD = (
    "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks"
)
IDS = [
    f"{_GOOD}/../../Microsoft.Compute/virtualMachines/vm",
    f"{_GOOD}/%2e%2e/x",
    f"{_GOOD}/spoke-a/../spoke-b",
    f"{_GOOD}/spoke-a?api-version=1",
    f"{_GOOD}/spoke-a#",
    f"{_GOOD}/spoke-a/virtualNetworkPeerings/autopeer-prod-weu",
    f"{_GOOD}/spoke-a\n",
    f"{_GOOD}/spoke-a\u0000",
    f"{_GOOD}//spoke-a",
    f"https://example.org{_GOOD}/spoke-a",
    f"//example.org{_GOOD}/spoke-a",
    f"{_GOOD}/spoke-a@example.org",
    _GOOD.replace("/rg/", "/../") + "/spoke-a",
    _GOOD.replace("/rg/", "/rg%2f..%2fother/") + "/spoke-a",
    _GOOD.replace(SUBSCRIPTION, "../11111111") + "/spoke-a",
]
