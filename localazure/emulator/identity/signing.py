"""The signing key, and the claims Entra puts in an application's access token (v1.0, as ARM gets)."""

import hashlib
import uuid
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

LIFETIME_SECONDS = 24 * 3600
"""A managed identity's tokens live for a day; service principals get the same here."""

_OBJECT_IDS = uuid.UUID("5a3f8ad0-5f2c-4d2e-9a55-7d2f6f0f4c11")
OWNER_CLIENT_ID = "77777777-7777-4777-8777-777777777777"
"""The application that owns everything, even where callers need roles."""
SYSTEM_ASSIGNED_CLIENT_ID = str(uuid.uuid5(_OBJECT_IDS, "the app's system-assigned identity"))
"""Who a managed identity is when the client names no `client_id`."""


def object_id_of(client_id: str) -> str:
    """The service principal's object id of an application id: always the same one, in every process."""
    return str(uuid.uuid5(_OBJECT_IDS, client_id.strip().lower()))


def issuer_of(tenant: str) -> str:
    """The `iss` claim of a tenant's v1.0 tokens, which is what ARM compares."""
    return f"https://sts.windows.net/{tenant}/"


class SigningKey:
    """An RSA key made at start. Tokens of an earlier start are refused, as after a key roll-over."""

    def __init__(self) -> None:
        self._private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.public = self._private.public_key()
        numbers = self.public.public_numbers()
        self.key_id = hashlib.sha256(str(numbers.n).encode()).hexdigest()[:27]

    def jwks(self) -> dict[str, Any]:
        """The public half as a JSON Web Key Set."""
        key = jwt.algorithms.RSAAlgorithm.to_jwk(self.public, as_dict=True)
        return {"keys": [{**key, "use": "sig", "kid": self.key_id, "x5t": self.key_id}]}

    def sign(self, claims: dict[str, Any]) -> str:
        headers = {"kid": self.key_id, "x5t": self.key_id}
        return jwt.encode(claims, self._private, algorithm="RS256", headers=headers)


def access_token_claims(tenant: str, client_id: str, audience: str, now: int) -> dict[str, Any]:
    """The claims of an application's token for `audience`, valid from `now` (seconds since 1970)."""
    object_id = object_id_of(client_id)
    return {
        "aud": audience,
        "iss": issuer_of(tenant),
        "iat": now,
        "nbf": now,
        "exp": now + LIFETIME_SECONDS,
        "appid": client_id,
        "appidacr": "1",
        "idp": issuer_of(tenant),
        "idtyp": "app",
        "oid": object_id,
        "sub": object_id,
        "tid": tenant,
        "uti": uuid.uuid4().hex,
        "ver": "1.0",
    }
