"""`hubs`, `free`, `held` and `release`: what there is at a hub, and what is held back there."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import click
from rich.console import RenderableType

from peering.cli.app import App, Document
from peering.cli.asking import asks
from peering.cli.records import COLUMNS as RECORDS
from peering.cli.records import row
from peering.cli.tables import Answer, blocks, fields, lines, table

hub_argument = click.argument("hub", metavar="HUB")


@click.command("hubs")
@click.argument("hub", metavar="[HUB]", required=False)
@asks
def hubs(app: App, *, hub: str | None) -> Answer:
    """List the hubs, or show all of one: its rules, its room, its spokes by state."""
    if hub is not None:
        found = app.get(_path(hub))
        return Answer(found, _all_of(found))
    listed = app.get("hubs")
    return Answer(listed, table(_COLUMNS, map(_row, listed["value"]), "The catalogue has no hub."))


@click.command("free")
@hub_argument
@click.option("--size", type=click.IntRange(0, 128), metavar="LENGTH", help="The prefix length, such as 24.")
@asks
def free(app: App, *, hub: str, size: int | None) -> Answer:
    """List address ranges that are free at a hub and that it allows."""
    found = app.get("free", {"hub": hub, "size": size})
    rows = [[prefix] for prefix in found["value"]]
    return Answer(found, table(("FREE",), rows, f"Hub {hub} has no free range of that size. Try a longer prefix."))


@click.command("held")
@hub_argument
@asks
def held(app: App, hub: str) -> Answer:
    """List what the brake holds back at a hub, with the digest that `release` takes."""
    found = app.get(f"{_path(hub)}/held")
    listed = table(RECORDS, map(row, found["value"]), "Nothing is held back.")
    hint = [lines(f"Let go of it: autopeer release {found['hub']} {found['digest']}")] if found["value"] else []
    return Answer(found, blocks(listed, *hint))


@click.command("release")
@hub_argument
@click.argument("digest", metavar="DIGEST")
@asks
def release(app: App, *, hub: str, digest: str) -> Answer:
    """Let go of what the brake holds back, as the list was that `held` showed."""
    found = app.post(f"{_path(hub)}/release", {"digest": digest})
    return Answer(found, lines(f"{found['count']} changes at hub {found['hub']} are carried out now."))


def _path(hub: str) -> str:
    return f"hubs/{quote(hub.strip(), safe='')}"


_COLUMNS = ("HUB", "SPOKES", "FREE PEERINGS", "GATEWAY", "LIMITS")


def _row(hub: Document) -> tuple[object, ...]:
    return hub["hub"], _counts(hub.get("spokes")), _of(hub.get("peerings")), hub.get("gateway"), _limits(hub)


def _of(room: Any) -> object:  # noqa: ANN401 - whatever JSON has there
    return f"{room.get('free')} of {room.get('most')}" if isinstance(room, Mapping) else room


def _counts(spokes: Any) -> str:  # noqa: ANN401 - as above
    return (
        ", ".join(f"{number} {state}" for state, number in spokes.items() if number)
        if isinstance(spokes, Mapping)
        else ""
    )


def _limits(hub: Document) -> str:
    return ", ".join(word for word in ("paused", "held") if hub.get(word))


def _all_of(hub: Document) -> RenderableType:
    return fields({name: _flat(value) for name, value in hub.items()})


def _flat(value: Any) -> object:  # noqa: ANN401 - as above
    if isinstance(value, Mapping):
        return "\n".join(f"{name}: {_flat(each)}" for name, each in value.items() if each not in (None, "", [], {}))
    return "\n".join(str(_flat(each)) for each in value) if isinstance(value, list) else value
