"""The token endpoints of Entra, as far as MSAL and the client-credentials grant need them."""

import uuid
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any

from aiohttp import web

from localazure.emulator.identity import entra_errors as refuse
from localazure.emulator.identity.signing import LIFETIME_SECONDS, SigningKey, access_token_claims, issuer_of

ADFS = "adfs"
"""The tenant segment by which MSAL knows an authority that is not Entra: here, the home tenant."""

_Handler = Callable[[web.Request], Awaitable[web.Response]]


class TokenEndpoints:
    """Discovery, keys and `token` for a home tenant and for other tenants whose tokens ARM must refuse."""

    def __init__(self, tenant: str, others: Collection[str], key: SigningKey, clock: Callable[[], float]) -> None:
        self._home = tenant
        self._tenants = {name.lower() for name in (tenant, *others)}
        self._key = key
        self._clock = clock

    def routes(self) -> list[web.RouteDef]:
        """All of them, so that they must be added before any catch-all of ARM."""
        return [
            web.get("/common/discovery/instance", self.instance),
            web.get("/{tenant}/v2.0/.well-known/openid-configuration", _entra_errors(self.configuration)),
            web.get("/{tenant}/.well-known/openid-configuration", _entra_errors(self.configuration)),
            web.get("/{tenant}/discovery/v2.0/keys", self.keys),
            web.get("/{tenant}/discovery/keys", self.keys),
            web.post("/{tenant}/oauth2/v2.0/token", _entra_errors(self.token)),
            web.post("/{tenant}/oauth2/token", _entra_errors(self.token_v1)),
            web.post("/{tenant}/oauth2/token/", _entra_errors(self.token_v1)),
        ]

    async def instance(self, request: web.Request) -> web.Response:
        """Say that this very host is the authority, whatever host was asked about."""
        aliases = {
            "preferred_network": request.host,
            "preferred_cache": request.host,
            "aliases": [request.host],
        }
        discovery = f"{_origin(request)}/{self._home}/v2.0/.well-known/openid-configuration"
        body = {"tenant_discovery_endpoint": discovery, "api-version": "1.1", "metadata": [aliases]}
        return web.json_response(body)

    async def configuration(self, request: web.Request) -> web.Response:
        tenant = self._tenant(request)
        path = request.match_info["tenant"]
        version = "" if path.lower() == ADFS or "/v2.0/" not in request.path else "/v2.0"
        base = f"{_origin(request)}/{path}"
        body = {
            "issuer": f"{base}{version}" if version else issuer_of(tenant),
            "authorization_endpoint": f"{base}/oauth2{version}/authorize",
            "token_endpoint": f"{base}/oauth2{version}/token",
            "device_authorization_endpoint": f"{base}/oauth2{version}/devicecode",
            "jwks_uri": f"{base}/discovery{version}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
            "response_types_supported": ["code", "token"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "tenant_region_scope": None,
            "cloud_instance_name": request.host,
        }
        return web.json_response(body)

    async def keys(self, request: web.Request) -> web.Response:  # noqa: ARG002 - every tenant has the same keys
        return web.json_response(self._key.jwks())

    async def token(self, request: web.Request) -> web.Response:
        """The v2.0 form: a scope, and numbers in the answer."""
        form = await _form(request)
        tenant = self._tenant(request)
        token, _ = self._issue(tenant, _client(form, tenant), _audience(form))
        lifetime = {"expires_in": LIFETIME_SECONDS - 1, "ext_expires_in": LIFETIME_SECONDS - 1}
        return _no_store({"token_type": "Bearer", **lifetime, "access_token": token})

    async def token_v1(self, request: web.Request) -> web.Response:
        """The v1.0 form: a resource (or, from MSAL against AD FS, a scope), and strings in the answer."""
        form = await _form(request)
        tenant = self._tenant(request)
        audience = form.get("resource") or _audience(form, missing="resource")
        token, claims = self._issue(tenant, _client(form, tenant), audience)
        body = {
            "token_type": "Bearer",
            "expires_in": str(LIFETIME_SECONDS - 1),
            "ext_expires_in": str(LIFETIME_SECONDS - 1),
            "expires_on": str(claims["exp"]),
            "not_before": str(claims["nbf"]),
            "resource": audience,
            "access_token": token,
        }
        return _no_store(body)

    def _tenant(self, request: web.Request) -> str:
        tenant = request.match_info["tenant"].lower()
        if tenant == ADFS:
            return self._home
        if tenant not in self._tenants:
            raise refuse.unknown_tenant(request.match_info["tenant"])
        return tenant

    def _issue(self, tenant: str, client_id: str, audience: str) -> tuple[str, dict[str, Any]]:
        claims = access_token_claims(tenant, client_id, audience, int(self._clock()))
        return self._key.sign(claims), claims


async def _form(request: web.Request) -> Mapping[str, str]:
    """The posted form, its grant already checked."""
    form = {name: str(value) for name, value in (await request.post()).items()}
    if not form.get("grant_type"):
        raise refuse.missing_parameter("grant_type")
    if form["grant_type"] != "client_credentials":
        raise refuse.unsupported_grant(form["grant_type"])
    return form


def _client(form: Mapping[str, str], tenant: str) -> str:
    """The application id: any GUID, with any secret or assertion that is not empty."""
    client_id = form.get("client_id", "")
    if not client_id:
        raise refuse.missing_parameter("client_id")
    if not form.get("client_secret") and not form.get("client_assertion"):
        raise refuse.missing_secret()
    try:
        return str(uuid.UUID(client_id))
    except ValueError as error:
        raise refuse.unknown_application(client_id, tenant) from error


def _audience(form: Mapping[str, str], missing: str = "scope") -> str:
    """The resource of a scope `<resource>/.default`. A slash before that suffix belongs to the resource."""
    scopes = form.get("scope", "").split()
    if not scopes:
        raise refuse.missing_parameter(missing)
    if len(scopes) > 1 or not scopes[0].endswith("/.default"):
        raise refuse.scope_without_default(" ".join(scopes))
    return scopes[0].removesuffix("/.default")


def _origin(request: web.Request) -> str:
    """Scheme and host as the caller spelled them: the name its certificate check passed."""
    return f"{request.scheme}://{request.host}"


def _no_store(body: dict[str, Any]) -> web.Response:
    return web.json_response(body, headers={"Cache-Control": "no-store, no-cache", "Pragma": "no-cache"})


def _entra_errors(handler: _Handler) -> _Handler:
    async def answer(request: web.Request) -> web.Response:
        try:
            return await handler(request)
        except refuse.TokenRefused as refused:
            return refused.response()

    return answer
