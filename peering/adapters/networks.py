"""Virtual networks over Azure Resource Manager."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

from peering.adapters.arm_clients import Arm, readable
from peering.core.decision.changes import Action, Change, Kind
from peering.core.network.arm_documents import half_from_arm, half_to_arm, tags_from_arm, vnet_from_arm
from peering.core.network.failures import AzureFailure
from peering.core.network.json_parts import UnexpectedDocument
from peering.core.network.resource_ids import VnetId, peering_id
from peering.core.network.vnets import Half, Vnet
from peering.ports import Accepted, nobody_waits

_NETWORK_API = "2026-03-01"
_TAGS_API = "2022-09-01"
_SUBSCRIPTIONS_API, _GROUPS_API = "2022-12-01", "2024-11-01"
_GONE = {"ResourceNotFound", "ResourceGroupNotFound"}  # no other 404 says that it is this network that is missing


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds that a call may take in all, the SDK's own retries and polls included."""

    call: float = 30.0  # a read or the write of a tag: ARM answers both at once
    # A half takes 10 to 32 (docs/facts/arm-operations.md, How long things take). What has not ended after eight times
    # that is looked at again: the hub waits meanwhile, and the host ends an invocation after thirty minutes.
    operation: float = 240.0


class ArmNetworks:
    """Networks of every subscription, over one pipeline."""

    def __init__(self, arm: Arm, limits: Limits = Limits()) -> None:
        self._arm = arm
        self._limits = limits

    async def read(self, vnet: VnetId) -> Vnet | None:
        try:
            async with _answer_about(vnet, self._limits.call):
                answer = await self._arm.send("GET", str(vnet), _NETWORK_API)
                return _the_one_asked_for(vnet, vnet_from_arm(_document(answer)))
        except AzureFailure as failure:
            if failure.status == 404 and failure.code in _GONE:
                return None
            raise

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
                return half_from_arm(await self._put(change, accepted))
            case Action.SYNC:
                await self._put(change, accepted)  # its 200 proves nothing (docs/facts/arm-peering.md, Sync)
                return half_from_arm(_document(await self._arm.send("GET", _half(change), _NETWORK_API)))

    async def _remove(self, change: Change, accepted: Accepted) -> None:
        answer = await self._arm.send("DELETE", _half(change), _NETWORK_API, good=(200, 202, 204))
        await accepted()
        await self._arm.ended(answer, _kind(change))

    async def _put(self, change: Change, accepted: Accepted) -> object:
        """Write the half and wait for the end; returns the answer to the PUT, which has the final state already."""
        body = half_to_arm(change.remote, change.flags, change.rest)
        sync = {"syncRemoteAddressSpace": "true"} if change.action is Action.SYNC else {}
        answer = await self._arm.send("PUT", _half(change), _NETWORK_API, body=body, good=(200, 201), **sync)
        await accepted()
        await self._arm.ended(answer, _kind(change))
        return _document(answer)

    async def read_tags(self, subscription: str, group: str | None) -> Mapping[str, str]:
        scope = f"/subscriptions/{subscription}" + (f"/resourceGroups/{group}" if group else "")
        version = _GROUPS_API if group else _SUBSCRIPTIONS_API
        async with _answer_about(scope, self._limits.call):
            return tags_from_arm(_document(await self._arm.send("GET", scope, version)))

    async def write_tag(self, vnet: VnetId, name: str, value: str) -> None:
        """Merge through Microsoft.Resources/tags: a PATCH of the network itself would replace all of its tags."""
        await self._patch_tags(vnet, "Merge", {name: value})

    async def remove_tag(self, vnet: VnetId, name: str, value: str) -> None:
        await self._patch_tags(vnet, "Delete", {name: value})

    async def _patch_tags(self, vnet: VnetId, operation: str, tags: dict[str, str]) -> None:
        scope = f"{vnet}/providers/Microsoft.Resources/tags/default"
        body = {"operation": operation, "properties": {"tags": tags}}
        async with _answer_about(vnet, self._limits.call):
            await self._arm.send("PATCH", scope, _TAGS_API, body=body, good=(200, 202))

    async def close(self) -> None:
        await self._arm.close()


def _answer_about(what: object, limit: float) -> AbstractAsyncContextManager[None]:
    return readable(f"Azure's answer about {what}", limit)


def _the_one_asked_for(vnet: VnetId, found: Vnet) -> Vnet:
    if found.id != vnet:
        raise UnexpectedDocument(f"it is about {found.id}")
    return found


def _half(change: Change) -> str:
    return peering_id(change.vnet, change.name)


def _kind(change: Change) -> str:
    """What lasts as long as each other: the half that uses the hub's gateway takes Azure two to three times as long."""
    return f"{change.action} with a gateway" if change.flags.remote_gateways else str(change.action)


def _document(answer: Any) -> Any:  # noqa: ANN401 - JSON, which the core reads
    return answer.http_response.json()
