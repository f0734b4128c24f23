"""The estate over azure-mgmt-resourcegraph. The SDK is imported by the first sweep, and by nothing else."""

import asyncio
import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from peering.adapters.arm_clients import Arm, readable
from peering.adapters.errors import azure_answers
from peering.core.network.arm_documents import vnet_from_arm
from peering.core.network.failures import NO_ANSWER, UNEXPECTED, AzureFailure
from peering.core.network.json_parts import UnexpectedDocument, list_of, required_object
from peering.core.network.resource_ids import InvalidResourceId, VnetId
from peering.core.network.vnets import Vnet
from peering.log import logger
from peering.ports import EstatePage

if TYPE_CHECKING:
    from azure.mgmt.resourcegraph.aio import ResourceGraphClient

_log = logger(__name__)

_ROWS = 1000  # Resource Graph's most (docs/facts/resource-graph.md, Pages)
_REMAINING, _RESETS_AFTER = "x-ms-user-quota-remaining", "x-ms-user-quota-resets-after"
_CLOCK = re.compile(r"(\d{1,2}):(\d{2}):(\d{2})(?:\.\d+)?")
# Subnets list every network card of theirs, so of a gateway only that it is there is asked.
_COLUMNS = (
    "id",
    "location",
    "tags",
    "guid = properties.resourceGuid",
    "prefixes = properties.addressSpace.addressPrefixes",
    "state = properties.provisioningState",
    "halves = properties.virtualNetworkPeerings",
    "vpn = tostring(properties.subnets) contains '/virtualNetworkGateways/'",
    "routeServer = tostring(properties.subnets) contains '/virtualHubs/'",
)


@dataclass(frozen=True, slots=True)
class GraphLimits:
    """Seconds for one query with its retries, and in all for one page with the throttles that it has to wait out."""

    query: float = 60.0
    page: float = 240.0
    wait: float = 5.0  # after a 429 that says nothing of how long: the quota's own window


class GraphEstate:
    """Estate. It waits before it is told to: a quota that is spent is left alone until it is back."""

    def __init__(self, arm: Arm, limits: GraphLimits = GraphLimits()) -> None:
        self._arm = arm
        self._limits = limits
        self._client: ResourceGraphClient | None = None
        self._pause = 0.0

    async def page(self, without: Collection[VnetId], token: str | None) -> EstatePage:
        async with readable("Resource Graph's answer", self._limits.page):
            document = await self._ask(_query(without), token)
        return await asyncio.to_thread(_page, document)  # a thousand networks are no work for the event loop

    async def _ask(self, query: str, token: str | None) -> Any:  # noqa: ANN401 - JSON
        while True:
            await asyncio.sleep(self._pause)
            self._pause = 0.0
            try:
                async with azure_answers(self._limits.query):
                    return await self._query(query, token)
            except AzureFailure as failure:
                if failure.status != 429:
                    raise
                wait = failure.retry_after or timedelta(seconds=self._limits.wait)
                _log.info("Resource Graph asks for a pause of %s", wait)
                self._pause = wait.total_seconds()

    async def _query(self, query: str, token: str | None) -> Any:  # noqa: ANN401 - JSON
        client = await self._connected()
        from azure.mgmt.resourcegraph.models import (  # noqa: PLC0415 - as in _open
            QueryRequest,
            QueryRequestOptions,
        )

        options = QueryRequestOptions(top=_ROWS, skip_token=token, result_format="objectArray")
        kept: Any = {"cls": self._keep}
        return await client.resources(QueryRequest(query=query, options=options), **kept)

    def _keep(self, pipeline_response: Any, *_: object) -> Any:  # noqa: ANN401 - as the SDK's hook has it
        response = pipeline_response.http_response
        self._arm.telemetry.arm_answered(response.status_code)
        resets = _CLOCK.fullmatch(response.headers.get(_RESETS_AFTER) or "")
        if response.headers.get(_REMAINING) == "0" and resets:
            hours, minutes, seconds = map(int, resets.groups())
            self._pause = float(hours * 3600 + minutes * 60 + seconds)
        return response.json()

    async def _connected(self) -> "ResourceGraphClient":
        if self._client is None:
            self._client = await asyncio.to_thread(_open, self._arm.options)
        return self._client

    async def close(self) -> None:
        await self._arm.close()


def _open(options: dict[str, Any]) -> "ResourceGraphClient":
    from azure.mgmt.resourcegraph.aio import ResourceGraphClient  # noqa: PLC0415 - for the sweep alone

    return ResourceGraphClient(**options)


def _query(without: Collection[VnetId]) -> str:
    """Hubs are read by themselves, and carry hundreds of halves. An id that was parsed has no quote in it."""
    others = ", ".join(f"'{identity.lowered}'" for identity in sorted(without, key=str))
    hubs = f" and id !in~ ({others})" if others else ""
    columns = ", ".join(_COLUMNS)
    return f"resources | where type =~ 'microsoft.network/virtualnetworks'{hubs} | project {columns} | order by id asc"


def _page(document: object) -> EstatePage:
    try:
        answer = required_object(document, "the answer")
        rows, following = list_of(answer, "data"), answer.get("$skipToken")
    except UnexpectedDocument as error:
        raise AzureFailure(NO_ANSWER, UNEXPECTED, f"Resource Graph's answer cannot be read: {error}.") from error
    networks, unreadable = list[Vnet](), list[VnetId]()
    for row in rows:
        try:
            networks.append(_network(row))
        except UnexpectedDocument as error:
            _log.warning("a row of Resource Graph cannot be read: %s", error)
            unreadable += _identity(row)
    return EstatePage(tuple(networks), tuple(unreadable), following if isinstance(following, str) else None)


def _network(row: object) -> Vnet:
    """The row as the document of ARM's that it was made of."""
    found = required_object(row, "the row")
    properties = {
        "resourceGuid": found.get("guid"),
        "addressSpace": {"addressPrefixes": found.get("prefixes")},
        "provisioningState": found.get("state"),
        "virtualNetworkPeerings": found.get("halves"),
    }
    document = {"id": found.get("id"), "location": found.get("location"), "tags": found.get("tags")}
    network = vnet_from_arm(document | {"properties": properties})
    has_gateway = found.get("vpn") in _TRUE or found.get("routeServer") in _TRUE
    halves = tuple(replace(half, rest={}) for half in network.halves)
    return replace(network, gateway="there is one" if has_gateway else None, halves=halves)


_TRUE = (True, 1)  # Resource Graph writes a truth as either


def _identity(row: object) -> list[VnetId]:
    try:
        return [VnetId.parse(str(row.get("id")))] if isinstance(row, dict) else []
    except InvalidResourceId:
        return []
