"""Managed identity: the endpoint App Service gives an app, and the metadata service (IMDS) of a VM.

Both are plain http in Azure too. azure-identity and the Azure CLI ask them as they would there.
"""

import hmac
import json
import uuid
from collections.abc import Callable
from typing import Any

from aiohttp import web

from localazure.emulator.identity.signing import (
    LIFETIME_SECONDS,
    SYSTEM_ASSIGNED_CLIENT_ID,
    SigningKey,
    access_token_claims,
)


class ManagedIdentityEndpoints:
    """One system-assigned identity, and any user-assigned one that is named by its client id."""

    def __init__(self, tenant: str, header: str, key: SigningKey, clock: Callable[[], float]) -> None:
        self._tenant = tenant
        self._header = header
        self._key = key
        self._clock = clock

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/msi/token", self.app_service),
            web.get("/metadata/identity/oauth2/token", self.imds),
        ]

    async def app_service(self, request: web.Request) -> web.Response:
        """`GET ?api-version=2019-08-01&resource=…` with the secret header that only the app knows."""
        sent = request.headers.get("X-IDENTITY-HEADER", "")
        if not hmac.compare_digest(sent.encode(), self._header.encode()):
            return _app_service_error(401, "The value of the X-IDENTITY-HEADER header is missing or wrong.")
        if "api-version" not in request.query:
            return _app_service_error(400, "The api-version query parameter is required.")
        try:
            client_id, resource = _identity(request)
        except ValueError as error:
            return _app_service_error(400, str(error))
        return web.json_response(self._token(client_id, resource))

    async def imds(self, request: web.Request) -> web.Response:
        """The same with a `Metadata: true` header in place of the secret, and OAuth's form for errors."""
        if request.headers.get("Metadata", "").lower() != "true":
            return _oauth_error("Required metadata header not specified")
        try:
            client_id, resource = _identity(request)
        except ValueError as error:
            return _oauth_error(str(error))
        lifetime = str(LIFETIME_SECONDS - 1)
        token = self._token(client_id, resource)
        return web.json_response({**token, "expires_in": lifetime, "ext_expires_in": lifetime})

    def _token(self, client_id: str, resource: str) -> dict[str, Any]:
        claims = access_token_claims(self._tenant, client_id, resource, int(self._clock()))
        return {
            "access_token": self._key.sign(claims),
            "client_id": client_id,
            "expires_on": str(claims["exp"]),
            "not_before": str(claims["nbf"]),
            "resource": resource,
            "token_type": "Bearer",
        }


def _identity(request: web.Request) -> tuple[str, str]:
    """(client id, resource) asked for.

    Raises:
        ValueError: With the sentence for the answer.
    """
    resource = request.query.get("resource", "")
    if not resource:
        raise ValueError("The resource query parameter is required.")
    for name in ("mi_res_id", "msi_res_id", "object_id", "principal_id"):
        if name in request.query:
            raise ValueError(f"Identity not found: name it by client_id, the local Azure keeps no {name}.")
    client_id = request.query.get("client_id") or SYSTEM_ASSIGNED_CLIENT_ID
    try:
        return str(uuid.UUID(client_id)), resource
    except ValueError as error:
        raise ValueError(f"Identity not found: client_id '{client_id}' is not a GUID.") from error


def _app_service_error(status: int, message: str) -> web.Response:
    body = {"statusCode": status, "message": message, "correlationId": str(uuid.uuid4())}
    return web.Response(status=status, text=json.dumps(body), content_type="application/json")


def _oauth_error(description: str) -> web.Response:
    return web.json_response({"error": "invalid_request", "error_description": description}, status=400)
