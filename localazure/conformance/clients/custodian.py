"""Cloud Custodian: it lists networks, finds them by tag and writes a tag; it has no peerings."""

from __future__ import annotations

import json
from pathlib import Path

from localazure.client.arm import ArmClient
from localazure.client.ready import Ready
from localazure.conformance.clients.client import SCRIPTS, Client, Json, said
from localazure.conformance.installation import FOLDER, python_packages
from localazure.conformance.outcomes import Outcome, judged

_NETWORKS = {"hub": "10.71.0.0/16", "spoke": "10.72.0.0/16", "far": "10.71.128.0/17"}


class Custodian(Client):
    """c7n with its plugin for Azure."""

    name, version, group = "Cloud Custodian", "0.9.53", "conf-custodian"

    def install(self) -> None:
        python_packages("custodian", f"c7n=={self.version}", "c7n_azure==0.7.52")

    async def outcomes(self, ready: Ready, file: Path) -> list[Outcome]:
        group = f"/subscriptions/{ready.subscription}/resourceGroups/{self.group}"
        async with ArmClient(ready) as arm:
            for name, prefix in _NETWORKS.items():
                network = f"{group}/providers/Microsoft.Network/virtualNetworks/{name}"
                await arm.put_vnet(network, "westeurope", [prefix])
        out = file.parent / "custodian"
        status, _, errors = await said(self._command(ready, out), self._environment(ready))
        if status:
            return [Outcome(self.name, "network: list", f"ended with {status}: {errors.strip()[-300:]}")]
        marked = _resources(out, "marked")
        return [
            judged(self.name, {"operation": "network: list", "got": {"names": _names(_resources(out, "all"))}}),
            judged(self.name, {"operation": "network: tag", "got": {"tags": marked[0]["tags"] if marked else None}}),
        ]

    def _command(self, ready: Ready, out: Path) -> list[str]:
        python = str(FOLDER / "custodian" / "venv" / "bin" / "python")
        script, policies = str(SCRIPTS / "custodian.py"), str(SCRIPTS / "policies.yml")
        return [python, "-W", "ignore", script, ready.arm, "run", "-s", str(out), "--cache-period", "0", policies]

    def _environment(self, ready: Ready) -> dict[str, str]:
        return {
            "AZURE_SUBSCRIPTION_ID": ready.subscription,
            "AZURE_TENANT_ID": ready.tenant,
            "AZURE_USE_MSI": "1",
            "IDENTITY_ENDPOINT": f"{ready.local}/msi/token",
            "IDENTITY_HEADER": _identity_header(ready),
            "REQUESTS_CA_BUNDLE": ready.ca,
        }


def _identity_header(ready: Ready) -> str:
    """What the managed identity asks for stands in the app's settings, beside the CA's certificate."""
    settings = json.loads((Path(ready.ca).parent / "local.settings.json").read_text("utf-8"))
    return str(settings["Values"]["IDENTITY_HEADER"])


def _resources(out: Path, policy: str) -> list[Json]:
    return list(json.loads((out / policy / "resources.json").read_text("utf-8")))


def _names(resources: list[Json]) -> list[str]:
    return sorted(str(each["name"]) for each in resources)
