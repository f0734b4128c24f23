"""Verdicts on a full hub: the reading of its document included, one at a time and a batch at once."""

import json
import time
from collections.abc import Callable, Sequence
from typing import Any

from bench.figure import Figure, median
from peering.core.catalogue.policy import Catalogue, HubPolicy
from peering.core.decision.batch import Candidate, decide
from peering.core.decision.ownership import hub_half_name
from peering.core.decision.verdict import Verdict
from peering.core.network.addresses import Prefix
from peering.core.network.arm_documents import vnet_from_arm
from peering.core.network.resource_ids import VnetId, peering_id
from peering.core.network.vnets import Vnet

_ROOM, _PREFIXES, _BATCH, _RUNS = 500, 8, 50, 15
HUB = VnetId("11111111-1111-4111-8111-111111111111", "rg-hubs", "hub")
POLICY = HubPolicy(name="hub", vnet=HUB, allowed_space=(Prefix.parse("10.64.0.0/10"),))


def spoke_id(number: int) -> VnetId:
    return VnetId("22222222-2222-4222-8222-222222222222", f"rg-{number // 50:03}", f"spoke-{number:05}")


def space_of(number: int) -> tuple[Prefix, ...]:
    """Eight /24 of 10.64.0.0/10."""
    first = (10 << 24 | 64 << 16) + (number * _PREFIXES << 8)
    return tuple(Prefix(4, first + (index << 8), 24) for index in range(_PREFIXES))


def _half(number: int) -> dict[str, Any]:
    """As Azure shows one, with all that it says besides."""
    spaces = {"addressPrefixes": list(map(str, space_of(number)))}
    hub_space = {"addressPrefixes": ["10.0.0.0/22"]}
    return {
        "id": peering_id(HUB, hub_half_name(spoke_id(number))),
        "name": hub_half_name(spoke_id(number)),
        "etag": 'W/"0b2c7a4e-7d3e-4a0c-9f4e-6f1f2f3f4f5f"',
        "type": "Microsoft.Network/virtualNetworks/virtualNetworkPeerings",
        "properties": {
            "provisioningState": "Succeeded",
            "resourceGuid": "0b2c7a4e-7d3e-4a0c-9f4e-6f1f2f3f4f5f",
            "peeringState": "Connected",
            "peeringSyncLevel": "FullyInSync",
            "remoteVirtualNetwork": {"id": str(spoke_id(number))},
            "allowVirtualNetworkAccess": True,
            "allowForwardedTraffic": True,
            "allowGatewayTransit": False,
            "useRemoteGateways": False,
            "peerCompleteVnets": True,
            "localAddressSpace": hub_space,
            "localVirtualNetworkAddressSpace": hub_space,
            "remoteAddressSpace": spaces,
            "remoteVirtualNetworkAddressSpace": spaces,
        },
    }


def hub_document(peered: int) -> bytes:
    halves = [_half(number) for number in range(peered)]
    properties = {
        "provisioningState": "Succeeded",
        "addressSpace": {"addressPrefixes": ["10.0.0.0/22"]},
        "virtualNetworkPeerings": halves,
    }
    document = {"id": str(HUB), "name": "hub", "location": "westeurope", "properties": properties}
    return json.dumps(document).encode()


def _batch(numbers: Sequence[int], space: Callable[[int], tuple[Prefix, ...]], of: bytes) -> tuple[float, int]:
    """Milliseconds for each spoke of a batch, from the bytes of the hub's document; and how many were let in."""
    networks = [Vnet(id=spoke_id(number), location="westeurope", prefixes=space(number)) for number in numbers]
    candidates = [Candidate(id=network.id, network=network) for network in networks]
    took, joined = list[float](), 0
    for _ in range(_RUNS):
        began = time.perf_counter()
        hub = vnet_from_arm(json.loads(of))
        decisions = decide(hub, POLICY, Catalogue("hub", {"hub": POLICY}), candidates)
        took.append((time.perf_counter() - began) * 1000 / len(numbers))
        answers = [decision.answer for decision in decisions]
        joined = sum(isinstance(answer, Verdict) and answer.pair is not None for answer in answers)
    return median(took), joined


def measure() -> list[Figure]:
    """A hub that is full but for the batch, and the same batch where each of its spokes clashes eight times."""
    newcomers = range(_ROOM - _BATCH, _ROOM)
    fits, let_in = _batch(newcomers, space_of, hub_document(_ROOM - _BATCH))
    full, refused = _batch(range(_ROOM, _ROOM + _BATCH), space_of, hub_document(_ROOM))
    clash, clashed = _batch(newcomers, lambda number: space_of(number - _BATCH), hub_document(_ROOM - _BATCH))
    if (let_in, refused, clashed) != (_BATCH, 0, 0):
        raise RuntimeError(f"the verdicts are others than were to be measured: {let_in, refused, clashed}")
    size = len(hub_document(_ROOM)) // 1000
    note = f"of a batch of {_BATCH}, 8 prefixes each, the hub's {size} kB of JSON read; median of {_RUNS}"
    rows = {
        f"verdict for a spoke that fits, hub with {_ROOM - _BATCH} peered spokes": fits,
        f"verdict for a spoke, hub with {_ROOM} peered spokes": full,
        f"verdict for a spoke that clashes 8 times, hub with {_ROOM - _BATCH} peered spokes": clash,
    }
    return [Figure(what=what, value=value, unit="ms", goal=10, note=note) for what, value in rows.items()]
