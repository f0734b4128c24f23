"""A configuration folder that points the real Azure CLI at a local Azure: no login, no `az cloud register`.

The files are those the CLI writes itself (docs/facts/clients.md, Azure CLI without a login). The stamp of
the version check lies far ahead, so that no command looks for news on the Internet.
"""

import json
from configparser import ConfigParser
from pathlib import Path
from typing import Any

from localazure.client.ready import Ready

_CLOUD = "AutopeerLocal"
_NEXT_CHECK = "2099-01-01 00:00:00.000000"


def write_config(folder: Path, ready: Ready) -> None:
    """Write the folder for `AZURE_CONFIG_DIR`; what was there from an earlier local Azure is replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    core = {"collect_telemetry": "false", "instance_discovery": "false", "encrypt_token_cache": "false"}
    _ini(folder / "config", {"cloud": {"name": _CLOUD}, "core": {**core, "output": "table", "no_color": "true"}})
    _ini(folder / "clouds.config", {_CLOUD: _endpoints(ready)})
    _json(folder / "azureProfile.json", {"subscriptions": [_subscription(ready)]})
    entry = {"client_id": ready.clientId, "tenant": ready.tenant, "client_secret": "any"}
    _json(folder / "service_principal_entries.json", [entry])
    _json(folder / "versionCheck.json", {"versions": {}, "update_time": _NEXT_CHECK})


def environment(folder: Path, ready: Ready) -> dict[str, str]:
    """What to set for `az`, and for nothing else: these point at a private CA."""
    return {"AZURE_CONFIG_DIR": str(folder), "REQUESTS_CA_BUNDLE": ready.ca}


def _endpoints(ready: Ready) -> dict[str, str]:
    names = ("resource_manager", "management", "active_directory", "active_directory_resource_id")
    return {f"endpoint_{name}": ready.arm for name in names} | {
        "endpoint_active_directory_graph_resource_id": f"{ready.arm}/",
        "endpoint_microsoft_graph_resource_id": f"{ready.arm}/",
        "subscription": ready.subscription,
    }


def _subscription(ready: Ready) -> dict[str, Any]:
    return {
        "id": ready.subscription,
        "name": "local",
        "state": "Enabled",
        "user": {"name": ready.clientId, "type": "servicePrincipal"},
        "isDefault": True,
        "tenantId": ready.tenant,
        "homeTenantId": ready.tenant,
        "environmentName": _CLOUD,
        "managedByTenants": [],
    }


def _ini(path: Path, sections: dict[str, dict[str, str]]) -> None:
    parser = ConfigParser(interpolation=None)
    parser.read_dict(sections)
    with path.open("w", encoding="utf-8") as file:
        parser.write(file)


def _json(path: Path, document: object) -> None:
    path.write_text(json.dumps(document, indent=2), "utf-8")
