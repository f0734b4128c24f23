"""Whom to ask, and as whom: Azure by the login of `az`, or a local Azure by its ready file."""

from __future__ import annotations

import asyncio
import base64
import json
import ssl
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import httpx
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import AzureCliCredential

from localazure.client.arm import fetch_token
from localazure.client.ready import Ready
from localazure.conformance.ask_azure.guard import Refused
from localazure.conformance.ask_azure.question import Unasked

ARM = "https://management.azure.com"
_SOON = 300  # seconds before its end a token is got anew
_LOCAL_TOKEN = 3600
_PERSONAL = ("tid", "oid", "upn", "unique_name", "name", "email", "preferred_username", "appid", "azp")


@dataclass(frozen=True)
class Login:
    """`token` gives one that is good for some minutes."""

    arm: str
    trust: ssl.SSLContext
    token: Callable[[], Awaitable[str]]

    def client(self) -> httpx.AsyncClient:
        """Through the proxy of the environment to Azure, and past it to a local one."""
        return httpx.AsyncClient(base_url=self.arm, verify=self.trust, timeout=60, trust_env=self.arm == ARM)


class _Kept:
    """A token that is got anew some minutes before its end, in seconds since the epoch."""

    def __init__(self, get: Callable[[], Awaitable[tuple[str, float]]]) -> None:
        self._get = get
        self._token, self._ends = "", 0.0

    async def __call__(self) -> str:
        if time.time() > self._ends - _SOON:
            self._token, self._ends = await self._get()
        return self._token


def by_azure_cli(subscription: str) -> Login:
    """The login that `az` has for the subscription, whatever its tenant. Its `token` raises Unasked."""
    credential = AzureCliCredential(subscription=subscription, process_timeout=60)

    async def get() -> tuple[str, float]:
        try:
            got = await asyncio.to_thread(credential.get_token, f"{ARM}/.default")
        except ClientAuthenticationError as error:
            raise Unasked(f"Azure CLI gives no token: {error.message} Run: az login") from error
        return got.token, got.expires_on

    return Login(ARM, ssl.create_default_context(), _Kept(get))


def by_ready_file(file: Path) -> Login:
    """A local Azure that runs. Raises Refused."""
    try:
        ready = Ready.read(file)
        trust = ssl.create_default_context(cafile=ready.ca)
    except (OSError, ValueError, TypeError) as error:
        raise Refused(f"{file} is no ready file of a local Azure: {error}") from error

    async def get() -> tuple[str, float]:
        async with httpx.AsyncClient(verify=trust, trust_env=False) as http:
            return await fetch_token(http, ready), time.time() + _LOCAL_TOKEN

    return Login(ready.arm, trust, _Kept(get))


def personal(token: str) -> list[str]:
    """What a token says of whom it was given to, and must not be in a recording; nothing if it cannot be read."""
    try:
        part = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (IndexError, ValueError):
        return []
    return [str(claims[name]) for name in _PERSONAL if claims.get(name)]
