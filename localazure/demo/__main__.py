"""Runs the demo: `python -m localazure.demo`."""

import asyncio
import sys
import time
from typing import Any

from azure.data.tables.aio import TableServiceClient
from rich.console import Console
from rich.live import Live

from localazure.client.arm import ArmClient
from localazure.client.ready import Ready
from localazure.client.stage import StageError, stage
from localazure.demo.display import Scenes, Stage, peerings, refusals, rows
from localazure.demo.play import Play, SecondAct
from localazure.demo.scenery import scenery, second_cast
from localazure.demo.story import story
from localazure.demo.witness import PlayError

_EXPECTED = {"shop": "Connected", "orders": "Connected", "lake": "Connected", "copycat": "Refused", "lost": "Refused"}
_WIDTH = 118  # where the output is not a terminal, in a log for instance


async def main(console: Console) -> None:
    """Play the story, then show what came of it; raises PlayError if that is not what it promises."""
    console.print("Starting a local Azure: Azurite, ARM and Event Grid, and the app in Microsoft's worker library…")
    began = time.monotonic()
    async with scenery() as scenario, stage("--scenario", str(scenario)) as ready:
        console.print(
            f"Ready after {time.monotonic() - began:.1f} s. Five networks are created through ARM, tagged [b]hub[/b].\n"
        )
        async with ArmClient(ready) as arm:
            play = Play(ready, arm, story(ready.hubs[0]))
            try:
                await _perform(console, ready, play)
                await _epilogue(console, ready, arm, play)
                _check(play)
            finally:
                await play.close()
            await _second_act(console, SecondAct(ready, arm, second_cast(ready, play.parts)))
    console.print(
        f"Done in {time.monotonic() - began:.0f} s. [b]make local[/b] keeps such an Azure running and prints its page, "
        "a curl and an az line to try."
    )


async def _perform(console: Console, ready: Ready, play: Play) -> None:
    await play.warm_up()
    with Live(Stage(ready.hubs[0], play.parts), console=console, refresh_per_second=10):
        await play.run()
    if not console.is_terminal:  # there rich leaves the live table's last line open
        console.line()


async def _second_act(console: Console, act: SecondAct) -> None:
    with Live(Scenes(act.turns), console=console, refresh_per_second=10):
        await act.run()
    if not console.is_terminal:
        console.line()


async def _epilogue(console: Console, ready: Ready, arm: ArmClient, play: Play) -> None:
    networks = [await arm.get(part.spoke.id) for part in play.parts]
    hub_ids = {half["properties"]["remoteVirtualNetwork"]["id"] for vnet in networks for half in _halves(vnet)}
    hubs = [await arm.get(hub) for hub in sorted(hub_ids)]
    async with TableServiceClient.from_connection_string(ready.storage) as tables:
        entities = [dict(entity) async for entity in tables.get_table_client("peerings").list_entities()]
    console.print(refusals(play.parts))
    console.print(peerings("peerings, as ARM reports them", [*hubs, *networks]))
    console.print(rows(entities))


def _halves(vnet: dict[str, Any]) -> list[dict[str, Any]]:
    halves: list[dict[str, Any]] = vnet["properties"]["virtualNetworkPeerings"]
    return halves


def _check(play: Play) -> None:
    """A demo that shows something else than it says must not look like a success."""
    seen = {part.spoke.name: part.state for part in play.parts}
    if seen != _EXPECTED:
        raise PlayError(f"The demo should end with {_EXPECTED}, and ended with {seen}.")


if __name__ == "__main__":
    stdout = Console(width=None if sys.stdout.isatty() else _WIDTH)
    try:
        asyncio.run(main(stdout))
    except (StageError, PlayError, TimeoutError) as error:
        sys.exit(f"The demo failed: {str(error) or 'it took too long'}")
    except KeyboardInterrupt:
        sys.exit(130)
