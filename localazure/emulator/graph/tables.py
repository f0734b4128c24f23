"""The tables: resources, and the groups and subscriptions that contain them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from localazure.emulator.graph.row import Row, Table
from localazure.emulator.networks.estate import Estate
from localazure.emulator.networks.resources import AnyResource, ResourceGroup, Subscription, VirtualNetwork
from localazure.emulator.wire.network_bodies import network_body
from localazure.emulator.wire.plain_bodies import plain_body

type Makers[T] = Mapping[str, Callable[[Estate, T], Any]]
type Shows = Callable[[str, str, str], bool]
"""Whether a row is shown: by its subscription, its type and its id."""
type Making = tuple[tuple[str, str, str], Callable[[str], Any]]

_VERSION = "2026-03-01"
# fmt: off
_RESOURCES = (
    "id", "name", "type", "tenantId", "kind", "location", "resourceGroup", "subscriptionId", "managedBy", "sku",
    "plan", "properties", "tags", "identity", "zones", "extendedLocation",
)
# fmt: on
COLUMNS = {"resources": _RESOURCES, "resourcecontainers": _RESOURCES}


def table(estate: Estate, name: str, tenant: str, shows: Shows) -> Table:
    """A table with the rows that are shown."""
    makers = _resources(estate) if name == "resources" else _containers(estate)
    kept = [make for of, make in makers if shows(*of)]
    return Table(COLUMNS[name], [Row(partial(_cell, tenant, make)) for make in kept])


def _cell(tenant: str, make: Callable[[str], Any], name: str) -> Any:  # noqa: ANN401  JSON of any kind
    return tenant if name == "tenantid" else make(name)


def _resources(estate: Estate) -> Iterator[Making]:
    for resource in estate.all_resources():
        of = (resource.id.subscription, resource.id.type, resource.id.text)
        yield of, partial(_make, _OF_RESOURCE, estate, resource)


def _containers(estate: Estate) -> Iterator[Making]:
    for subscription in estate.all_subscriptions():
        of = (subscription.name, "Microsoft.Resources/subscriptions", subscription.id)
        yield of, partial(_make, _OF_SUBSCRIPTION, estate, subscription)
    for group in estate.groups.values():
        of = (group.id.split("/")[2], "Microsoft.Resources/subscriptions/resourceGroups", group.id)
        yield of, partial(_make, _OF_GROUP, estate, group)


def _make[T](makers: Makers[T], estate: Estate, of: T, name: str) -> Any:  # noqa: ANN401  as above
    make = makers.get(name)
    return make(estate, of) if make else None


def _properties(estate: Estate, resource: AnyResource) -> Any:  # noqa: ANN401  as above
    if isinstance(resource, VirtualNetwork):
        return network_body(estate, resource, _VERSION)["properties"]
    return plain_body(estate, resource, _VERSION)["properties"]


def _beside(name: str) -> Callable[[Estate, AnyResource], Any]:
    """A member of its own beside the properties."""
    return lambda estate, resource: (
        None if isinstance(resource, VirtualNetwork) else plain_body(estate, resource, _VERSION).get(name)
    )


# Type and group in lower case, ids as they are.
_OF_RESOURCE: Makers[AnyResource] = {
    "id": lambda _, resource: resource.id.text,
    "name": lambda _, resource: resource.id.name,
    "type": lambda _, resource: resource.id.type.lower(),
    "location": lambda _, resource: resource.location,
    "resourcegroup": lambda _, resource: resource.id.group.lower(),
    "subscriptionid": lambda _, resource: resource.id.subscription,
    "tags": lambda _, resource: resource.tags,
    "properties": _properties,
    "kind": lambda estate, resource: _beside("kind")(estate, resource) or "",
    "managedby": lambda _, _resource: "",
    "sku": _beside("sku"),
    "identity": _beside("identity"),
    "zones": _beside("zones"),
}
_OF_GROUP: Makers[ResourceGroup] = {
    "id": lambda _, group: group.id,
    "name": lambda _, group: group.name,
    "type": lambda _, _group: "microsoft.resources/subscriptions/resourcegroups",
    "location": lambda _, group: group.location,
    "resourcegroup": lambda _, group: group.name.lower(),
    "subscriptionid": lambda _, group: group.id.split("/")[2],
    "tags": lambda _, group: group.tags,
    "properties": lambda _, group: {"provisioningState": group.provisioning_state},
    "kind": lambda _, _group: "",
    "managedby": lambda _, _group: "",
}
_OF_SUBSCRIPTION: Makers[Subscription] = {
    "id": lambda _, subscription: subscription.id,
    "name": lambda _, subscription: subscription.display_name,
    "type": lambda _, _subscription: "microsoft.resources/subscriptions",
    "location": lambda _, _subscription: "",
    "resourcegroup": lambda _, _subscription: "",
    "subscriptionid": lambda _, subscription: subscription.name,
    "tags": lambda _, subscription: subscription.tags,
    "properties": lambda _, _subscription: {"state": "Enabled", "managementGroupAncestorsChain": []},
    "kind": lambda _, _subscription: "",
    "managedby": lambda _, _subscription: "",
}
