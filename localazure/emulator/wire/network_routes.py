"""Routes of virtual networks, subnets and peerings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from localazure.emulator.errors import resource_not_found
from localazure.emulator.networks import peerings, refusals, subnets, tags, virtual_networks
from localazure.emulator.networks.estate import Estate
from localazure.emulator.networks.operations import Operation
from localazure.emulator.networks.resources import VirtualNetwork
from localazure.emulator.resource_id import ResourceId
from localazure.emulator.wire.address_availability import availability
from localazure.emulator.wire.messages import ArmRequest, ArmResponse
from localazure.emulator.wire.network_bodies import network_body, peering_body, subnet_body
from localazure.emulator.wire.paging import paged
from localazure.emulator.wire.responses import (
    announce_write,
    deleted,
    group_listing,
    listing,
    listing_order,
    shown,
    written,
)
from localazure.emulator.wire.router import Router

type Json = dict[str, Any]
type Names = dict[str, str]

_GROUP = "/subscriptions/{subscription}/resourceGroups/{group}"
_NETWORKS = "/providers/Microsoft.Network/virtualNetworks"
_ONE = _GROUP + _NETWORKS + "/{network}"


class NetworkRoutes:
    """What ARM serves below `virtualNetworks`."""

    def __init__(self, estate: Estate) -> None:
        self._estate = estate

    def add_to(self, router: Router) -> None:
        router.add("GET", "/subscriptions/{subscription}" + _NETWORKS, self._list)
        router.add("GET", _GROUP + _NETWORKS, self._list_in_group)
        router.add("GET", _ONE, self._get)
        router.add("PUT", _ONE, self._put)
        router.add("PATCH", _ONE, self._patch)
        router.add("DELETE", _ONE, self._delete)
        router.add("GET", _ONE + "/CheckIPAddressAvailability", self._check_address)
        router.add("GET", _ONE + "/subnets", self._list_subnets)
        router.add("GET", _ONE + "/virtualNetworkPeerings", self._list_peerings)
        for child, put, remove in (
            ("subnets", self._put_subnet, subnets.delete_subnet),
            ("virtualNetworkPeerings", self._put_peering, peerings.delete_peering),
        ):
            router.add("GET", f"{_ONE}/{child}/{{name}}", self._get_child)
            router.add("PUT", f"{_ONE}/{child}/{{name}}", put)
            router.add("DELETE", f"{_ONE}/{child}/{{name}}", self._deleter(remove))

    def _list(self, request: ArmRequest, names: Names) -> ArmResponse:
        prefix = f"/subscriptions/{names['subscription']}/".lower()
        return self._listing(request, prefix)

    def _list_in_group(self, request: ArmRequest, names: Names) -> ArmResponse:
        return self._listing(request, group_listing(self._estate, names))

    def _listing(self, request: ArmRequest, prefix: str) -> ArmResponse:
        found = (network for network in self._estate.networks.values() if network.id.key.startswith(prefix))
        page, link = paged(request, found, listing_order, self._estate.latency.page)
        return listing([network_body(self._estate, each, request.api_version) for each in page], link)

    def _get(self, request: ArmRequest, _names: Names) -> ArmResponse:
        network = self._network(ResourceId.of_route(request.path))
        return shown(network_body(self._estate, network, request.api_version))

    def _put(self, request: ArmRequest, _names: Names) -> ArmResponse:
        operation, creates = virtual_networks.put_network(
            self._estate, ResourceId.of_route(request.path), request.json(), request.write()
        )
        network = self._network(ResourceId.of_route(operation.target))
        return written(network_body(self._estate, network, request.api_version), operation, creates=creates)

    def _patch(self, request: ArmRequest, _names: Names) -> ArmResponse:
        network = self._network(ResourceId.of_route(request.path))
        self._estate.refuse_if_in_flight(network.id, request.write())
        tags.write(network, request.json().get("tags") or {})
        announce_write(self._estate, request, network.id.text, f"{network.id.type}/write")
        return ArmResponse(status=200, body=network_body(self._estate, network, request.api_version), by_provider=True)

    def _delete(self, request: ArmRequest, _names: Names) -> ArmResponse:
        target = ResourceId.of_route(request.path)
        self._estate.group(target)
        return deleted(virtual_networks.delete_network(self._estate, target, request.write()))

    def _check_address(self, request: ArmRequest, _names: Names) -> ArmResponse:
        network = self._network(ResourceId.of_route(request.path.rpartition("/")[0]))
        address = request.query.get("ipAddress") or request.query.get("ipaddress") or ""
        return ArmResponse(status=200, body=availability(self._estate, network, address), by_provider=True)

    def _list_subnets(self, request: ArmRequest, _names: Names) -> ArmResponse:
        network = self._network(ResourceId.of_route(request.path.rpartition("/")[0]))
        found = network.subnets.values()
        return listing([subnet_body(self._estate, network, each, request.api_version) for each in found])

    def _list_peerings(self, request: ArmRequest, _names: Names) -> ArmResponse:
        network = self._network(ResourceId.of_route(request.path.rpartition("/")[0]))
        found = network.peerings.values()
        return listing([peering_body(self._estate, network, each, request.api_version) for each in found])

    def _get_child(self, request: ArmRequest, _names: Names) -> ArmResponse:
        return shown(self._child_body(ResourceId.of_route(request.path), request.api_version))

    def _put_subnet(self, request: ArmRequest, _names: Names) -> ArmResponse:
        target = ResourceId.of_route(request.path)
        operation, creates = subnets.put_subnet(self._estate, target, request.json(), request.write())
        return written(self._child_body(target, request.api_version), operation, creates=creates)

    def _put_peering(self, request: ArmRequest, _names: Names) -> ArmResponse:
        target = ResourceId.of_route(request.path)
        sync = request.query.get("syncRemoteAddressSpace", "").lower() == "true"
        operation, creates = peerings.put_peering(self._estate, target, request.json(), request.write(), sync=sync)
        return written(self._child_body(target, request.api_version), operation, creates=creates)

    def _deleter(self, remove: Callable[..., Operation | None]) -> Callable[[ArmRequest, Names], ArmResponse]:
        def handler(request: ArmRequest, _names: Names) -> ArmResponse:
            return deleted(remove(self._estate, ResourceId.of_route(request.path), request.write()))

        return handler

    def _child_body(self, target: ResourceId, version: str) -> Json:
        network = self._network(target.parent, target)
        if target.types[-1] == "subnets":
            subnet = network.subnet(target.name)
            if subnet is not None:
                return subnet_body(self._estate, network, subnet, version)
        else:
            peering = network.peering(target.name)
            if peering is not None:
                return peering_body(self._estate, network, peering, version)
        raise refusals.not_found(target)

    def _network(self, target: ResourceId, asked_for: ResourceId | None = None) -> VirtualNetwork:
        self._estate.group_exists(target)
        network = self._estate.network(target)
        if network is None:
            raise resource_not_found(asked_for or target)
        return network
