"""Virtual networks over azure-mgmt-network."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from typing import Any

from azure.core.rest import HttpRequest
from azure.mgmt.network.models import VirtualNetworkPeering

from peering.adapters.arm_clients import Arm, readable
from peering.adapters.arm_polling import TimedPolling
from peering.core.decision.changes import Action, Change, Kind
from peering.core.network.arm_documents import half_from_arm, half_to_arm, tags_from_arm, vnet_from_arm
from peering.core.network.failures import AzureFailure
from peering.core.network.json_parts import UnexpectedDocument
from peering.core.network.resource_ids import VnetId, peering_id
from peering.core.network.vnets import Half, Vnet
from peering.ports import Accepted, nobody_waits

_TAGS_API = "2022-09-01"
_SUBSCRIPTIONS_API, _GROUPS_API = "2022-12-01", "2024-11-01"
# A write whose answer is lost may have arrived: whoever wants it looks before he makes it again.
_ONCE: dict[str, Any] = {"retry_total": 0}
_GONE = {"ResourceNotFound", "ResourceGroupNotFound"}  # no other 404 says that it is this network that is missing


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds that a call may take in all, the SDK's own retries and polls included."""

    call: float = 30.0  # a read or the write of a tag: ARM answers both at once
    # A half takes 10 to 32 (docs/facts/arm-operations.md, How long things take). What has not ended after eight times
    # that is looked at again: the hub waits meanwhile, and the host ends an invocation after thirty minutes.
    operation: float = 240.0


class ArmNetworks:
    """Networks of every subscription."""

    def __init__(self, arm: Arm, limits: Limits = Limits()) -> None:
        self._arm = arm
        self._limits = limits

    async def read(self, vnet: VnetId) -> Vnet | None:
        try:
            async with _answer_about(vnet, self._limits.call):
                return _the_one_asked_for(vnet, vnet_from_arm(await self._document(vnet)))
        except AzureFailure as failure:
            if failure.status == 404 and failure.code in _GONE:
                return None
            raise

    async def _document(self, vnet: VnetId) -> object:
        """As JSON. As a stream, because otherwise the SDK makes a model of it too: for a full hub that is 0.1 s."""
        networks = self._arm.of(vnet.subscription).virtual_networks
        response: Any = await networks.get(vnet.group, vnet.name, stream=True, cls=_response)
        await response.read()
        return response.json()

    async def apply(self, change: Change, accepted: Accepted = nobody_waits) -> Half | None:
        async with _answer_about(peering_id(change.vnet, change.name), self._limits.operation):
            match change.kind:
                case Kind.PEERING:
                    return await self._write_half(change, accepted)

    async def _write_half(self, change: Change, accepted: Accepted) -> Half | None:
        match change.action:
            case Action.REMOVE:
                await self._remove(change, accepted)
                return None
            case Action.PUT:
                half = half_from_arm(_body(await self._put(change, accepted)))
                return replace(half, provisioning_state="Succeeded")  # that was its beginning, and this is its end
            case Action.SYNC:
                await self._put(change, accepted)  # its 200 proves nothing (docs/facts/arm-peering.md, Sync)
                halves = self._arm.of(change.vnet.subscription).virtual_network_peerings
                return half_from_arm(await halves.get(*_where(change), cls=_body))

    async def _remove(self, change: Change, accepted: Accepted) -> None:
        halves = self._arm.of(change.vnet.subscription).virtual_network_peerings
        poller = await halves.begin_delete(*_where(change), polling=self._polling(change), **_ONCE)
        await accepted()
        await poller.result()

    async def _put(self, change: Change, accepted: Accepted) -> object:
        """Write the half and wait for the end; returns the answer to the PUT, which has the final state already."""
        answers: list[object] = []  # more than one where the SDK had to show a token, or register the provider, first
        poller = await self._arm.of(change.vnet.subscription).virtual_network_peerings.begin_create_or_update(
            *_where(change),
            VirtualNetworkPeering(half_to_arm(change.remote, change.flags, change.rest)),
            sync_remote_address_space="true" if change.action is Action.SYNC else None,
            polling=self._polling(change),
            raw_response_hook=answers.append,
            **_ONCE,
            cls=_body,
        )
        await accepted()
        await poller.result()
        return answers[-1]

    async def read_tags(self, subscription: str, group: str | None) -> Mapping[str, str]:
        scope = f"/subscriptions/{subscription}" + (f"/resourceGroups/{group}" if group else "")
        version = _GROUPS_API if group else _SUBSCRIPTIONS_API
        request = HttpRequest("GET", f"{self._arm.endpoint}{scope}", params={"api-version": version})
        async with _answer_about(scope, self._limits.call):
            response = await self._arm.of(subscription).send_request(request)
            response.raise_for_status()
            return tags_from_arm(response.json())

    async def write_tag(self, vnet: VnetId, name: str, value: str) -> None:
        """Merge through Microsoft.Resources/tags: a PATCH of the network itself would replace all of its tags."""
        await self._patch_tags(vnet, "Merge", {name: value})

    async def remove_tag(self, vnet: VnetId, name: str, value: str) -> None:
        await self._patch_tags(vnet, "Delete", {name: value})

    async def _patch_tags(self, vnet: VnetId, operation: str, tags: dict[str, str]) -> None:
        request = HttpRequest(
            "PATCH",
            f"{self._arm.endpoint}{vnet}/providers/Microsoft.Resources/tags/default",
            params={"api-version": _TAGS_API},
            json={"operation": operation, "properties": {"tags": tags}},
        )
        async with _answer_about(vnet, self._limits.call):
            response = await self._arm.of(vnet.subscription).send_request(request)
            response.raise_for_status()

    def _polling(self, change: Change) -> TimedPolling:
        """The half that uses the hub's gateway takes Azure two to three times as long as others."""
        kind = f"{change.action} with a gateway" if change.flags.remote_gateways else str(change.action)
        return self._arm.polling(kind, change.vnet.subscription)

    async def close(self) -> None:
        await self._arm.close()


def _answer_about(what: object, limit: float) -> AbstractAsyncContextManager[None]:
    return readable(f"Azure's answer about {what}", limit)


def _the_one_asked_for(vnet: VnetId, found: Vnet) -> Vnet:
    if found.id != vnet:
        raise UnexpectedDocument(f"it is about {found.id}")
    return found


def _where(change: Change) -> tuple[str, str, str]:
    return change.vnet.group, change.vnet.name, change.name


def _response(pipeline_response: Any, *_: object) -> Any:  # noqa: ANN401 - the SDK's hook
    return pipeline_response.http_response


def _body(pipeline_response: Any, *_: object) -> Any:  # noqa: ANN401 - JSON, which the core reads
    return pipeline_response.http_response.json()
