"""What to try on a local Azure that runs: a `curl` and an `az` line that work as they are printed."""

import json
import shlex
import ssl
from pathlib import Path

import httpx

from localazure.client.arm import NETWORK_API, fetch_token
from localazure.client.azure_cli import environment, write_config
from localazure.client.ready import Ready

_SPACE = {"addressSpace": {"addressPrefixes": ["10.64.20.0/24"]}}


async def invite(ready: Ready, folder: Path) -> str:
    """Write what the lines need into `folder`: a configuration of curl's, with a token, and one of az's."""
    trust = ssl.create_default_context(cafile=ready.ca)
    async with httpx.AsyncClient(base_url=ready.arm, verify=trust, trust_env=False) as http:
        token = await fetch_token(http, ready)
    curl = folder / "curl.conf"
    curl.write_text(
        f'cacert = "{ready.ca}"\nheader = "Authorization: Bearer {token}"\nheader = "Content-Type: application/json"\n'
    )
    curl.chmod(0o600)
    write_config(folder / "azure-cli", ready)
    settings = " ".join(
        f"{name}={shlex.quote(value)}" for name, value in environment(folder / "azure-cli", ready).items()
    )
    body = json.dumps({"location": "westeurope", "tags": {"hub": ready.hubs[0]}, "properties": _SPACE})
    group = f"/subscriptions/{ready.subscription}/resourceGroups/rg-hubs"
    vnet = f"{ready.arm}{group}/providers/Microsoft.Network/virtualNetworks/mine?api-version={NETWORK_API}"
    return (
        "\nTry it in another terminal. Create a tagged network:\n"
        f"  curl -K {shlex.quote(str(curl))} -X PUT '{vnet}' -d '{body}'\n"
        "See what became of it, and what a network that does not exist yet would be told:\n"
        "  .venv/bin/autopeer why mine\n"
        f"  .venv/bin/autopeer plan --hub {ready.hubs[0]} --space 10.64.20.128/25 --region westeurope "
        f"--subscription {ready.subscription}\n"
        "The same records by HTTP:\n"
        f"  curl -H 'x-functions-key: {ready.appKey}' '{ready.app}/api/peerings'\n"
        "Or look with the Azure CLI, if you have it:\n"
        f"  {settings} az network vnet peering list -g rg-hubs --vnet-name hub-weu -o table\n"
    )
