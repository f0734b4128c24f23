"""How the demo looks: one table while it runs, and what came of it afterwards."""

import time
from collections.abc import Sequence
from typing import Any

from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from localazure.demo.play import Part, Turn

_COLOURS = {"Connected": "green", "Refused": "red", "Failed": "red", "Pending": "yellow", "tagged": "yellow"}
_MARKS = {"Connected": "✔", "Refused": "✘", "Failed": "✘", "Pending": "…", "tagged": "…"}


class Stage:
    """The live table; rich asks it for itself on every refresh."""

    def __init__(self, hub: str, parts: Sequence[Part]) -> None:
        self._hub = hub
        self._parts = parts

    def __rich__(self) -> RenderableType:
        table = Table(box=box.SIMPLE_HEAD, title=f"spokes of hub {self._hub}", title_justify="left")
        for name in ("spoke", "address space", "", "state"):
            table.add_column(name)
        table.add_column("seconds", justify="right")
        now = time.monotonic()
        for part in self._parts:
            seconds = part.seconds(now)
            table.add_row(
                part.spoke.name,
                "\n".join(part.spoke.prefixes),
                part.spoke.about,
                state(part.state),
                "" if seconds is None else f"{seconds:.1f}",
            )
        return table


class Scenes:
    """The second act while it runs: what somebody does, and what becomes of it."""

    def __init__(self, turns: Sequence[Turn]) -> None:
        self._turns = turns

    def __rich__(self) -> RenderableType:
        table = Table(box=box.SIMPLE_HEAD, title="what happens to pairs later on", title_justify="left")
        table.add_column("what somebody does", overflow="fold", width=32)
        table.add_column("", width=1)
        table.add_column("what becomes of it", overflow="fold")
        table.add_column("seconds", justify="right")
        now = time.monotonic()
        for turn in self._turns:
            mark = Text("") if turn.began is None else _MARK_OF_TURN[turn.ended is not None]
            seconds = turn.seconds(now)
            table.add_row(turn.scene.about, mark, turn.result, "" if seconds is None else f"{seconds:.1f}")
        return table


_MARK_OF_TURN = {True: Text("✔", style="green"), False: Text("…", style="yellow")}


def state(name: str) -> Text:
    """A state with its mark, so that colour is not all there is to see it by."""
    return Text(f"{_MARKS.get(name, ' ')} {name}", style=_COLOURS.get(name, ""))


def refusals(parts: Sequence[Part]) -> RenderableType:
    """What the owners of refused spokes are told."""
    table = Table(box=box.SIMPLE_HEAD, title="what the refused ones are told", title_justify="left")
    table.add_column("spoke")
    table.add_column("code")
    table.add_column("message", overflow="fold")
    for part in parts:
        for finding in part.record.get("findings", ()):
            table.add_row(part.spoke.name, finding["code"], finding["message"])
    return table


def peerings(title: str, vnets: Sequence[dict[str, Any]]) -> RenderableType:
    """Peerings as ARM reports them."""
    table = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left")
    for name in ("network", "peering", "state", "sync", "flags that are on"):
        table.add_column(name, overflow="fold")
    for vnet in vnets:
        for half in vnet["properties"]["virtualNetworkPeerings"]:
            properties = half["properties"]
            flags = [name for name in _FLAGS if properties[name]]
            shown = state(properties["peeringState"])
            table.add_row(vnet["name"], half["name"], shown, properties["peeringSyncLevel"], "\n".join(flags))
    return table


_FLAGS = ("allowVirtualNetworkAccess", "allowForwardedTraffic", "allowGatewayTransit", "useRemoteGateways")


def rows(entities: Sequence[dict[str, Any]]) -> RenderableType:
    """The rows of table `peerings`."""
    table = Table(box=box.SIMPLE_HEAD, title="table peerings, read with azure-data-tables", title_justify="left")
    for name in ("PartitionKey", "RowKey", "state", "addressSpace", "gateway", "armCalls"):
        table.add_column(name, overflow="fold")
    for entity in entities:
        table.add_row(
            entity["PartitionKey"],
            entity["RowKey"][:12] + "…",
            state(entity["state"]),
            entity["addressSpace"],
            str(entity["gateway"]).rpartition("/")[2],
            str(entity["armCalls"]),
        )
    return table
