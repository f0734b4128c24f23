"""The estate: everything that exists in one emulator, what is in flight, and the clock that ends it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from localazure.emulator.access.state import Access
from localazure.emulator.callers import Activity
from localazure.emulator.errors import ArmError, group_being_deleted, group_being_moved, group_not_found
from localazure.emulator.latency import Conflict, Latency, Work
from localazure.emulator.networks import refusals
from localazure.emulator.networks.operations import Kind, Ledger, Operation
from localazure.emulator.networks.peered_space import kind_as_it_is, remote_space
from localazure.emulator.networks.resources import (
    AnyResource,
    Peering,
    PlainResource,
    ResourceGroup,
    Subscription,
    VirtualNetwork,
    new_guid,
)
from localazure.emulator.networks.write import Write
from localazure.emulator.resource_id import ResourceId
from localazure.emulator.switches import Switches


@dataclass(kw_only=True)
class Estate:
    """Keys are lower-cased ids. `clock` gives seconds since the epoch; `announce` is told of every success."""

    clock: Callable[[], float]
    latency: Latency = field(default_factory=Latency)
    announce: Callable[[Activity], None] = lambda _activity: None
    subscriptions: list[str] = field(default_factory=list)
    groups: dict[str, ResourceGroup] = field(default_factory=dict)
    networks: dict[str, VirtualNetwork] = field(default_factory=dict)
    plain: dict[str, PlainResource] = field(default_factory=dict)
    departed: set[str] = field(default_factory=set)
    """Keys of networks that were deleted: halves that still name one must not take a new network for it."""
    ledger: Ledger = field(default_factory=Ledger)
    access: Access = field(default_factory=Access)
    switches: Switches = field(default_factory=Switches)
    subscription_tags: dict[str, Subscription] = field(default_factory=dict)
    """Subscriptions that have tags, or had some; the others are known by name alone."""
    generation: int = 0
    """How often everything was replaced at once, by a seed or a load: no history leads from one to the next."""

    # Looking things up.

    def group(self, resource: ResourceId) -> ResourceGroup:
        """The group a write goes to. Raises ResourceGroupNotFound or ResourceGroupBeingDeleted."""
        group = self.groups.get(resource.group_id.lower())
        if group is None:
            raise group_not_found(resource.group)
        self.writable(group)
        return group

    def writable(self, group: ResourceGroup) -> None:
        """Raises ResourceGroupBeingDeleted, or what is said while something is moved from or to the group."""
        if group.provisioning_state == "Deleting":
            raise group_being_deleted(group.name)
        if group.provisioning_state == "MovingResources":
            raise group_being_moved(group.name)

    def group_exists(self, resource: ResourceId) -> None:
        """Raises ResourceGroupNotFound when a read goes to a group that does not exist."""
        if resource.group_id.lower() not in self.groups:
            raise group_not_found(resource.group)

    def network(self, resource: ResourceId) -> VirtualNetwork | None:
        return self.networks.get(resource.key)

    def resource(self, resource: ResourceId) -> AnyResource | None:
        return self.networks.get(resource.key) or self.plain.get(resource.key)

    def all_resources(self) -> Iterator[AnyResource]:
        yield from self.networks.values()
        yield from self.plain.values()

    def all_subscriptions(self) -> Iterator[Subscription]:
        """Those the scenario names, else those in use."""
        named = self.subscriptions or dict.fromkeys(key.split("/")[2] for key in self.groups)
        for name in named:
            yield self.subscription(name)

    def subscription(self, name: str) -> Subscription:
        identifier = f"/subscriptions/{name}"
        return self.subscription_tags.get(identifier.lower()) or Subscription(id=identifier)

    def reciprocal(self, network: VirtualNetwork, peering: Peering) -> Peering | None:
        """The other half, if the remote network exists and has one that points here."""
        remote = self.network(peering.remote)
        return remote.peering_to(network.id) if remote else None

    def remote_prefixes(self, peering: Peering) -> list[str]:
        """What a half sees of the remote network as it is now; as last learnt when it no longer exists."""
        remote = self.network(peering.remote)
        return remote_space(remote, kind_as_it_is(peering)) if remote else peering.remote_prefixes

    def state_of(self, network: VirtualNetwork) -> str:
        """The network's provisioningState: Updating too while one of its subnets or peerings is written."""
        in_flight = network.provisioning_state == "Succeeded" and self.ledger.holding(network.id.key) is not None
        return "Updating" if in_flight else network.provisioning_state

    def may_read(self, principal: str, type_: str, scope: str) -> bool:
        """Something of that type and id: always, unless callers need roles."""
        if self.switches["roles"] == "off":
            return True
        return self.access.may(principal, f"{type_}/read", scope, self.clock())

    def gateways_of(self, network: VirtualNetwork) -> list[PlainResource]:
        """The virtual network gateways whose ip configurations sit in this network's subnets."""
        inside = f"{network.id.key}/subnets/"
        return [
            gateway
            for gateway in self.plain.values()
            if gateway.id.types == ("virtualNetworkGateways",)
            and any(subnet.lower().startswith(inside) for subnet in subnets_of_gateway(gateway))
        ]

    # Being in flight.

    def refuse_if_in_flight(self, resource: ResourceId, write: Write) -> None:
        """Raises AnotherOperationInProgress (or RetryableError) while another write holds the resource."""
        running = self.ledger.holding(resource.key)
        if running is not None:
            raise self._held(running, self.latency.conflict, write)

    def refuse_if_reference_in_flight(self, reference: ResourceId, user: ResourceId, write: Write) -> None:
        """Raises what ARM answers to a write of `user`, which names a resource, while another write holds that one."""
        running = self.ledger.holding(reference.key)
        if running is None:
            return
        code = self.switches["referenceInFlight"]
        if code in set(Conflict):
            raise self._held(running, Conflict(code), write)
        raise refusals.reference_not_provisioned(reference, user, running.kind)

    def _held(self, running: Operation, conflict: Conflict, write: Write) -> ArmError:
        if conflict is Conflict.RETRYABLE:
            seconds = max(1, round(running.ends - self.clock()))
            return refusals.retryable(running.kind, running.id, running.target, seconds)
        return refusals.another_operation(write.endpoint + operation_path(running))

    def refuse_unless_free(self, parent: AnyResource, part: ResourceId, write: Write) -> None:
        """Raises what ARM answers where the parent of a written part is not as the caller knows it, or in flight."""
        if write.if_match and write.if_match not in {"*", parent.entity_tag}:
            raise refusals.etag_mismatch(write.if_match, parent.entity_tag, part)
        self.refuse_if_in_flight(parent.id, write)

    def accept(
        self, write: Write, kind: Kind, work: Work, target: ResourceId, location: str, *, creates: bool
    ) -> Operation:
        """Start an operation on `target`; it holds the outermost resource of the target until it ends."""
        deleting = kind.startswith("Delete")
        seconds = self.latency.seconds(work) if write.seconds is None else write.seconds
        operation = Operation(
            id=new_guid(),
            kind=kind,
            target=target.text,
            locks=outermost(target).key,
            subscription=target.subscription,
            location=location,
            api_version=write.api_version,
            ends=self.clock() + seconds,
            activity=write.activity(target, f"{target.type}/{'delete' if deleting else 'write'}", creates=creates),
            retry_after=self.latency.retry_after(work, deleting=deleting),
            instant=seconds <= 0,
            failure=write.failure,
            unchanged=write.unchanged,
        )
        self.ledger.add(operation)
        self.stamp(outermost(target))
        return operation

    def stamp(self, target: ResourceId) -> None:
        """Note the time of a write."""
        found = self.resource(target)
        if found is not None:
            found.changed = self.clock()
            found.created = found.created or found.changed


def subnets_of_gateway(gateway: PlainResource) -> list[str]:
    """The ids of the subnets a gateway's ip configurations name."""
    configurations = gateway.properties.get("ipConfigurations") or []
    return [str((each.get("properties") or {}).get("subnet", {}).get("id", "")) for each in configurations]


def outermost(resource: ResourceId) -> ResourceId:
    """The virtual network of a subnet or a peering; the resource itself otherwise."""
    while len(resource.types) > 1:
        resource = resource.parent
    return resource


def operation_path(operation: Operation, collection: str = "operations") -> str:
    return (
        f"/subscriptions/{operation.subscription}/providers/Microsoft.Network/locations/{operation.location}"
        f"/{collection}/{operation.id}?api-version={operation.api_version}"
    )
