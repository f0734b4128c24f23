"""Refusals of the token endpoints, in Entra's form: an OAuth error with an AADSTS code."""

import json
import uuid
from datetime import UTC, datetime

from aiohttp import web


class TokenRefused(Exception):
    """No token. `error` is the OAuth code, `code` the AADSTS number, `status` the HTTP status."""

    def __init__(self, status: int, error: str, code: int, text: str) -> None:
        super().__init__(f"AADSTS{code}: {text}")
        self.status = status
        self.error = error
        self.code = code
        self.text = text

    def response(self) -> web.Response:
        now = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%SZ}"
        trace_id, correlation_id = str(uuid.uuid4()), str(uuid.uuid4())
        trailer = f" Trace ID: {trace_id} Correlation ID: {correlation_id} Timestamp: {now}"
        body = {
            "error": self.error,
            "error_description": f"AADSTS{self.code}: {self.text}{trailer}",
            "error_codes": [self.code],
            "timestamp": now,
            "trace_id": trace_id,
            "correlation_id": correlation_id,
            "error_uri": f"https://login.microsoftonline.com/error?code={self.code}",
        }
        return web.Response(status=self.status, text=json.dumps(body), content_type="application/json")


def unknown_tenant(tenant: str) -> TokenRefused:
    text = (
        f"Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing "
        "into the correct cloud. Check with your subscription administrator, this may happen if there are no "
        "active subscriptions for the tenant."
    )
    return TokenRefused(400, "invalid_request", 90002, text)


def missing_parameter(name: str) -> TokenRefused:
    text = f"The request body must contain the following parameter: '{name}'."
    return TokenRefused(400, "invalid_request", 900144, text)


def unsupported_grant(grant: str) -> TokenRefused:
    text = f"The app requested an unsupported grant type '{grant}'."
    return TokenRefused(400, "unsupported_grant_type", 70003, text)


def missing_secret() -> TokenRefused:
    needed = "'client_assertion', 'client_secret' or 'request'"
    text = f"{needed} is required for the 'client_credentials' grant type."
    return TokenRefused(401, "invalid_client", 7000216, text)


def unknown_application(client_id: str, tenant: str) -> TokenRefused:
    text = (
        f"Application with identifier '{client_id}' was not found in the directory '{tenant}'. This can "
        "happen if the application has not been installed by the administrator of the tenant or consented "
        "to by any user in the tenant. You may have sent your authentication request to the wrong tenant."
    )
    return TokenRefused(400, "unauthorized_client", 700016, text)


def scope_without_default(scope: str) -> TokenRefused:
    text = (
        f"The provided value for scope {scope} is not valid. Client credential flows must have a "
        "scope value with /.default suffixed to the resource identifier (application ID URI)."
    )
    return TokenRefused(400, "invalid_scope", 1002012, text)
