"""CheckIPAddressAvailability of a virtual network."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from itertools import islice
from typing import Any

from localazure.emulator.networks import refusals
from localazure.emulator.networks.address_space import inside
from localazure.emulator.networks.estate import Estate
from localazure.emulator.networks.resources import VirtualNetwork
from localazure.emulator.networks.subnets import users_of

type Json = dict[str, Any]

_RESERVED_AT_START = 4  # network address, default gateway, two for DNS; the broadcast address is kept too
_OFFERED = 5


def availability(estate: Estate, network: VirtualNetwork, address: str) -> Json:
    """Whether an address is free, and if not up to five that are. Raises when no subnet holds it."""
    try:
        wanted = ip_address(address)
    except ValueError as error:
        raise refusals.invalid_prefix(address, network.id) from error
    for subnet in network.subnets.values():
        prefix = next((each for each in subnet.prefixes if inside(str(wanted), [each])), None)
        if prefix is None:
            continue
        block = ip_network(prefix)
        broadcast, last_usable = block[-1], block[-2]  # what sits in a subnet has its last usable address here
        reserved = int(wanted) - int(block[0]) < _RESERVED_AT_START or wanted == broadcast
        used = bool(users_of(estate, network, subnet)) and wanted == last_usable
        if not reserved and not used:
            return {"available": True}
        usable = (block[n] for n in range(_RESERVED_AT_START, block.num_addresses - 1))
        offered = [str(each) for each in islice(usable, _OFFERED)]
        return {"available": False, "availableIPAddresses": offered, "isPlatformReserved": reserved}
    raise refusals.address_not_in_any_subnet(address, network.id)
