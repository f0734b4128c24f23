"""The scenario that the demo plays in: the networks of `two-hubs`, under a catalogue of the demo's own."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from localazure.client.ready import Ready
from localazure.demo.play import Part
from localazure.demo.scenes import Cast

CATALOGUE = Path(__file__).with_name("hubs.toml")
_NETWORKS = Path(__file__).parents[1] / "scenarios" / "two-hubs" / "networks.json"


@asynccontextmanager
async def scenery() -> AsyncIterator[Path]:
    """A folder that `python -m localazure up --scenario` takes, removed on leaving."""
    with tempfile.TemporaryDirectory() as folder:
        for file in (CATALOGUE, _NETWORKS):
            shutil.copy(file, folder)
        yield Path(folder)


def second_cast(ready: Ready, parts: Sequence[Part]) -> Cast:
    """Who plays in the second act: the spokes of the first, and both hubs."""
    hub, other = ready.hubs
    networks = (
        f"/subscriptions/{ready.subscription}/resourceGroups/rg-hubs/providers/Microsoft.Network/virtualNetworks/{name}"
        for name in ("hub-weu", "hub-neu")
    )
    hub_network, other_network = networks
    return Cast(
        spokes={part.spoke.name: part.spoke for part in parts},
        hub=hub,
        hub_network=hub_network,
        other=other,
        other_network=other_network,
    )
