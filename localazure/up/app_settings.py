"""The app's settings and the keys of its host, as the platform would hold them."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from localazure.emulator.identity import object_id_of

APP_CLIENT_ID = "88888888-8888-4888-8888-888888888888"
"""The user-assigned identity of the function app."""


def _new_key() -> str:
    return secrets.token_urlsafe(30)


@dataclass(frozen=True)
class Secrets:
    """Made anew at each start."""

    master_key: str = field(default_factory=_new_key)
    function_key: str = field(default_factory=_new_key)
    event_grid_key: str = field(default_factory=_new_key)

    def for_host(self) -> dict[str, str]:
        """The host's environment; it keeps these from the app."""
        return {
            "HOST_MASTER_KEY": self.master_key,
            "HOST_FUNCTION_KEY": self.function_key,
            "HOST_EVENTGRID_KEY": self.event_grid_key,
        }


@dataclass(frozen=True, kw_only=True)
class Endpoints:
    """Where the parts are: what the emulator announces, and Azurite's connection string.

    `app_storage` is the app's way to Azurite, through the emulator's door, which can make calls go wrong.
    """

    arm: str
    local: str
    ca: str
    identity_header: str
    storage: str
    app_storage: str = ""


def app_settings(endpoints: Endpoints, catalogue: Path) -> dict[str, str]:
    """The settings infra/ gives the app in Azure, with local addresses."""
    return {
        "AzureWebJobsStorage": endpoints.app_storage or endpoints.storage,
        "FUNCTIONS_WORKER_RUNTIME": "python",
        "IDENTITY_ENDPOINT": f"{endpoints.local}/msi/token",
        "IDENTITY_HEADER": endpoints.identity_header,
        "AZURE_CLIENT_ID": APP_CLIENT_ID,
        "AUTOPEER_ARM_ENDPOINT": endpoints.arm,
        "AUTOPEER_CA_FILE": endpoints.ca,
        "AUTOPEER_PRINCIPAL_ID": object_id_of(APP_CLIENT_ID),
        "AUTOPEER_CATALOGUE": str(catalogue),
        "AUTOPEER_TOPIC_ENDPOINT": f"{endpoints.arm}/topics/outcomes/api/events",
        # Nobody signs in here: who has a key of this laptop's may do everything.
        "AUTOPEER_KEYS_MAY_OPERATE": "true",
        # Once a night: whoever looks at his local Azure counts requests, and asks for a sweep when he wants one.
        "AUTOPEER_SWEEP_SCHEDULE": "0 0 3 * * *",
    }


def write_settings(path: Path, values: Mapping[str, str]) -> None:
    """Write a local.settings.json, keeping whatever else such a file already holds. It has keys: for us alone."""
    document: dict[str, Any] = {"IsEncrypted": False}
    if path.exists():
        document |= json.loads(path.read_text("utf-8"))
    document["Values"] = {**document.get("Values", {}), **values}
    path.touch(mode=0o600)
    path.write_text(json.dumps(document, indent=2) + "\n", "utf-8")
