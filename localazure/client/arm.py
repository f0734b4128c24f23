"""A plain REST client of the local ARM, for the demo and the tests: what an app team's own tools would send."""

import ssl
from types import TracebackType
from typing import Any, Self

import httpx

from localazure.client.ready import Ready

NETWORK_API = "2025-05-01"
_GROUPS_API = "2024-11-01"
_TAGS_API = "2022-09-01"


class ArmClient:
    """Speaks to ARM as a service principal that owns everything. Every answer that is an error raises."""

    def __init__(self, ready: Ready) -> None:
        self._ready = ready
        self._http = httpx.AsyncClient(
            base_url=ready.arm, verify=ssl.create_default_context(cafile=ready.ca), timeout=30, trust_env=False
        )

    async def __aenter__(self) -> Self:
        self._http.headers["Authorization"] = f"Bearer {await fetch_token(self._http, self._ready)}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def put_group(self, group: str, location: str) -> None:
        await self.request("PUT", group, _GROUPS_API, {"location": location})

    async def put_vnet(self, vnet: str, location: str, prefixes: list[str], tags: dict[str, str] | None = None) -> None:
        """Create or update a virtual network, its resource group included."""
        await self.put_group(vnet.split("/providers/", maxsplit=1)[0], location)
        body = {"location": location, "properties": {"addressSpace": {"addressPrefixes": prefixes}}, "tags": tags}
        await self.request("PUT", vnet, NETWORK_API, {key: value for key, value in body.items() if value is not None})

    async def merge_tags(self, resource: str, tags: dict[str, str]) -> None:
        body = {"operation": "Merge", "properties": {"tags": tags}}
        await self.request("PATCH", f"{resource}/providers/Microsoft.Resources/tags/default", _TAGS_API, body)

    async def get(self, resource: str) -> dict[str, Any]:
        return await self.request("GET", resource, NETWORK_API)

    async def delete(self, resource: str) -> None:
        await self.request("DELETE", resource, NETWORK_API)

    async def request(
        self, method: str, path: str, api_version: str, body: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        answer = await self._http.request(method, path, params={"api-version": api_version}, json=body)
        if answer.is_error:
            raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.text}")
        document: dict[str, Any] = answer.json() if answer.content else {}
        return document


async def fetch_token(http: httpx.AsyncClient, ready: Ready) -> str:
    """A token for ARM, as a service principal gets one. Any secret will do here."""
    form = {
        "grant_type": "client_credentials",
        "client_id": ready.clientId,
        "client_secret": "any",
        "scope": f"{ready.arm}/.default",
    }
    answer = (await http.post(f"{ready.authority}/{ready.tenant}/oauth2/v2.0/token", data=form)).raise_for_status()
    return str(answer.json()["access_token"])
