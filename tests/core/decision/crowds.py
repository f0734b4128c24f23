"""A hub whose gateway announces many prefixes."""

from peering.core.network.vnets import Flags, Vnet
from tests.builders import half, hub, vnet_id

LENT = Flags(gateway_transit=True)


def crowded(prefixes: int, *own: str, flags: Flags = LENT, **rest: object) -> Vnet:
    """So many /24s of neighbours behind it, eight to a network."""
    ranges = [f"20.{number // 250}.{number % 250}.0/24" for number in range(prefixes)]
    groups = [ranges[start : start + 8] for start in range(0, prefixes, 8)]
    halves = tuple(half(vnet_id(f"n-{n}"), f"to-{n}", *each, flags=flags) for n, each in enumerate(groups))
    return hub(*own, gateway=True, halves=halves, **rest)
