"""Ansible's own modules, from the collection that the package `ansible` carries."""

from __future__ import annotations

import json
from pathlib import Path

from localazure.client.ready import Ready
from localazure.conformance.clients.client import SCRIPTS, Client, Json, said
from localazure.conformance.installation import FOLDER, add_python_packages, python_packages
from localazure.conformance.outcomes import Outcome, judged

_FOLDER = FOLDER / "ansible"
# Of what the collection asks for, the modules of networks do without these, which are large.
_NOT_NEEDED = (
    *("azure-ai-ml", "pandas", "azure-iot-hub", "azure-eventhub", "azure-servicebus", "azure-containerregistry"),
    *("azure-appconfiguration", "azure-keyvault-securitydomain", "oras"),
)


class Ansible(Client):
    """The play of `scripts/play.yml`."""

    name, version, group = "Ansible", "14.5.0", "conf-ansible"

    def install(self) -> None:
        before = (_FOLDER / "needed.txt").exists()
        binaries = python_packages("ansible", f"ansible=={self.version}")
        if not before:
            lib = next((binaries.parent / "lib").glob("python*"))
            collection = lib / "site-packages" / "ansible_collections" / "azure" / "azcollection"
            asked = (collection / "requirements.txt").read_text("utf-8").splitlines()
            (_FOLDER / "wanted.txt").write_text("\n".join(each for each in asked if not each.startswith(_NOT_NEEDED)))
            add_python_packages("ansible", "-r", str(_FOLDER / "wanted.txt"))
            (_FOLDER / "wanted.txt").rename(_FOLDER / "needed.txt")

    async def outcomes(self, ready: Ready, file: Path) -> list[Outcome]:
        answers = file.parent / "ansible.json"
        environment = self.environment(ready, file.parent / "ansible")
        status, output, errors = await said(self._command(answers), environment)
        if not answers.exists():
            return [Outcome(self.name, "the play itself", f"ended with {status}: {(errors or output).strip()[-300:]}")]
        given = json.loads(answers.read_text("utf-8"))
        return [judged(self.name, {"operation": name, "got": got}) for name, got in _shown(given).items()]

    def _command(self, answers: Path) -> list[str]:
        binaries = _FOLDER / "venv" / "bin"
        variables = {"ansible_python_interpreter": binaries / "python", "group": self.group, "answers": answers}
        chosen = [word for name, value in variables.items() for word in ("-e", f"{name}={value}")]
        return [str(binaries / "ansible-playbook"), "-i", "localhost,", *chosen, str(SCRIPTS / "play.yml")]

    def environment(self, ready: Ready, config: Path) -> dict[str, str]:
        """`config` is this run's own, for what is kept there knows the ports of its local Azure."""
        return {
            "ARM_CLOUD_METADATA_URL": f"{ready.local}/metadata/endpoints?api-version=2019-05-01",
            "AZURE_CLOUD_ENVIRONMENT": ready.arm,
            "AZURE_CONFIG_DIR": str(config),
            "AZURE_CLIENT_ID": ready.clientId,
            "AZURE_SECRET": "any",
            "AZURE_TENANT": ready.tenant,
            "AZURE_SUBSCRIPTION_ID": ready.subscription,
            "AZURE_DISABLE_INSTANCE_DISCOVERY": "true",
            "REQUESTS_CA_BUNDLE": ready.ca,
        }


def _shown(given: Json) -> dict[str, Json]:
    """The answers of the modules, in the words of all clients. What failed has no members, and so differs."""
    made, read = given["create"].get("state") or {}, _first(given["read"], "virtualnetworks")
    return {
        "network: create": {"state": made.get("provisioning_state"), "prefixes": made.get("address_prefixes")},
        "network: read": {"name": read.get("name"), "prefixes": read.get("address_prefixes")},
        "network: list": {"names": _names(given["list"], "virtualnetworks")},
        "network: tag": {"tags": (given["tag"].get("state") or {}).get("tags")},
        "half: create the first": _half(given["first"]),
        "half: create the second": _half(given["second"]),
        "half: update": _half(given["listed"]),
        "half: list": {"names": _names(given["listed"], "vnetpeerings")},
        "half: nothing to change": {"changed": given["again"].get("changed")},
        "half: overlap is refused": {"code": _code(given["overlap"])},
        "half: delete": {"other": _half(given["other"]).get("state")},
        "network: delete": {"names": _names(given["left"], "virtualnetworks")},
    }


def _first(answer: Json, member: str) -> Json:
    return dict((answer.get(member) or [{}])[0])


def _names(answer: Json, member: str) -> list[str]:
    return sorted(str(each["name"]) for each in answer.get(member) or [])


def _half(answer: Json) -> Json:
    half = _first(answer, "vnetpeerings")
    return {
        "state": half.get("peering_state"),
        "sync": half.get("peering_sync_level"),
        "provisioning": half.get("provisioning_state"),
        "forwarded": half.get("allow_forwarded_traffic"),
        "remote": (half.get("remote_address_space") or {}).get("address_prefixes"),
    }


def _code(answer: Json) -> str:
    """The module puts it into its message, in brackets."""
    return str(answer.get("msg", "")).partition("(")[2].partition(")")[0]
