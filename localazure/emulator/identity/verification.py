"""What ARM says of a bearer token: whose it is, or in ARM's own words why it is refused.

Texts: InvalidAuthenticationTokenTenant and InvalidAuthenticationTokenAudience as users quoted them in
public issues; the others are ARM's as widely seen, not recorded.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import jwt
from jwt.types import Options

from localazure.emulator.identity.signing import SigningKey, issuer_of

ARM_AUDIENCES = (
    "https://management.core.windows.net/",
    "https://management.core.windows.net",
    "https://management.azure.com/",
    "https://management.azure.com",
)
EVENT_GRID_AUDIENCES = ("https://eventgrid.azure.net", "https://eventgrid.azure.net/")

_SIGNATURE_ONLY: Options = {
    "require": ["oid", "tid", "iss", "aud", "exp"],
    "verify_aud": False,
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
}
"""Times, issuer and audience are checked below, each with ARM's own text."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who a request comes from."""

    object_id: str
    app_id: str
    tenant_id: str
    name: str
    """What ARM calls the client in its messages: the user's name, or the application id."""


class Unauthorized(Exception):
    """The token is refused with 401, ARM's `code` and `message`, and a `WWW-Authenticate` header."""

    def __init__(self, code: str, message: str, tenant: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self._tenant = tenant

    @property
    def www_authenticate(self) -> str:
        uri = f"https://login.windows.net/{self._tenant}"
        if self.code == "AuthenticationFailed":  # nothing was sent, so nothing is called invalid
            return f'Bearer authorization_uri="{uri}"'
        return f'Bearer authorization_uri="{uri}", error="invalid_token", error_description="{self.message}"'


def verify_bearer(
    header: str | None, *, key: SigningKey, tenant: str, audiences: Collection[str], now: float
) -> Caller:
    """Check an `Authorization` header: present, a bearer, signed by us, tenant, time, audience.

    Raises:
        Unauthorized: The first thing that is wrong with it.
    """
    claims = _signed_claims(header, key, tenant)
    refusal = _wrong_tenant(claims, tenant) or _wrong_time(claims, now) or _wrong_audience(claims, tuple(audiences))
    if refusal:
        raise Unauthorized(*refusal, tenant)
    app_id = str(claims.get("appid", ""))
    return Caller(str(claims["oid"]), app_id, str(claims["tid"]), str(claims.get("upn", app_id)))


def _signed_claims(header: str | None, key: SigningKey, tenant: str) -> dict[str, Any]:
    if not header:
        text = "Authentication failed. The 'Authorization' header is missing."
        raise Unauthorized("AuthenticationFailed", text, tenant)
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        text = "Authentication failed. The 'Authorization' header is provided in an invalid format."
        raise Unauthorized("AuthenticationFailedInvalidHeader", text, tenant)
    try:
        return _claims(token.strip(), key)
    except jwt.InvalidTokenError as error:
        text = "The access token is invalid."
        raise Unauthorized("InvalidAuthenticationToken", text, tenant) from error


@lru_cache(maxsize=1024)
def _claims(token: str, key: SigningKey) -> dict[str, Any]:
    """What a token of ours says. A client shows the same one for an hour, and its signature does not change meanwhile.

    Raises:
        jwt.InvalidTokenError: it is not one; that is not remembered.
    """
    return jwt.decode(token, key.public, algorithms=["RS256"], options=_SIGNATURE_ONLY)


def _wrong_tenant(claims: dict[str, Any], tenant: str) -> tuple[str, str] | None:
    issuer, expected = str(claims["iss"]), issuer_of(tenant)
    if issuer.lower() == expected.lower():
        return None
    login = f"https://login.windows.net/{tenant}"
    return "InvalidAuthenticationTokenTenant", (
        f"The access token is from the wrong issuer '{issuer}'. It must match the tenant '{expected}' "
        f"associated with this subscription. Please use the authority (URL) '{login}' to get the token. "
        "Note, if the subscription is transferred to another tenant there is no impact to the services, but "
        "information about new tenant could take time to propagate (up to an hour). If you just transferred "
        "your subscription and see this error message, please try back later."
    )


def _wrong_time(claims: dict[str, Any], now: float) -> tuple[str, str] | None:
    if now < float(claims.get("nbf", 0)):
        return "InvalidAuthenticationToken", "The access token is not yet valid."
    if now < float(claims["exp"]):
        return None
    expiry, current = _arm_time(float(claims["exp"])), _arm_time(now)
    text = f"The access token expiry UTC time '{expiry}' is earlier than current UTC time '{current}'."
    return "ExpiredAuthenticationToken", text


def _wrong_audience(claims: dict[str, Any], audiences: tuple[str, ...]) -> tuple[str, str] | None:
    audience = str(claims["aud"])
    if audience in audiences:
        return None
    allowed = ",".join(f"'{one}'" for one in audiences)
    return "InvalidAuthenticationTokenAudience", (
        f"The access token has been obtained for wrong audience or resource '{audience}'. It should exactly "
        f"match with one of the allowed audiences {allowed}."
    )


def _arm_time(seconds: float) -> str:
    """ARM prints times as a US-English .NET service does: `7/1/2024 4:05:06 PM`."""
    at = datetime.fromtimestamp(seconds, UTC)
    return f"{at.month}/{at.day}/{at.year} {at.hour % 12 or 12}:{at:%M:%S} {'PM' if at.hour >= 12 else 'AM'}"
