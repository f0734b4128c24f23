"""Virtual networks over azure-mgmt-network."""

import asyncio
from collections.abc import Callable
from typing import Any

from azure.core.credentials_async import AsyncTokenCredential
from azure.core.pipeline import PipelineRequest, PipelineResponse
from azure.core.pipeline.policies import AsyncRetryPolicy, SansIOHTTPPolicy
from azure.core.pipeline.transport import AioHttpTransport
from azure.core.rest import HttpRequest
from azure.mgmt.network.aio import NetworkManagementClient
from azure.mgmt.network.models import VirtualNetworkPeering

from peering.adapters.arm_polling import PatientPolling
from peering.adapters.errors import azure_failures
from peering.arm_calls import count_call
from peering.core.decision.changes import Action, Change, Kind
from peering.core.network.arm_documents import half_from_arm, half_to_arm, vnet_from_arm
from peering.core.network.failures import AzureFailure
from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import Half, Vnet
from peering.ports import Telemetry

_OPERATION_LIMIT = 600.0  # seconds; a peering takes 10 to 30
_TAGS_API = "2022-09-01"
_GONE = {"ResourceNotFound", "ResourceGroupNotFound", "NotFound"}


class _CallCounter(SansIOHTTPPolicy[Any, Any]):
    def __init__(self, telemetry: Telemetry) -> None:
        super().__init__()
        self._telemetry = telemetry

    def on_request(self, request: PipelineRequest[Any]) -> None:  # noqa: ARG002 - counted, not looked at
        count_call()

    def on_response(self, request: PipelineRequest[Any], response: PipelineResponse[Any, Any]) -> None:  # noqa: ARG002
        self._telemetry.arm_answered(response.http_response.status_code)


class ArmNetworks:
    """Networks, one SDK client per subscription over one connection pool.

    The SDK's own retries are for broken connections only: it would sleep through a `Retry-After` while we hold a
    hub's lease, where the row can wait and the hub be used for others.
    """

    def __init__(
        self,
        credential: AsyncTokenCredential,
        endpoint: str,
        audience: str,
        ca_file: str | None,
        telemetry: Telemetry,
    ) -> None:
        self._credential = credential
        self._endpoint = endpoint
        self._transport = AioHttpTransport(connection_verify=ca_file or True)
        self._options: dict[str, Any] = {
            "base_url": endpoint,
            "credential_scopes": [f"{audience}/.default"],
            "transport": self._transport,
            "retry_policy": AsyncRetryPolicy(retry_total=3, retry_connect=3, retry_read=2, retry_status=0),
            "per_retry_policies": [_CallCounter(telemetry)],
        }
        self._clients: dict[str, NetworkManagementClient] = {}

    def _client(self, vnet: VnetId) -> NetworkManagementClient:
        subscription = vnet.subscription.lower()
        if subscription not in self._clients:
            self._clients[subscription] = NetworkManagementClient(self._credential, subscription, **self._options)
        return self._clients[subscription]

    async def read(self, vnet: VnetId) -> Vnet | None:
        operations = self._client(vnet).virtual_networks
        try:
            with azure_failures():
                document: Any = await operations.get(vnet.group, vnet.name, cls=_body)
        except AzureFailure as failure:
            if failure.status == 404 and failure.code in _GONE:
                return None
            raise
        return vnet_from_arm(document)

    async def apply(self, change: Change) -> Half | None:
        with azure_failures():
            async with asyncio.timeout(_OPERATION_LIMIT):
                match change.kind:
                    case Kind.PEERING:
                        return await self._write_half(change)

    async def _write_half(self, change: Change) -> Half | None:
        where = (change.vnet.group, change.vnet.name, change.name)
        operations = self._client(change.vnet).virtual_network_peerings

        async def put(sync: str | None = None) -> Any:  # noqa: ANN401 - JSON, which the core reads
            first: list[Any] = []
            poller = await operations.begin_create_or_update(
                *where,
                VirtualNetworkPeering(half_to_arm(change.remote, change.flags)),
                sync_remote_address_space=sync,
                polling=PatientPolling(),
                raw_response_hook=_keep_first(first),
                cls=_body,
            )
            await poller.result()
            return _body(first[0])

        match change.action:
            case Action.REMOVE:
                await (await operations.begin_delete(*where, polling=PatientPolling())).result()
                return None
            case Action.PUT:
                return half_from_arm(await put())
            case Action.SYNC:
                await put("true")  # its 200 proves nothing (docs/facts/arm-peering.md, Sync)
                return half_from_arm(await operations.get(*where, cls=_body))

    async def write_tag(self, vnet: VnetId, name: str, value: str) -> None:
        """Merge through Microsoft.Resources/tags: a PATCH of the network itself would replace all of its tags."""
        request = HttpRequest(
            "PATCH",
            f"{self._endpoint}{vnet}/providers/Microsoft.Resources/tags/default",
            params={"api-version": _TAGS_API},
            json={"operation": "Merge", "properties": {"tags": {name: value}}},
        )
        with azure_failures():
            response = await self._client(vnet).send_request(request)
            response.raise_for_status()

    async def close(self) -> None:
        for client in self._clients.values():
            await client.close()
        await self._transport.close()


def _body(pipeline_response: Any, *_: object) -> Any:  # noqa: ANN401 - JSON, which the core reads
    return pipeline_response.http_response.json()


def _keep_first(kept: list[Any]) -> Callable[[Any], None]:
    def hook(pipeline_response: Any) -> None:  # noqa: ANN401 - the SDK's response
        if not kept:
            kept.append(pipeline_response)

    return hook
