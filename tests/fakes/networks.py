"""Virtual networks in memory, with the peering rules that the service depends on."""

from collections import Counter, deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from peering.arm_calls import count_call
from peering.core.decision.changes import Action, Change, Kind
from peering.core.network.addresses import Prefix, parse_prefixes
from peering.core.network.failures import AzureFailure
from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import Half, PeeringState, SyncLevel, Vnet
from peering.ports import Accepted, nobody_waits
from tests.fakes.scheduling import let_others_run

_LEVELS = {
    # this half is behind, the other one is
    (False, False): SyncLevel.FULLY_IN_SYNC,
    (False, True): SyncLevel.REMOTE_NOT_IN_SYNC,
    (True, False): SyncLevel.LOCAL_NOT_IN_SYNC,
    (True, True): SyncLevel.LOCAL_AND_REMOTE_NOT_IN_SYNC,
}


def _clash(some: Iterable[Prefix], others: Sequence[Prefix]) -> bool:
    return any(one.overlaps(other) for one in some for other in others)


def _check_addresses(local: Vnet, remote: Vnet) -> None:
    if _clash(local.prefixes, remote.prefixes):
        raise AzureFailure(400, "VnetAddressSpacesOverlap", f"{local.id} and {remote.id} overlap.")
    for here, there in ((local, remote), (remote, local)):
        for half in here.halves:
            if half.remote != there.id and _clash(there.prefixes, half.remote_prefixes):
                raise AzureFailure(400, "VnetAddressSpaceOverlapsWithAlreadyPeeredVnet", f"overlaps {half.remote}.")


class FakeNetworks:
    """Keeps VNets by id; `log` lists what was done, `failures` what the next writes or reads of an id will raise.

    What `on_read` and `on_apply` hold is called in each read or write: it may take time, change something, or raise.
    """

    def __init__(self, *vnets: Vnet) -> None:
        self.vnets: dict[VnetId, Vnet] = {vnet.id: vnet for vnet in vnets}
        self.log: list[str] = []
        self.failures: dict[tuple[str, VnetId], deque[BaseException]] = {}
        self.refusals: dict[tuple[str, VnetId], BaseException] = {}
        self.before_apply: list[Callable[[], Awaitable[None]]] = []
        self.on_read: list[Callable[[VnetId], Awaitable[None]]] = []
        self.on_apply: list[Callable[[Change], Awaitable[None]]] = []
        self.missed: Counter[VnetId] = Counter()
        self.above: dict[tuple[str, str | None], dict[str, str]] = {}
        self._in_flight: set[VnetId] = set()

    def fail(self, verb: str, vnet: VnetId, *failures: BaseException) -> None:
        self.failures.setdefault((verb, vnet), deque()).extend(failures)

    def refuse(self, verb: str, vnet: VnetId, failure: BaseException) -> None:
        """Every call of this kind fails from now on, until `relent`."""
        self.refusals[verb, vnet] = failure

    def miss(self, vnet: VnetId, times: int = 1) -> None:
        """The next reads of it answer 404 although it is there, as a replica does that lags behind."""
        self.missed[vnet] += times

    def relent(self) -> None:
        self.missed.clear()
        self.refusals.clear()
        self.failures.clear()

    def _maybe_fail(self, verb: str, vnet: VnetId) -> None:
        count_call()
        if refusal := self.refusals.get((verb, vnet)):
            raise refusal
        if waiting := self.failures.get((verb, vnet)):
            raise waiting.popleft()

    @property
    def writes(self) -> list[str]:
        return [entry for entry in self.log if not entry.startswith("read")]

    async def read(self, vnet: VnetId) -> Vnet | None:
        self.log.append(f"read {vnet.name}")
        self._maybe_fail("read", vnet)
        for interfere in self.on_read:
            await interfere(vnet)
        seen = self.vnets.get(vnet)
        await let_others_run()
        if self.missed[vnet] > 0:
            self.missed[vnet] -= 1
            return None
        return seen

    async def apply(self, change: Change, accepted: Accepted = nobody_waits) -> Half | None:
        """One write to a network at a time, as ARM has it (strict: a second one is refused, not queued)."""
        self._maybe_fail("apply", change.vnet)
        for meddle in self.on_apply:
            await meddle(change)
        if change.vnet in self._in_flight:
            raise AzureFailure(409, "AnotherOperationInProgress", "Another operation on this resource is in progress.")
        self._in_flight.add(change.vnet)
        try:
            await accepted()
            await let_others_run()
            for interfere in self.before_apply:
                await interfere()
            match change.kind:
                case Kind.PEERING:
                    return self._apply(change)
        finally:
            self._in_flight.discard(change.vnet)

    def _apply(self, change: Change) -> Half | None:
        self.log.append(f"{change.action} {change.vnet.name}/{change.name}")
        local = self.vnets.get(change.vnet)
        if local is None:
            raise AzureFailure(404, "ParentResourceNotFound", "The parent resource could not be found.")
        others = tuple(half for half in local.halves if half.name.lower() != change.name.lower())
        if change.action is Action.REMOVE:
            self.vnets[change.vnet] = replace(local, halves=others)
            self._reach(change.remote, change.vnet, PeeringState.DISCONNECTED)
            return None
        remote = self.vnets.get(change.remote)
        if remote is None:
            raise AzureFailure(400, "InvalidResourceReference", f"Resource {change.remote} was not found.")
        self._check(local, remote, change)
        back, before = remote.half_to(change.vnet), local.half_named(change.name)
        kept = change.action is Action.PUT and before is not None and before.state == PeeringState.CONNECTED
        half = Half(
            name=change.name,
            remote=change.remote,
            state=PeeringState.CONNECTED if back else PeeringState.INITIATED,
            sync_level="",
            flags=change.flags,
            remote_prefixes=before.remote_prefixes if kept and before else remote.prefixes,
            rest=change.rest,
        )
        self.vnets[change.vnet] = replace(local, halves=(*others, half))
        if back:
            self._reach(change.remote, change.vnet, PeeringState.CONNECTED)
        self._compare(change.vnet, change.remote)
        return self.vnets[change.vnet].half_named(change.name)

    def resize(self, vnet: VnetId, *prefixes: str) -> None:
        """What its owner does: the network has these prefixes now, and its peers learn that they are behind."""
        self.vnets[vnet] = replace(self.vnets[vnet], prefixes=parse_prefixes(prefixes))
        for half in self.vnets[vnet].halves:
            if half.remote and half.remote in self.vnets:
                self._compare(vnet, half.remote)

    def unpeer(self, vnet: VnetId, remote: VnetId) -> None:
        """What its owner does: the half to the other network is removed by hand."""
        local = self.vnets[vnet]
        self.vnets[vnet] = replace(local, halves=tuple(half for half in local.halves if half.remote != remote))
        self._reach(remote, vnet, PeeringState.DISCONNECTED)

    def _compare(self, one: VnetId, other: VnetId) -> None:
        """Bring the sync levels of the two halves to what their networks have (docs/facts/arm-peering.md, Sync)."""
        behind = {
            here: half is None or half.remote_prefixes != self.vnets[there].prefixes
            for here, there in ((one, other), (other, one))
            for half in [self.vnets[here].half_to(there)]
        }
        for here, there in ((one, other), (other, one)):
            self._set(here, there, sync_level=_LEVELS[behind[here], behind[there]])

    def _set(self, vnet: VnetId, remote: VnetId, **changes: Any) -> None:  # noqa: ANN401 - the fields of Half
        """Bring the half on one network to the other one up to date."""
        halves = self.vnets[vnet].halves
        changed = tuple(replace(each, **changes) if each.remote == remote else each for each in halves)
        self.vnets[vnet] = replace(self.vnets[vnet], halves=changed)

    def _check(self, local: Vnet, remote: Vnet, change: Change) -> None:
        existing = local.half_to(change.remote)
        if existing and existing.name.lower() != change.name.lower():
            raise AzureFailure(400, "AnotherPeeringAlreadyReferencesRemoteVnet", f"{existing.name} already does.")
        named = local.half_named(change.name)
        if named and named.remote != change.remote:
            raise AzureFailure(400, "ChangingRemoteVirtualNetworkNotAllowed", f"{named.name} has another remote.")
        back = remote.half_to(change.vnet)
        if back and back.state == PeeringState.DISCONNECTED:
            raise AzureFailure(400, "RemotePeeringIsDisconnected", f"{back.name} is in Disconnected state.")
        if change.flags.remote_gateways and remote.gateway is None:
            raise AzureFailure(400, "RemoteVnetHasNoGateways", f"{change.remote} does not have any gateways.")
        if change.flags.remote_gateways and not (back and back.flags.gateway_transit):
            raise AzureFailure(400, "GatewayTransitNotAllowed", "AllowGatewayTransit flag set to false.")
        _check_addresses(local, remote)

    def delete(self, vnet: VnetId) -> None:
        """What its owner does: the network is gone, and whoever was peered with it is left Disconnected."""
        gone = self.vnets.pop(vnet)
        for half in gone.halves:
            if half.remote:
                self._reach(half.remote, vnet, PeeringState.DISCONNECTED)

    def _reach(self, remote: VnetId, local: VnetId, state: PeeringState) -> None:
        """Bring the half on `remote` to the state that a change on `local` gives it."""
        if remote in self.vnets:
            level = SyncLevel.FULLY_IN_SYNC if state is PeeringState.CONNECTED else SyncLevel.REMOTE_NOT_IN_SYNC
            self._set(remote, local, state=state, sync_level=level)

    async def read_tags(self, subscription: str, group: str | None) -> dict[str, str]:
        """The tags of what `above` has, by subscription and group in small letters."""
        self.log.append(f"read tags of {group or subscription}")
        count_call()
        await let_others_run()
        if refusal := self.refusals.get(("read_tags", VnetId(subscription, group or "", ""))):
            raise refusal
        return self.above.get((subscription.lower(), group.lower() if group else None), {})

    async def write_tag(self, vnet: VnetId, name: str, value: str) -> None:
        self._maybe_fail("write_tag", vnet)
        self.log.append(f"tag {vnet.name}")
        if vnet not in self.vnets:
            raise AzureFailure(404, "ResourceNotFound", f"The Resource {vnet.name} was not found.")
        self.vnets[vnet] = replace(self.vnets[vnet], tags={**self.vnets[vnet].tags, name: value})

    async def remove_tag(self, vnet: VnetId, name: str, value: str) -> None:
        self._maybe_fail("remove_tag", vnet)
        self.log.append(f"untag {vnet.name}")
        if vnet not in self.vnets:
            raise AzureFailure(404, "ResourceNotFound", f"The Resource {vnet.name} was not found.")
        there, doomed = self.vnets[vnet], (name.lower(), value)
        kept = {tag: text for tag, text in there.tags.items() if (tag.lower(), text) != doomed}
        self.vnets[vnet] = replace(there, tags=kept)
