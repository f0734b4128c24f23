"""`GET /api/free`: ranges that a new network could have, of a size that somebody names."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from peering.core.catalogue.policy import Catalogue, HubPolicy
from peering.core.decision.findings import hub_not_found, listing, names_no_hub
from peering.core.decision.room import SIZES, blocks_of, uses_of
from peering.core.network.addresses import AddressBook, Prefix
from peering.web.hubs import space_body
from peering.web.problems import Kind, Problem, bad_parameters

MOST = 20
_SIZE = re.compile(r"/?([0-9]{1,3})")
_PARAMETERS = ("hub", "size", "code")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A size, as a prefix length of an IP version, and the blocks of the hub in which such a range may lie."""

    policy: HubPolicy
    version: int
    length: int
    blocks: tuple[Prefix, ...]


def read_wanted(query: Mapping[str, str], catalogue: Catalogue) -> Wanted:
    """What a query asks for; raises Problem with every fault of it."""
    errors = [(name[:40], "is not known; there are hub and size") for name in sorted(query.keys() - set(_PARAMETERS))]
    name = query.get("hub", "").strip()
    policy = catalogue.hub(name)
    if not name:
        errors.append(("hub", f"is missing; the hubs are {listing(sorted(catalogue.hubs), 10)}"))
    elif policy is None:
        errors.append(("hub", names_no_hub(name, catalogue)))
    length = _length(query.get("size", "").strip(), errors)
    if errors or policy is None:
        raise bad_parameters(errors)
    version = next(version for version, sizes in SIZES.items() if length in sizes)
    blocks = blocks_of(policy, version)
    if not any(block.length <= length for block in blocks):
        raise _too_large(policy, version, length, blocks)
    return Wanted(policy=policy, version=version, length=length, blocks=blocks)


def _length(text: str, errors: list[tuple[str, str]]) -> int:
    found = _SIZE.fullmatch(text)
    length = int(found[1]) if found else 0
    if not any(length in sizes for sizes in SIZES.values()):
        what = f"is {text[:40]!r}" if text else "is missing"
        sizes = " or ".join(f"{sizes[0]} to {sizes[-1]} for IPv{version}" for version, sizes in SIZES.items())
        errors.append(("size", f"{what}: give the prefix length of a range, {sizes}"))
    return length


def _too_large(policy: HubPolicy, version: int, length: int, blocks: Sequence[Prefix]) -> Problem:
    """No block of the hub could hold such a range, empty or not."""
    if not blocks:
        told = f"is /{length}, which is IPv6, and hub {policy.name!r} allows no IPv{version} range"
    else:
        largest = min(block.length for block in blocks)
        told = f"is /{length}, and the largest block that hub {policy.name!r} allows is a /{largest}"
    return bad_parameters([("size", f"{told}. It allows {listing(policy.allowed_space)}")])


def hub_is_missing(policy: HubPolicy) -> Problem:
    """The catalogue names a network that does not exist."""
    return Problem(Kind.ESTATE_UNREADABLE, hub_not_found(policy).message)


def free_body(wanted: Wanted, book: AddressBook) -> dict[str, Any]:
    """The lowest free ranges, and how full each block is that they were looked for in."""
    free = book.free(wanted.blocks, wanted.length, MOST)
    return {
        "hub": wanted.policy.name,
        "size": wanted.length,
        "version": wanted.version,
        "value": [str(prefix) for prefix in free],
        "space": space_body(uses_of(wanted.blocks, book)),
        "anySpace": not wanted.policy.allowed_space,
        "reserved": [str(block) for block in wanted.policy.reserved_space if block.version == wanted.version],
    }
