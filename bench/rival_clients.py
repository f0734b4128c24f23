"""What people use instead, installed as the conformance run installs it, and let loose on a hub of its own each."""

import json
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.ground import RIVALS, rival_hub, rival_spoke
from bench.site import Site
from localazure.client.azure_cli import environment, write_config
from localazure.conformance.clients.ansible import Ansible
from localazure.conformance.clients.azure_cli import AzureCli
from localazure.conformance.clients.client import said
from localazure.conformance.clients.sdks import PYTHON_NEWEST
from localazure.conformance.installation import FOLDER

_SCRIPTS = Path(__file__).parent / "rival_scripts"
_POOL = 8


class RivalFailed(RuntimeError):
    """A rival that is measured did not do its work; the message has what it said."""


@dataclass(frozen=True, kw_only=True)
class Made:
    """`seconds` for so many pairs, `start` of them before the first one. `failed` counts pairs not made, in words."""

    seconds: float
    pairs: int
    start: float = 0.0
    failed: str = ""

    @property
    def each(self) -> float:
        """Seconds a pair, of a rival that does one after another."""
        return (self.seconds - self.start) / self.pairs

    def of(self, pairs: int) -> float:
        """Seconds that it takes for so many, doing one after another."""
        return self.start + pairs * self.each


type Run = Callable[[Site, str, int], Coroutine[Any, Any, Made]]


def install() -> None:
    """Raises InstallationFailed."""
    for client in (PYTHON_NEWEST, AzureCli(), Ansible()):
        client.install()


async def sdk_loop(site: Site, rival: str, spokes: int) -> Made:
    return await _sdk(site, rival, spokes, workers=1)


async def sdk_pool(site: Site, rival: str, spokes: int) -> Made:
    """As the loop, eight pairs at a time."""
    return await _sdk(site, rival, spokes, workers=_POOL)


async def _sdk(site: Site, rival: str, spokes: int, workers: int) -> Made:
    python = FOLDER / PYTHON_NEWEST.folder / "venv" / "bin" / "python"
    script, names = str(_SCRIPTS / "sdk.py"), _names(rival, spokes)
    command = [str(python), "-W", "ignore", script, str(site.file), RIVALS, _hub(rival), str(workers), *names]
    found = json.loads(await _output(command, {"REQUESTS_CA_BUNDLE": site.ready.ca}))
    failed = ", ".join(f"{count} {code}" for code, count in found["failed"].items())
    return Made(seconds=found["seconds"], pairs=spokes, failed=failed)


async def az_loop(site: Site, rival: str, spokes: int) -> Made:
    """Two commands for each spoke, as in a shell's loop."""
    folder = site.file.parent / f"az-{rival}"
    write_config(folder, site.ready)
    az = str(FOLDER / "azure-cli" / "venv" / "bin" / "az")
    began = time.monotonic()
    for number in range(spokes):
        spoke, hub = rival_spoke(rival, number), rival_hub(rival)
        for local, remote in ((hub, spoke), (spoke, hub)):
            half = ["-g", RIVALS, "--vnet-name", _last(local), "-n", f"to-{_last(remote)}", "--remote-vnet", remote]
            command = [az, "network", "vnet", "peering", "create", *half, "--allow-vnet-access", "-o", "none"]
            await _output(command, environment(folder, site.ready))
    return Made(seconds=time.monotonic() - began, pairs=spokes)


async def play(site: Site, rival: str, spokes: int) -> Made:
    """Ansible's own modules, two tasks for each spoke. That it has to start first is measured with an empty play."""
    start = await _play(site, rival, 0)
    return Made(seconds=await _play(site, rival, spokes), pairs=spokes, start=start)


async def _play(site: Site, rival: str, spokes: int) -> float:
    variables = {"group": RIVALS, "hub": _hub(rival), "spokes": _names(rival, spokes)}
    folder = FOLDER / "ansible" / "venv" / "bin"
    values = json.dumps({**variables, "ansible_python_interpreter": str(folder / "python")})
    command = [str(folder / "ansible-playbook"), "-i", "localhost,", "-e", values, str(_SCRIPTS / "peerings.yml")]
    began = time.monotonic()
    await _output(command, Ansible().environment(site.ready, site.file.parent / "ansible"))
    return time.monotonic() - began


async def _output(command: Sequence[str], surroundings: dict[str, str]) -> str:
    status, output, errors = await said(command, surroundings)
    if status:
        raise RivalFailed(f"{Path(command[0]).name} ended with {status}: {(errors or output).strip()[-500:]}")
    return output


def _names(rival: str, spokes: int) -> list[str]:
    return [_last(rival_spoke(rival, number)) for number in range(spokes)]


def _hub(rival: str) -> str:
    return _last(rival_hub(rival))


def _last(identity: str) -> str:
    return identity.rpartition("/")[2]
