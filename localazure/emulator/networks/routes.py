"""Routes as resources of their own: each is a part of its table, and shares its etag and its state.

docs/facts/arm-networks.md, Route tables.
"""

from __future__ import annotations

from typing import Any

from localazure.emulator.errors import parent_not_found
from localazure.emulator.latency import Work
from localazure.emulator.networks import refusals
from localazure.emulator.networks.estate import Estate
from localazure.emulator.networks.operations import Kind, Operation
from localazure.emulator.networks.peering_rules import check_name
from localazure.emulator.networks.resources import PlainResource
from localazure.emulator.networks.write import Write
from localazure.emulator.resource_id import ResourceId

type Json = dict[str, Any]

_WRITABLE = ("addressPrefix", "nextHopType", "nextHopIpAddress", "nextHop")


def find_route(table: PlainResource, name: str) -> Json | None:
    """The route of that name as it was written."""
    return next((each for each in _routes(table) if str(each["name"]).lower() == name.lower()), None)


def put_route(estate: Estate, target: ResourceId, body: Json, write: Write) -> tuple[Operation, bool]:
    """Create or replace one route. Returns the operation and whether the route is new."""
    table = _table_for_write(estate, target, write, "write")
    check_name(target.name)
    sent = body.get("properties")
    if not isinstance(sent, dict):
        raise refusals.invalid_format("MissingJsonProperty", "Required property 'properties' not found in JSON.")
    existing = find_route(table, target.name)
    name = existing["name"] if existing else target.name
    route = {"name": name, "properties": {member: sent[member] for member in _WRITABLE if sent.get(member) is not None}}
    others = [each for each in _routes(table) if each is not existing]
    _replace(table, [*others, route])
    operation = _accept(estate, Kind.PUT_ROUTE, table.id.child("routes", name), table, write, creates=existing is None)
    return operation, existing is None


def delete_route(estate: Estate, target: ResourceId, write: Write) -> Operation | None:
    table = _table_for_write(estate, target, write, "delete")
    if find_route(table, target.name) is None:
        return None
    return _accept(estate, Kind.DELETE_ROUTE, target, table, write, creates=False)


def finish(estate: Estate, operation: Operation, target: ResourceId) -> None:
    table = estate.plain[target.parent.key]
    if operation.kind is Kind.DELETE_ROUTE:
        _replace(table, [each for each in _routes(table) if str(each["name"]).lower() != target.name.lower()])
    table.move_to("Succeeded")


def fail(estate: Estate, operation: Operation, target: ResourceId) -> None:
    estate.plain[target.parent.key].move_to(operation.status)


def _routes(table: PlainResource) -> list[Json]:
    return list(table.properties.get("routes") or [])


def _replace(table: PlainResource, routes: list[Json]) -> None:
    table.properties = {**table.properties, "routes": routes}


def _accept(
    estate: Estate, kind: Kind, target: ResourceId, table: PlainResource, write: Write, *, creates: bool
) -> Operation:
    table.move_to("Updating")
    return estate.accept(write, kind, Work.PLAIN, target, table.location, creates=creates)


def _table_for_write(estate: Estate, target: ResourceId, write: Write, verb: str) -> PlainResource:
    estate.group(target)
    table = estate.plain.get(target.parent.key)
    if table is None:
        raise parent_not_found(target, verb)
    estate.refuse_unless_free(table, target, write)
    return table
