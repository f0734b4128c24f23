"""Moving resources to another group: asked for, validated while both groups are locked, and done.

docs/facts/arm-networks.md, Moves.
"""

from __future__ import annotations

from typing import Any

from localazure.emulator.errors import resource_not_found
from localazure.emulator.latency import Work
from localazure.emulator.networks import move_refusals, refusals, resource_groups
from localazure.emulator.networks.estate import Estate, outermost, subnets_of_gateway
from localazure.emulator.networks.operations import Kind, Operation
from localazure.emulator.networks.refusals import Failure
from localazure.emulator.networks.resources import AnyResource, ResourceGroup, VirtualNetwork
from localazure.emulator.networks.virtual_networks import disconnect_from_namesake
from localazure.emulator.networks.write import Write
from localazure.emulator.resource_id import ResourceId

type Json = dict[str, Any]

MOVING = "MovingResources"
_ACTIONS = {Kind.MOVE: "moveResources/action", Kind.VALIDATE_MOVE: "validateMoveResources/action"}


def start(estate: Estate, source: ResourceGroup, body: Json, write: Write, kind: Kind) -> Operation:
    """Accept a move, or only its validation. What forbids the move itself is told when the operation is polled."""
    estate.writable(source)
    target = _target(estate, source, body)
    resources = [_resource(estate, source, str(each)) for each in body.get("resources") or []]
    if not resources:
        raise refusals.invalid_format("MissingJsonProperty", "Required property 'resources' not found in JSON.")
    failure = write.failure or _failure(estate, source, target, resources)
    work = Work.MOVE if kind is Kind.MOVE and failure is None else Work.VALIDATION
    if kind is Kind.MOVE:
        source.provisioning_state = target.provisioning_state = MOVING
    moving = [each.id.text for each in resources]
    return resource_groups.start(
        estate, source, kind, work, _ACTIONS[kind], write, failure=failure, moving=moving, to=target.id
    )


def _target(estate: Estate, source: ResourceGroup, body: Json) -> ResourceGroup:
    text = str(body.get("targetResourceGroup") or "")
    target = estate.groups.get(text.rstrip("/").lower())
    if target is None:
        raise move_refusals.target_not_found(text)
    if target is source:
        raise move_refusals.nowhere_to_go(source.name)
    estate.writable(target)
    return target


def _resource(estate: Estate, source: ResourceGroup, text: str) -> AnyResource:
    parsed = ResourceId.parse(text)
    if parsed is None or len(parsed.types) > 1 or parsed.group_id.lower() != source.id.lower():
        raise move_refusals.not_of_this_group(text, source.name)
    found = estate.resource(parsed)
    if found is None:
        raise resource_not_found(parsed)
    return found


def _failure(
    estate: Estate, source: ResourceGroup, target: ResourceGroup, resources: list[AnyResource]
) -> Failure | None:
    """Why the resources cannot be moved."""
    moved = {each.id.key for each in resources}
    found: list[Json] = []
    for each in resources:
        if each.provisioning_state != "Succeeded" or estate.ledger.holding(each.id.key) is not None:
            found.append(move_refusals.not_succeeded(each.id))
        if isinstance(each, VirtualNetwork) and each.peerings:
            found.append(move_refusals.has_peerings(each.id))
        missing = sorted(other.text for other in _belonging(estate, each) if other.key not in moved)
        if missing:
            found.append(move_refusals.dependents_missing(each.id, missing))
        if _moved_to(each.id, target.id).key in {*estate.networks, *estate.plain}:
            found.append(move_refusals.name_is_taken(each.id, target.name))
    return move_refusals.validation_failed(estate.clock(), source, found) if found else None


def _belonging(estate: Estate, resource: AnyResource) -> list[ResourceId]:
    """What has to move along: a gateway with its network, and the other way round."""
    if isinstance(resource, VirtualNetwork):
        return [gateway.id for gateway in estate.gateways_of(resource)]
    parsed = [ResourceId.parse(subnet) for subnet in subnets_of_gateway(resource)]
    return [outermost(subnet) for subnet in parsed if subnet is not None]


def finish(estate: Estate, operation: Operation) -> list[tuple[ResourceId, ResourceId]]:
    """Give the resources their new ids, everywhere. Returns the old and the new id of each."""
    unlock(estate, operation)
    if operation.kind is Kind.VALIDATE_MOVE:
        return []
    parsed = [found for each in operation.moving if (found := ResourceId.parse(each)) is not None]
    renamed = [(each, _moved_to(each, operation.to)) for each in parsed]
    for old, new in renamed:
        _rename(estate, old, new)
    _follow(estate, {old.key: new.text for old, new in renamed})
    return renamed


def unlock(estate: Estate, operation: Operation) -> None:
    for group_id in (operation.target, operation.to):
        group = estate.groups.get(group_id.lower())
        if group is not None and group.provisioning_state == MOVING:
            group.provisioning_state = "Succeeded"


def _moved_to(resource: ResourceId, group_id: str) -> ResourceId:
    _, _, subscription, _, group = group_id.split("/")
    return ResourceId(
        subscription=subscription,
        group=group,
        namespace=resource.namespace,
        types=resource.types,
        names=resource.names,
    )


def _rename(estate: Estate, old: ResourceId, new: ResourceId) -> None:
    """Name and guid stay; halves of others that name the old id are left with nothing."""
    network = estate.networks.pop(old.key, None)
    if network is not None:
        network.id = new
        network.touch()
        estate.networks[new.key] = network
        estate.departed.add(old.key)
        disconnect_from_namesake(estate, network)
        return
    plain = estate.plain.pop(old.key, None)
    if plain is not None:
        plain.id = new
        plain.touch()
        estate.plain[new.key] = plain


def _follow(estate: Estate, renamed: dict[str, str]) -> None:
    """What names a resource that was moved names it by its new id."""
    for network in estate.networks.values():
        for subnet in network.subnets.values():
            subnet.properties = _renamed(subnet.properties, renamed)
            subnet.used_by = _renamed(subnet.used_by, renamed)
    for plain in estate.plain.values():
        plain.properties = _renamed(plain.properties, renamed)


def _renamed(value: Any, renamed: dict[str, str]) -> Any:  # noqa: ANN401  JSON of any kind
    match value:
        case dict():
            return {key: _renamed(each, renamed) for key, each in value.items()}
        case list():
            return [_renamed(each, renamed) for each in value]
        case str() if value.startswith("/subscriptions/"):
            parts = value.split("/")
            new = renamed.get("/".join(parts[:9]).lower())
            return value if new is None else "/".join([new, *parts[9:]])
        case _:
            return value
