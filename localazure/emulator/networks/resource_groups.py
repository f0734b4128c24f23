"""Resource groups: made at once, deleted with everything in them as one long operation."""

from __future__ import annotations

from typing import Any

from localazure.emulator.errors import group_not_found, location_required
from localazure.emulator.latency import Work
from localazure.emulator.networks import plain_resources, virtual_networks
from localazure.emulator.networks.estate import Estate
from localazure.emulator.networks.operations import Kind, Operation
from localazure.emulator.networks.resources import AnyResource, ResourceGroup, VirtualNetwork, new_guid
from localazure.emulator.networks.write import Write

type Json = dict[str, Any]


def find_group(estate: Estate, group_id: str, name: str) -> ResourceGroup:
    group = estate.groups.get(group_id.lower())
    if group is None:
        raise group_not_found(name)
    return group


def put_group(estate: Estate, subscription: str, name: str, body: Json) -> tuple[ResourceGroup, bool]:
    """Create or update a group. Returns it and whether it is new."""
    group_id = f"/subscriptions/{subscription}/resourceGroups/{name}"
    existing = estate.groups.get(group_id.lower())
    if existing is not None:
        estate.writable(existing)
    location = str(body.get("location", "")).replace(" ", "").lower()
    if not location and existing is None:
        raise location_required()
    if existing is not None:
        existing.tags = body.get("tags")
        return existing, False
    group = ResourceGroup(id=group_id, name=name, location=location, tags=body.get("tags"))
    estate.groups[group_id.lower()] = group
    return group, True


def delete_group(estate: Estate, group: ResourceGroup, write: Write) -> Operation:
    """Start the deletion of a group; asked again while it runs, the same operation answers."""
    running = estate.ledger.holding(group.id.lower())
    if running is not None and running.kind is Kind.DELETE_GROUP:
        return running
    estate.writable(group)
    group.provisioning_state = "Deleting"
    return start(estate, group, Kind.DELETE_GROUP, Work.GROUP, "delete", write)


def start(
    estate: Estate,
    group: ResourceGroup,
    kind: Kind,
    work: Work,
    action: str,
    write: Write,
    **rest: Any,  # noqa: ANN401 - the fields of Operation
) -> Operation:
    """Start an operation on a whole group, which holds the group until it ends. `action` is what its event calls it."""
    seconds = estate.latency.seconds(work) if write.seconds is None else write.seconds
    operation = Operation(
        id=new_guid(),
        kind=kind,
        target=group.id,
        locks=group.id.lower(),
        subscription=group.id.split("/")[2],
        location=group.location,
        api_version=write.api_version,
        ends=estate.clock() + seconds,
        activity=write.activity(group.id, f"Microsoft.Resources/subscriptions/resourceGroups/{action}", creates=False),
        retry_after=estate.latency.retry_after(work, deleting=kind is Kind.DELETE_GROUP),
        instant=seconds <= 0,
        **{"failure": write.failure, **rest},
    )
    estate.ledger.add(operation)
    return operation


def contents(estate: Estate, group_id: str) -> list[AnyResource]:
    prefix = group_id.lower() + "/"
    return [resource for resource in estate.all_resources() if resource.id.key.startswith(prefix)]


def empty_and_remove(estate: Estate, group_id: str) -> list[AnyResource]:
    """Remove a group and all it holds. Returns what it held: each of those is a delete of its own."""
    gone = contents(estate, group_id)
    for resource in gone:
        if isinstance(resource, VirtualNetwork):
            virtual_networks.remove_network(estate, resource.id)
        else:
            plain_resources.remove_plain(estate, resource.id)
    del estate.groups[group_id.lower()]
    return gone
