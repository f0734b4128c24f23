"""The real SDK of roles, and requests of a principal that is not the owner."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from azure.mgmt.authorization.aio import AuthorizationManagementClient

from localazure.emulator.identity import OWNER_CLIENT_ID
from tests.emulator.arm import API_VERSION, Answer, Arm
from tests.emulator.sdk import SUBSCRIPTION, Credential

APP = "99999999-9999-4999-8999-999999999999"
SUB = f"/subscriptions/{SUBSCRIPTION}"

type Asks = Callable[..., Awaitable[Answer]]


def roles_client(arm: Arm, folder: Path, client_id: str = OWNER_CLIENT_ID) -> AuthorizationManagementClient:
    return AuthorizationManagementClient(
        Credential(arm.server.authority.issue(client_id)),
        SUBSCRIPTION,
        base_url=arm.server.arm_url,
        connection_verify=str(folder / "ca.pem"),
        retry_total=0,
    )


def asking_as(arm: Arm, client_id: str) -> Asks:
    """What `arm.ask` does, as another principal."""
    token = arm.server.authority.issue(client_id)

    async def ask(method: str, url: str, body: object = None) -> Answer:
        url += "" if "api-version=" in url else ("&" if "?" in url else "?") + f"api-version={API_VERSION}"
        return await arm.ask_exactly(method, url, body, Authorization=f"Bearer {token}")

    return ask


async def switch(arm: Arm, **values: str) -> None:
    answer = await arm.control("PUT", "/control/switches", values)
    assert answer.status == 200, answer.body


async def access(arm: Arm, **settings: Any) -> None:  # noqa: ANN401  JSON of any kind
    answer = await arm.control("PUT", "/control/access", settings)
    assert answer.status == 200, answer.body
