"""The verdict on one spoke of a full hub."""

import time

from bench.figure import Figure, median
from peering.core.catalogue.policy import Catalogue, HubPolicy
from peering.core.decision.hub_snapshot import HubSnapshot
from peering.core.decision.verdict import Standing, judge
from peering.core.network.addresses import Prefix
from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import Flags, Half, Vnet

_PEERED, _PREFIXES, _RUNS = 499, 8, 200


def _vnet(name: str) -> VnetId:
    return VnetId("11111111-1111-4111-8111-111111111111", "rg", name)


def _block(number: int) -> Prefix:
    """The number-th /24 of 10.64.0.0/10."""
    return Prefix(4, (10 << 24 | 64 << 16) + (number << 8), 24)


def _half(number: int) -> Half:
    prefixes = tuple(_block(number * _PREFIXES + index) for index in range(_PREFIXES))
    return Half(
        name=f"p{number}",
        remote=_vnet(f"spoke{number}"),
        state="Connected",
        sync_level="FullyInSync",
        flags=Flags(),
        remote_prefixes=prefixes,
    )


def measure() -> list[Figure]:
    hub = Vnet(
        id=_vnet("hub"),
        location="westeurope",
        prefixes=(Prefix.parse("10.0.0.0/22"),),
        halves=tuple(map(_half, range(_PEERED))),
    )
    policy = HubPolicy(name="hub", vnet=hub.id, allowed_space=(Prefix.parse("10.64.0.0/10"),))
    estate = HubSnapshot.around(hub, policy, Catalogue("hub", {"hub": policy}))
    fits = tuple(_block(_PEERED * _PREFIXES + index) for index in range(_PREFIXES))
    clashes = tuple(_block(index * 7) for index in range(_PREFIXES))
    note = f"hub with {_PEERED} spokes of {_PREFIXES} prefixes, median of {_RUNS}"
    return [
        Figure(
            what="verdict, a spoke that fits",
            value=_median_ms(Vnet(id=_vnet("new"), location="westeurope", prefixes=fits), estate),
            unit="ms",
            goal=2,
            note=note,
        ),
        Figure(
            what="verdict, a spoke that clashes 8 times",
            value=_median_ms(Vnet(id=_vnet("new"), location="westeurope", prefixes=clashes), estate),
            unit="ms",
            goal=2,
            note=note,
        ),
    ]


def _median_ms(spoke: Vnet, estate: HubSnapshot) -> float:
    took = []
    for _ in range(_RUNS):
        began = time.perf_counter()
        judge(spoke, estate, Standing(ours=False))
        took.append((time.perf_counter() - began) * 1000)
    return median(took)
