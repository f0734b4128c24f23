"""Microsoft's SDKs: Python of today and of 2022, JavaScript."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from localazure.client.ready import Ready
from localazure.conformance.clients.client import SCRIPTS, Client, judged_lines, said
from localazure.conformance.installation import FOLDER, node_packages, python_packages
from localazure.conformance.outcomes import Outcome


@dataclass(frozen=True)
class PythonSdk(Client):
    """One age of azure-mgmt-network; one script serves all of them."""

    name: str
    version: str
    folder: str
    group: str

    def install(self) -> None:
        python_packages(self.folder, f"azure-mgmt-network=={self.version}", "azure-identity")

    async def outcomes(self, ready: Ready, file: Path) -> list[Outcome]:
        python = FOLDER / self.folder / "venv" / "bin" / "python"
        command = [str(python), "-W", "ignore", str(SCRIPTS / "sdk_story.py"), str(file), self.group]
        return judged_lines(self.name, *await said(command, {"REQUESTS_CA_BUNDLE": ready.ca}))


PYTHON_NEWEST = PythonSdk("Python SDK", "33.1.0", "sdk-newest", "conf-sdk-newest")
PYTHON_2022 = PythonSdk("Python SDK of 2022", "22.1.0", "sdk-2022", "conf-sdk-2022")


class JavaScript(Client):
    """@azure/arm-network on Node (docs/facts/clients.md, Certificates)."""

    name, version, group = "JavaScript SDK", "36.0.0", "conf-javascript"

    def install(self) -> None:
        node_packages("javascript", f"@azure/arm-network@{self.version}", "@azure/identity@4")

    async def outcomes(self, ready: Ready, file: Path) -> list[Outcome]:
        command = ["node", str(SCRIPTS / "story.mjs"), str(file), self.group]
        environment = {"NODE_EXTRA_CA_CERTS": ready.ca}
        return judged_lines(self.name, *await said(command, environment, FOLDER / "javascript"))
