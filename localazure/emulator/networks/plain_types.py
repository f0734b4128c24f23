"""The types of plain resources. One more of them is one more row here, and nothing anywhere else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from localazure.emulator.latency import Work
from localazure.emulator.networks import gateways, plain_properties
from localazure.emulator.networks.estate import Estate
from localazure.emulator.networks.resources import PlainResource
from localazure.emulator.resource_id import ResourceId, spell

type Json = dict[str, Any]
type Check = Callable[[Estate, PlainResource], None]


def _nothing(_estate: Estate, _resource: PlainResource) -> None: ...


@dataclass(frozen=True, kw_only=True)
class PlainType:
    """What sets a type apart from the others. The checks raise a refusal."""

    name: str
    """As ARM spells it, of the provider Microsoft.Network."""
    properties: Callable[[Estate, PlainResource], Json]
    """With what the service fills in; provisioningState and resourceGuid are put before them."""
    top_level: Mapping[str, Json] = field(default_factory=dict)
    """What the service fills in beside the properties."""
    work: Work = Work.PLAIN
    check_put: Check = _nothing
    check_delete: Check = _nothing
    came_or_went: Callable[[Estate, PlainResource], None] = _nothing
    listed_by_subscription: bool = True
    etag_in_header: bool = True


PLAIN_TYPES = (
    PlainType(
        name="virtualNetworkGateways",
        properties=gateways.gateway_properties,
        work=Work.GATEWAY,
        check_put=gateways.check_put,
        check_delete=gateways.refuse_while_peerings_use_it,
        came_or_went=gateways.touch_networks,
        listed_by_subscription=False,
        etag_in_header=False,
    ),
    PlainType(
        name="publicIPAddresses",
        properties=plain_properties.public_address,
        top_level={"sku": {"name": "Basic", "tier": "Regional"}},
    ),
    PlainType(
        name="networkSecurityGroups",
        properties=plain_properties.security_group,
        check_delete=plain_properties.refuse_while_subnets_use_group,
    ),
    PlainType(
        name="routeTables",
        properties=plain_properties.route_table,
        check_delete=plain_properties.refuse_while_subnets_use_table,
    ),
)
_BY_NAME: dict[tuple[str, ...], PlainType] = {(plain_type.name,): plain_type for plain_type in PLAIN_TYPES}

spell(*(plain_type.name for plain_type in PLAIN_TYPES))


def plain_type(resource: ResourceId) -> PlainType | None:
    """None for what a scenario put in place and this emulator only shows."""
    return _BY_NAME.get(resource.types)
