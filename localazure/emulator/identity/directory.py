"""As much of Microsoft Graph as `az role` asks: which principal an application id stands for, and its name."""

import re
import uuid
from typing import Any

from aiohttp import web

from localazure.emulator.identity.signing import object_id_of

type Json = dict[str, Any]

_NAMED = re.compile(r"servicePrincipalNames/any\(\w+:\s*\w+ eq '([^']*)'\)", re.IGNORECASE)


class DirectoryEndpoints:
    """Every application id is a service principal's. Object ids are this directory's own: version 5 of a GUID.

    Which application an object id stands for is known of those that somebody looked for.
    """

    def __init__(self) -> None:
        self._applications: dict[str, str] = {}

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/v1.0/servicePrincipals", self.service_principals),
            web.get("/v1.0/users", self.users),
            web.post("/v1.0/directoryObjects/getByIds", self.by_ids),
        ]

    async def service_principals(self, request: web.Request) -> web.Response:
        named = _NAMED.search(request.query.get("$filter", ""))
        if named is None or not _is_application(named[1]):
            return web.json_response({"value": []})
        object_id = object_id_of(named[1])
        self._applications[object_id] = named[1]
        return web.json_response({"value": [_principal(object_id, named[1])]})

    async def users(self, _request: web.Request) -> web.Response:
        """There are none: everybody here is an application."""
        return web.json_response({"value": []})

    async def by_ids(self, request: web.Request) -> web.Response:
        asked = await request.json()
        found = [_principal(each, self._applications.get(each, each)) for each in map(str, asked.get("ids") or [])]
        return web.json_response({"value": found})


def _is_application(text: str) -> bool:
    try:
        return uuid.UUID(text).version != 5
    except ValueError:
        return False


def _principal(object_id: str, application_id: str) -> Json:
    return {
        "@odata.type": "#microsoft.graph.servicePrincipal",
        "id": object_id,
        "appId": application_id,
        "displayName": f"local {application_id[:8]}",
        "servicePrincipalNames": [application_id],
        "servicePrincipalType": "Application",
        "accountEnabled": True,
    }
