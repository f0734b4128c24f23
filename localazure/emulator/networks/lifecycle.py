"""Ending operations: what each kind does to the estate when its time has come."""

from __future__ import annotations

from dataclasses import replace

from localazure.emulator.latency import MoveEvents
from localazure.emulator.networks import (
    moves,
    peerings,
    plain_resources,
    resource_groups,
    routes,
    subnets,
    virtual_networks,
)
from localazure.emulator.networks.estate import Estate
from localazure.emulator.networks.operations import Kind, Operation
from localazure.emulator.resource_id import ResourceId


def settle(estate: Estate) -> None:
    """End every operation whose time has come, oldest end first, and announce the ones that succeeded."""
    for operation in estate.ledger.take_due(estate.clock()):
        if operation.failure is None:
            operation.status = "Succeeded"
            _finish(estate, operation)
            estate.announce(operation.activity)
        else:
            operation.status = operation.failure.status
            _fail(estate, operation)


def _target(operation: Operation) -> ResourceId:
    target = ResourceId.parse(operation.target)
    if target is None:
        raise ValueError(f"operation {operation.id} has the target {operation.target}, which is no resource id")
    return target


def _finish(estate: Estate, operation: Operation) -> None:
    match operation.kind:
        case Kind.DELETE_GROUP:
            _finish_group(estate, operation)
        case Kind.MOVE | Kind.VALIDATE_MOVE:
            _finish_move(estate, operation)
        case Kind.PUT_NETWORK:
            virtual_networks.finish_put(estate, _target(operation))
        case Kind.DELETE_NETWORK:
            virtual_networks.remove_network(estate, _target(operation))
        case Kind.PUT_SUBNET | Kind.DELETE_SUBNET:
            subnets.finish(estate, operation, _target(operation))
        case Kind.PUT_PEERING | Kind.DELETE_PEERING:
            _finish_peering(estate, operation)
        case Kind.PUT_ROUTE | Kind.DELETE_ROUTE:
            routes.finish(estate, operation, _target(operation))
        case Kind.PUT_PLAIN | Kind.DELETE_PLAIN:
            plain_resources.finish(estate, operation, _target(operation))


def _finish_peering(estate: Estate, operation: Operation) -> None:
    end = peerings.finish_put if operation.kind is Kind.PUT_PEERING else peerings.finish_delete
    end(estate, _target(operation), operation)


def _fail(estate: Estate, operation: Operation) -> None:
    match operation.kind:
        case Kind.DELETE_GROUP:
            estate.groups[operation.target.lower()].provisioning_state = "Succeeded"
        case Kind.MOVE | Kind.VALIDATE_MOVE:
            moves.unlock(estate, operation)
        case Kind.PUT_NETWORK | Kind.DELETE_NETWORK:
            virtual_networks.fail(estate, operation, _target(operation))
        case Kind.PUT_SUBNET | Kind.DELETE_SUBNET:
            subnets.fail(estate, operation, _target(operation))
        case Kind.PUT_PEERING | Kind.DELETE_PEERING:
            peerings.fail(estate, _target(operation), operation)
        case Kind.PUT_ROUTE | Kind.DELETE_ROUTE:
            routes.fail(estate, operation, _target(operation))
        case Kind.PUT_PLAIN | Kind.DELETE_PLAIN:
            plain_resources.fail(estate, operation, _target(operation))


def _finish_group(estate: Estate, operation: Operation) -> None:
    """Everything in the group goes, each resource a delete of its own; what still runs on them is cancelled."""
    estate.ledger.cancel_under(operation.target + "/")
    for resource in resource_groups.empty_and_remove(estate, operation.target):
        activity = replace(operation.activity, resource=resource.id.text, action=f"{resource.id.type}/delete")
        estate.announce(activity)


def _finish_move(estate: Estate, operation: Operation) -> None:
    """The event of the move comes last; a switch puts those of the resources before it.

    docs/facts/arm-networks.md, Moves.
    """
    for old, new in moves.finish(estate, operation):
        if estate.latency.move_events is MoveEvents.RESOURCES:
            estate.announce(replace(operation.activity, resource=old.text, action=f"{old.type}/delete"))
            estate.announce(replace(operation.activity, resource=new.text, action=f"{new.type}/write"))
