"""One tenant, one key: gives tokens out, and checks them for ARM and Event Grid."""

import secrets
import time
from collections.abc import Callable, Collection
from urllib.parse import urlsplit

from aiohttp import web

from localazure.emulator.identity.directory import DirectoryEndpoints
from localazure.emulator.identity.entra import TokenEndpoints
from localazure.emulator.identity.managed import ManagedIdentityEndpoints
from localazure.emulator.identity.signing import (
    SYSTEM_ASSIGNED_CLIENT_ID,
    SigningKey,
    access_token_claims,
    object_id_of,
)
from localazure.emulator.identity.verification import ARM_AUDIENCES, Caller, verify_bearer


class Authority:
    """Issues and verifies tokens of `tenant`.

    `other_tenants` are directories too: their tokens are real, and ARM refuses them (wrong issuer).
    """

    def __init__(
        self,
        tenant: str,
        *,
        other_tenants: Collection[str] = (),
        identity_header: str | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.tenant = tenant.lower()
        self.base_url = ""
        """Of the https server, without a slash at the end; set once it is bound. ARM takes tokens for it."""
        self.identity_header = identity_header or secrets.token_hex(16)
        """What `IDENTITY_HEADER` must be for an app that asks `/msi/token`."""
        self._key = SigningKey()
        self._clock = clock
        self._others = tuple(other_tenants)

    def arm_routes(self) -> list[web.RouteDef]:
        """For the https server."""
        tokens = TokenEndpoints(self.tenant, self._others, self._key, self._clock).routes()
        return [*tokens, *DirectoryEndpoints().routes()]

    def local_routes(self) -> list[web.RouteDef]:
        """For the plain http server."""
        return ManagedIdentityEndpoints(self.tenant, self.identity_header, self._key, self._clock).routes()

    def issue(self, client_id: str = SYSTEM_ASSIGNED_CLIENT_ID, audience: str = ARM_AUDIENCES[0]) -> str:
        """A token without asking an endpoint: for tests and for the emulator's own calls."""
        return self._key.sign(access_token_claims(self.tenant, client_id, audience, int(self._clock())))

    def verify(self, authorization_header: str | None, audiences: Collection[str] | None = None) -> Caller:
        """Whose token this is; by default one for ARM.

        Raises:
            Unauthorized: With ARM's code and message, for a 401.
        """
        allowed = tuple(audiences) if audiences is not None else self._arm_audiences()
        return verify_bearer(
            authorization_header, key=self._key, tenant=self.tenant, audiences=allowed, now=self._clock()
        )

    def object_id_of(self, client_id: str) -> str:
        return object_id_of(client_id)

    def _arm_audiences(self) -> tuple[str, ...]:
        """ARM's public names, and this server by address and as localhost, each with and without a slash."""
        if not self.base_url:
            return ARM_AUDIENCES
        localhost = f"https://localhost:{urlsplit(self.base_url).port}"
        return (*ARM_AUDIENCES, *(f"{base}{end}" for base in (self.base_url, localhost) for end in ("/", "")))
