"""Routes of plain resources, the same for each type of them."""

from __future__ import annotations

from localazure.emulator.errors import not_emulated, resource_not_found
from localazure.emulator.networks import plain_resources, tags
from localazure.emulator.networks.estate import Estate
from localazure.emulator.networks.plain_types import PLAIN_TYPES, plain_type
from localazure.emulator.networks.resources import PlainResource
from localazure.emulator.resource_id import ResourceId
from localazure.emulator.wire.messages import ArmRequest, ArmResponse
from localazure.emulator.wire.paging import paged
from localazure.emulator.wire.plain_bodies import plain_body
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

type Names = dict[str, str]

_GROUP = "/subscriptions/{subscription}/resourceGroups/{group}"
_NETWORK_PROVIDER = "/providers/Microsoft.Network/"


class PlainRoutes:
    """What ARM serves for resources without a state machine of their own."""

    def __init__(self, estate: Estate) -> None:
        self._estate = estate

    def add_to(self, router: Router) -> None:
        for type_ in PLAIN_TYPES:
            all_of_them = _NETWORK_PROVIDER + type_.name
            one = f"{_GROUP}{all_of_them}/{{name}}"
            router.add("GET", _GROUP + all_of_them, self._list_in_group)
            router.add("GET", one, self._get)
            router.add("PUT", one, self._put)
            router.add("PATCH", one, self._patch)
            router.add("DELETE", one, self._delete)
            if type_.listed_by_subscription:
                router.add("GET", "/subscriptions/{subscription}" + all_of_them, self._list)
        router.add("GET", _GROUP + "/providers/{namespace}/{type}/{name}", self._get_any)

    def _list(self, request: ArmRequest, names: Names) -> ArmResponse:
        return self._listing(request, f"/subscriptions/{names['subscription']}/".lower())

    def _list_in_group(self, request: ArmRequest, names: Names) -> ArmResponse:
        return self._listing(request, group_listing(self._estate, names))

    def _listing(self, request: ArmRequest, prefix: str) -> ArmResponse:
        type_ = request.path.rstrip("/").rpartition("/")[2].lower()
        found = (
            resource
            for resource in self._estate.plain.values()
            if resource.id.key.startswith(prefix) and resource.id.types[0].lower() == type_
        )
        page, link = paged(request, found, listing_order, self._estate.latency.page)
        return listing([plain_body(self._estate, each, request.api_version) for each in page], link)

    def _get(self, request: ArmRequest, _names: Names) -> ArmResponse:
        resource = self._find(request)
        known = plain_type(resource.id)
        return shown(
            plain_body(self._estate, resource, request.api_version), with_etag=known is None or known.etag_in_header
        )

    def _get_any(self, request: ArmRequest, names: Names) -> ArmResponse:
        """What a scenario put in place; anything else of a type that is not served may exist in Azure."""
        if ResourceId.of_route(request.path).key not in self._estate.plain:
            raise not_emulated(request.method, request.path)
        return self._get(request, names)

    def _put(self, request: ArmRequest, _names: Names) -> ArmResponse:
        operation, creates = plain_resources.put_plain(
            self._estate, ResourceId.of_route(request.path), request.json(), request.write()
        )
        body = plain_body(self._estate, self._find(request), request.api_version)
        return written(body, operation, creates=creates)

    def _patch(self, request: ArmRequest, _names: Names) -> ArmResponse:
        resource = self._find(request)
        self._estate.refuse_if_in_flight(resource.id, request.write())
        tags.write(resource, request.json().get("tags") or {})
        announce_write(self._estate, request, resource.id.text, f"{resource.id.type}/write")
        return ArmResponse(status=200, body=plain_body(self._estate, resource, request.api_version), by_provider=True)

    def _delete(self, request: ArmRequest, _names: Names) -> ArmResponse:
        target = ResourceId.of_route(request.path)
        self._estate.group(target)
        return deleted(plain_resources.delete_plain(self._estate, target, request.write()))

    def _find(self, request: ArmRequest) -> PlainResource:
        target = ResourceId.of_route(request.path)
        self._estate.group_exists(target)
        resource = self._estate.plain.get(target.key)
        if resource is None:
            raise resource_not_found(target)
        return resource
