"""The life of a peering half: Initiated, Connected, Disconnected, and how far it has learnt the other side."""

from __future__ import annotations

from typing import Any

from localazure.emulator.errors import parent_not_found
from localazure.emulator.latency import HalfHolds, Work
from localazure.emulator.networks import peering_rules, refusals
from localazure.emulator.networks.estate import Estate
from localazure.emulator.networks.operations import Kind, Operation
from localazure.emulator.networks.peered_space import kind_of, remote_space
from localazure.emulator.networks.resources import Peering, VirtualNetwork, xor_guid
from localazure.emulator.networks.write import Write
from localazure.emulator.resource_id import ResourceId

type Json = dict[str, Any]

# Values when the client leaves a flag out (recording ManageNetworkPeeringInSameSubscriptionTest, exchange 31).
FLAG_DEFAULTS = {
    "allowVirtualNetworkAccess": True,
    "allowForwardedTraffic": False,
    "allowGatewayTransit": False,
    "useRemoteGateways": False,
    "doNotVerifyRemoteGateways": False,
    "peerCompleteVnets": True,
}


def sync_level(estate: Estate, network: VirtualNetwork, peering: Peering) -> str:
    """Which side's picture of the other's address space is out of date, seen from this half."""
    remote = estate.network(peering.remote)
    other = remote.peering_to(network.id) if remote else None
    local_stale = peering.remote_prefixes != estate.remote_prefixes(peering)
    remote_stale = other is None or other.remote_prefixes != estate.remote_prefixes(other)
    if local_stale and remote_stale:
        return "LocalAndRemoteNotInSync"
    if local_stale:
        return "LocalNotInSync"
    return "RemoteNotInSync" if remote_stale else "FullyInSync"


def put_peering(estate: Estate, target: ResourceId, body: Json, write: Write, *, sync: bool) -> tuple[Operation, bool]:
    """Create or update one half. Returns the operation and whether the half is new.

    The network it belongs to is put in flight, and the remote one as well if the setting `halfHolds` says so: how many
    spokes may write their halves to one hub at once is not known (docs/facts/arm-peering.md, One write at a time).
    """
    network, existing = _find_for_write(estate, target, write)
    wanted = _read(body)
    remote = peering_rules.check(estate, network, target, wanted, existing, write)
    kind = kind_of(wanted, existing)
    creates = existing is None
    half = existing or _new_half(target, remote, wanted)
    if creates:
        network.add_peering(half)
    if creates or not write.unchanged:
        _learn(half, (network, remote), wanted, kind, sync=sync or creates)
    half.provisioning_state = "Updating"
    network.touch()
    own = ResourceId.parse(f"{network.id}/virtualNetworkPeerings/{half.name}") or target
    operation = estate.accept(write, Kind.PUT_PEERING, Work.PEERING, own, network.location, creates=creates)
    if operation.running and estate.latency.half_holds is HalfHolds.BOTH:
        estate.ledger.hold_too(operation, remote.id.key)
    return operation, creates


def _learn(half: Peering, ends: tuple[VirtualNetwork, VirtualNetwork], wanted: Json, kind: Json, *, sync: bool) -> None:
    """What a write does to a half between the two networks."""
    network, remote = ends
    if sync or half.state == "Disconnected":
        half.remote_prefixes = remote_space(remote, kind)
    _write_flags(half, wanted, kind)
    half.state = "Connected" if _other_half_waits(network, remote) else "Initiated"
    half.guid = xor_guid(network.guid, remote.guid)


def delete_peering(estate: Estate, target: ResourceId, write: Write) -> Operation | None:
    """Start the removal of one half; None when there is nothing to remove."""
    estate.group(target)
    network = estate.network(target.parent)
    if network is None:
        raise parent_not_found(target, "delete")
    peering = network.peering(target.name)
    if peering is None:
        return None
    estate.refuse_if_in_flight(network.id, write)
    peering.provisioning_state = "Deleting"
    network.touch()
    return estate.accept(write, Kind.DELETE_PEERING, Work.PEERING, target, network.location, creates=False)


def finish_put(estate: Estate, target: ResourceId, operation: Operation) -> None:
    """The operation has ended well: now the other half sees it too, and both networks have new etags."""
    network, peering = _find(estate, target)
    peering.provisioning_state = "Succeeded"
    network.touch()
    if operation.unchanged:
        if operation.activity.is_create:
            network.remove_peering(peering.name)
        return
    remote = estate.network(peering.remote)
    if remote is None:
        peering.state = "Disconnected"
        return
    remote.touch()
    other = remote.peering_to(network.id)
    if other is not None and other.state == "Initiated":
        other.state = peering.state = "Connected"


def fail(estate: Estate, target: ResourceId, operation: Operation) -> None:
    """It has ended Failed or Canceled: the half stays, marked so, and the other side has seen nothing of it."""
    network, peering = _find(estate, target)
    peering.provisioning_state = operation.status
    network.touch()
    other = estate.reciprocal(network, peering)
    if peering.state == "Connected" and (other is None or other.state != "Connected"):
        peering.state = "Initiated"


def finish_delete(estate: Estate, target: ResourceId, operation: Operation) -> None:
    network, peering = _find(estate, target)
    if operation.unchanged:
        peering.provisioning_state = "Succeeded"
        network.touch()
        return
    network.remove_peering(peering.name)
    network.touch()
    disconnect(estate, network, peering)


def disconnect(estate: Estate, network: VirtualNetwork, gone: Peering) -> None:
    """What is left of a pair when one half is gone: the other stays, Disconnected.

    A half whose remote network goes before it has a half of its own stays Initiated (recording
    VirtualNetworkApiTest, exchange 8).
    """
    remote = estate.network(gone.remote)
    if remote is None:
        return
    remote.touch()
    other = remote.peering_to(network.id)
    if other is not None:
        other.state = "Disconnected"


def _find_for_write(estate: Estate, target: ResourceId, write: Write) -> tuple[VirtualNetwork, Peering | None]:
    estate.group(target)
    network = estate.network(target.parent)
    if network is None:
        raise parent_not_found(target, "write")
    peering_rules.check_name(target.name)
    estate.refuse_unless_free(network, target, write)
    if network.failed_by:
        raise refusals.parent_failed(target, network.failed_by)
    return network, network.peering(target.name)


def _find(estate: Estate, target: ResourceId) -> tuple[VirtualNetwork, Peering]:
    network = estate.networks[target.parent.key]
    return network, network.peerings[target.name.lower()]


def _read(body: Json) -> Json:
    properties = body.get("properties")
    if not isinstance(properties, dict):
        raise refusals.invalid_format("MissingJsonProperty", "Required property 'properties' not found in JSON.")
    return properties


def _new_half(target: ResourceId, remote: VirtualNetwork, wanted: Json) -> Peering:
    return Peering(
        name=target.name,
        remote=ResourceId.parse(str(wanted["remoteVirtualNetwork"]["id"])) or remote.id,
        state="Initiated",
        remote_prefixes=remote.prefixes,
        flags=dict(FLAG_DEFAULTS),
    )


def _write_flags(peering: Peering, wanted: Json, kind: Json) -> None:
    """What an update leaves out goes back to its default; but what a half is, and whether it verifies, stays."""
    kept = {"doNotVerifyRemoteGateways": peering.flags["doNotVerifyRemoteGateways"]}
    peering.flags = {name: bool(wanted.get(name, kept.get(name, default))) for name, default in FLAG_DEFAULTS.items()}
    peering.flags["peerCompleteVnets"] = kind["peerCompleteVnets"]
    peering.extra = {name: value for name, value in kind.items() if name != "peerCompleteVnets"}


def _other_half_waits(network: VirtualNetwork, remote: VirtualNetwork) -> bool:
    other = remote.peering_to(network.id)
    return other is not None and other.state in {"Initiated", "Connected"}
