"""Routes (of ARM) of routes (of a table)."""

from __future__ import annotations

from typing import Any

from localazure.emulator.errors import resource_not_found
from localazure.emulator.networks import refusals, routes
from localazure.emulator.networks.estate import Estate
from localazure.emulator.networks.resources import PlainResource
from localazure.emulator.resource_id import ResourceId
from localazure.emulator.wire.messages import ArmRequest, ArmResponse
from localazure.emulator.wire.plain_bodies import plain_body
from localazure.emulator.wire.responses import deleted, listing, shown, written
from localazure.emulator.wire.router import Router

type Json = dict[str, Any]
type Names = dict[str, str]

_ALL = "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Network/routeTables/{table}/routes"


class RouteRoutes:
    """What ARM serves below `routeTables/{table}/routes`."""

    def __init__(self, estate: Estate) -> None:
        self._estate = estate

    def add_to(self, router: Router) -> None:
        router.add("GET", _ALL, self._list)
        router.add("GET", _ALL + "/{name}", self._get)
        router.add("PUT", _ALL + "/{name}", self._put)
        router.add("DELETE", _ALL + "/{name}", self._delete)

    def _list(self, request: ArmRequest, _names: Names) -> ArmResponse:
        target = ResourceId.of_route(request.path.rpartition("/")[0])
        return listing(self._bodies(self._table(target, target), request.api_version))

    def _get(self, request: ArmRequest, _names: Names) -> ArmResponse:
        return shown(self._body(ResourceId.of_route(request.path), request.api_version))

    def _put(self, request: ArmRequest, _names: Names) -> ArmResponse:
        target = ResourceId.of_route(request.path)
        operation, creates = routes.put_route(self._estate, target, request.json(), request.write())
        return written(self._body(target, request.api_version), operation, creates=creates)

    def _delete(self, request: ArmRequest, _names: Names) -> ArmResponse:
        return deleted(routes.delete_route(self._estate, ResourceId.of_route(request.path), request.write()))

    def _table(self, table: ResourceId, asked_for: ResourceId) -> PlainResource:
        self._estate.group_exists(table)
        found = self._estate.plain.get(table.key)
        if found is None:
            raise resource_not_found(asked_for)
        return found

    def _bodies(self, table: PlainResource, version: str) -> list[Json]:
        return list(plain_body(self._estate, table, version)["properties"]["routes"])

    def _body(self, target: ResourceId, version: str) -> Json:
        for each in self._bodies(self._table(target.parent, target), version):
            if str(each["name"]).lower() == target.name.lower():
                return each
        raise refusals.not_found(target)
