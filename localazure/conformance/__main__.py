"""Runs the commands, prints them with their output, and fails if the pair does not come up."""

import asyncio
import json
import os
import shlex
import sys
import time
from pathlib import Path

from localazure.client.azure_cli import environment, write_config
from localazure.client.ready import Ready
from localazure.client.stage import StageError, stage
from localazure.conformance.azure_cli_setup import FOLDER, install

_CREATE = (
    "group create -n rg-hubs -l westeurope -o table",
    (
        "network vnet create -g rg-hubs -n hub-weu -l westeurope --address-prefixes 10.0.0.0/22 "
        "--subnet-name GatewaySubnet --subnet-prefixes 10.0.0.0/26 --query newVNet.id -o tsv"
    ),
    "network public-ip create -g rg-hubs -n ip-vpn --sku Standard -o none",
    (
        "network vnet-gateway create -g rg-hubs -n vpn-weu --vnet hub-weu --public-ip-addresses ip-vpn "
        "--sku VpnGw2AZ --no-wait -o none"
    ),
    "group create -n rg-app -l westeurope -o table",
    (
        "network vnet create -g rg-app -n app -l westeurope --address-prefixes 10.64.7.0/24 --tags hub=prod-weu "
        "--query newVNet.id -o tsv"
    ),
)
_COLUMNS = (
    '--query "[].{name:name, state:peeringState, sync:peeringSyncLevel, '
    'transit:allowGatewayTransit, remote:useRemoteGateways}"'
)
_SHOW = (
    "network vnet show -g rg-app -n app --query tags -o json",
    f"network vnet peering list -g rg-app --vnet-name app {_COLUMNS} -o table",
    f"network vnet peering list -g rg-hubs --vnet-name hub-weu {_COLUMNS} -o table",
    'resource list -g rg-app --query "[].{name:name, kind:type, state:provisioningState, made:createdTime}" -o table',
    "resource list --tag hub=prod-weu --query [].id -o tsv",
    "group exists -n rg-app",
)
_WAIT = "network vnet peering list -g rg-app --vnet-name app -o json"
_LONGEST = 60.0


class ConformanceError(RuntimeError):
    """`az` failed, or did not show what it should; the message has its output."""


async def main() -> None:
    az = await asyncio.to_thread(install)
    async with stage("--scenario", "before-the-hub") as ready:
        cli = AzureCli(az, ready)
        for command in _CREATE:
            await cli.show(command)
        await _until_connected(cli)
        for command in _SHOW:
            await cli.show(command)
        halves = json.loads(await cli.run("network vnet peering list -g rg-hubs --vnet-name hub-weu -o json"))
        if [(half["peeringState"], half["peeringSyncLevel"]) for half in halves] != [("Connected", "FullyInSync")]:
            raise ConformanceError(f"the hub's half is not connected: {halves}")
    sys.stdout.write("\nThe Azure CLI created a hub and a tagged spoke, and shows both halves connected.\n")


async def _until_connected(cli: "AzureCli") -> None:
    end = time.monotonic() + _LONGEST
    while time.monotonic() < end:
        halves = json.loads(await cli.run(_WAIT))
        if halves and halves[0]["peeringState"] == "Connected":
            return
    raise ConformanceError("the spoke did not get its peering within a minute")


class AzureCli:
    """`az` with a configuration folder of its own."""

    def __init__(self, az: Path, ready: Ready) -> None:
        self._az = az
        folder = FOLDER / "config"
        write_config(folder, ready)
        self._environment = {**os.environ, **environment(folder, ready)}

    async def show(self, command: str) -> None:
        sys.stdout.write(f"\n$ az {command}\n")
        sys.stdout.write(await self.run(command))
        sys.stdout.flush()

    async def run(self, command: str) -> str:
        process = await asyncio.create_subprocess_exec(
            str(self._az),
            *shlex.split(command),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=self._environment,
        )
        output, errors = await process.communicate()
        if process.returncode:
            raise ConformanceError(f"az {command} ended with {process.returncode}:\n{errors.decode()}")
        return output.decode()


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except (ConformanceError, StageError) as error:
        sys.exit(f"Conformance failed: {error}")
