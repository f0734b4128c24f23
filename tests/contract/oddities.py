"""Bodies as Azure sends them, and a mutator that makes odd ones of them: the same ones in every run."""

import copy
import gzip
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.builders import HUB_ID, SPOKE_ID

GROUP = str(HUB_ID).rpartition("/virtualNetworks/")[0]
HALF: dict[str, Any] = {
    "name": "to-spoke-a",
    "id": f"{HUB_ID}/virtualNetworkPeerings/to-spoke-a",
    "etag": 'W/"1"',
    "type": "Microsoft.Network/virtualNetworks/virtualNetworkPeerings",
    "properties": {
        "provisioningState": "Succeeded",
        "resourceGuid": "6a4bbd8e-0000-0000-0000-000000000000",
        "peeringState": "Connected",
        "peeringSyncLevel": "FullyInSync",
        "remoteVirtualNetwork": {"id": str(SPOKE_ID)},
        "allowVirtualNetworkAccess": True,
        "allowForwardedTraffic": False,
        "allowGatewayTransit": True,
        "useRemoteGateways": False,
        "doNotVerifyRemoteGateways": False,
        "remoteAddressSpace": {"addressPrefixes": ["10.1.0.0/24", "fd00::/64"]},
        "remoteVirtualNetworkAddressSpace": {"addressPrefixes": ["10.1.0.0/24"]},
        "routeServiceVips": {},
    },
}
VNET: dict[str, Any] = {
    "name": HUB_ID.name,
    "id": str(HUB_ID),
    "etag": 'W/"2"',
    "type": "Microsoft.Network/virtualNetworks",
    "location": "westeurope",
    "tags": {"hub": "prod-weu", "owner": "anna"},
    "properties": {
        "provisioningState": "Succeeded",
        "resourceGuid": "7a4bbd8e-0000-0000-0000-000000000000",
        "addressSpace": {"addressPrefixes": ["10.0.0.0/16", "fd01::/64"]},
        "subnets": [
            {"name": "default", "id": f"{HUB_ID}/subnets/default", "properties": {"addressPrefix": "10.0.1.0/24"}},
            {
                "name": "GatewaySubnet",
                "id": f"{HUB_ID}/subnets/GatewaySubnet",
                "properties": {
                    "addressPrefix": "10.0.0.0/27",
                    "ipConfigurations": [{"id": f"{GROUP}/virtualNetworkGateways/gw/ipConfigurations/default"}],
                },
            },
        ],
        "virtualNetworkPeerings": [HALF],
        "enableDdosProtection": False,
    },
}
BUSY: dict[str, Any] = {
    "error": {
        "code": "RetryableError",
        "message": "A retryable error occurred.",
        "details": [
            {
                "code": "RetryableErrorDueToAnotherOperation",
                "message": "Operation PutX (1) is updating resource R. The call can be retried in 12 seconds.",
            }
        ],
    }
}
DENIED: dict[str, Any] = {
    "error": {
        "code": "RequestDisallowedByPolicy",
        "target": "hub",
        "message": "Resource 'hub' was disallowed by policy.",
        "additionalInfo": [{"type": "PolicyViolation", "info": {"policyDefinitionDisplayName": "No peerings"}}],
        "innererror": {"code": "Inner", "message": "Deeper.", "innererror": {"code": "Innermost"}},
    }
}
SUPERSEDED: dict[str, Any] = {
    "status": "Canceled",
    "error": {
        "code": "Canceled",
        "message": "Operation was canceled.",
        "details": [
            {
                "code": "CanceledAndSupersededDueToAnotherOperation",
                "message": "Operation PutX (1) was canceled and superseded by operation PutY (2).",
            }
        ],
    },
}
DONE: dict[str, Any] = {"status": "Succeeded", "startTime": "2026-11-23T12:00:00Z"}

ODD: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    7,
    10**400,
    1.5,
    float("inf"),
    "",
    " ",
    "text",
    "\x00",
    "\ud800",
    "ü" * 3_000,
    "Succeeded",
    "Failed",
    "InProgress",
    [],
    [None],
    [[]],
    ["text"],
    [7, {}],
    {},
    {"": ""},
    {"id": None},
    {"code": {}, "message": []},
    {"error": "text"},
)


def mutated(document: Any, dice: random.Random) -> Any:  # noqa: ANN401 - JSON
    """A copy with one to three of its parts replaced, removed, renamed, wrapped or doubled."""
    holder = [json.loads(json.dumps(document))]
    for _ in range(dice.randint(1, 3)):
        _change(*_place(holder, dice), dice)
    return holder[0]


def _place(container: Any, dice: random.Random) -> tuple[Any, Any]:  # noqa: ANN401 - JSON
    """A part at any depth, as what holds it and the key there."""
    while True:
        key = dice.choice(list(container) if isinstance(container, dict) else range(len(container)))
        inner = container[key]
        if not inner or not isinstance(inner, dict | list) or dice.random() < 0.2:
            return container, key
        container = inner


def _change(container: Any, key: Any, dice: random.Random) -> None:  # noqa: ANN401 - JSON
    match dice.randint(0, 6):
        case 0:
            del container[key]
            if not container and isinstance(container, list):
                container.append(None)
        case 1:
            container[key] = [container[key]]
        case 2:
            container[key] = {"value": container[key]}
        case 3 if isinstance(container, dict):
            container[f"{key}\ud800"] = container.pop(key)
        case 4 if isinstance(container, list):
            container.append(copy.deepcopy(container[key]))
        case _:
            container[key] = copy.deepcopy(dice.choice(ODD))


@dataclass(frozen=True, slots=True)
class Body:
    """What a server sends: bytes, and the headers that say how to read them."""

    content: bytes
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json; charset=utf-8"})


def broken(text: str, dice: random.Random) -> Body:
    """What is no JSON document at all, or not in the form that its headers promise."""
    plain = {"Content-Type": "application/json"}
    content = text.encode("utf-8", "replace")
    bodies: tuple[Callable[[], Body], ...] = (
        lambda: Body(b"", plain),
        lambda: Body(b"null", plain),
        lambda: Body(b"\xff\xfe\x00", plain),
        lambda: Body(b"\xef\xbb\xbf" + content, plain),
        lambda: Body(content[: dice.randint(0, len(content))], plain),
        lambda: Body(b'{"id": ' + b"9" * 5000 + b"}", plain),
        lambda: Body(b"[" * 100_000, plain),
        lambda: Body(b'{"error":' * 400 + b"1" + b"}" * 400, plain),
        lambda: Body(b"<html>502</html>", {"Content-Type": "text/html"}),
        lambda: Body(b"<a", {"Content-Type": "application/xml"}),
        lambda: Body(content, {"Content-Type": "image/png"}),
        lambda: Body(content, {"Content-Type": "application/json; charset=klingon"}),
        lambda: Body(content, {**plain, "Content-Encoding": "gzip"}),
        lambda: Body(gzip.compress(content)[:-9], {**plain, "Content-Encoding": "gzip"}),
        lambda: Body(content, {}),
    )
    return dice.choice(bodies)()


def odd_body(document: object, dice: random.Random) -> Body:
    """Mostly a mutated document, sometimes one that is broken, sometimes with an odd header."""
    text = json.dumps(mutated(document, dice))
    if dice.random() < 0.1:
        return broken(text, dice)
    body = Body(text.encode())
    if dice.random() < 0.1:
        name = dice.choice(["Retry-After", "x-ms-retry-after-ms", "Location", "Azure-AsyncOperation"])
        body.headers[name] = dice.choice(["", "1.5", "soon", "-1", "9" * 400, "nan", "http://[", "https://x:99999/"])
    return body
