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
from peering.cli.tables import Answer, blocks, counted, fields, lines, shown_time, table

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
@click.option(
    "--size", type=click.IntRange(0, 128), default=24, metavar="LENGTH", show_default=True, help="The prefix length."
)
@asks
def free(app: App, *, hub: str, size: int) -> Answer:
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
    return Answer(found, lines(f"Let go at hub {found['hub']}: {counted(found['count'], 'change')}."))


def _path(hub: str) -> str:
    return f"hubs/{quote(hub.strip(), safe='')}"


_COLUMNS = ("HUB", "MODE", "SPOKES", "PEERINGS", "LAST WRITE", "LIMITS")


def _row(hub: Document) -> tuple[object, ...]:
    peerings = hub.get("peerings") or {}
    taken = f"{peerings.get('connected')} of {peerings.get('most')}"
    return (
        hub["hub"],
        hub.get("mode"),
        _counts(hub.get("spokes")),
        taken,
        shown_time(hub.get("lastWrite")),
        _limits(hub),
    )


def _counts(numbers: Mapping[str, int] | None) -> str:
    return ", ".join(f"{number} {name}" for name, number in (numbers or {}).items() if number)


def _limits(hub: Document) -> str:
    """What keeps changes from being made there."""
    held = [f"{number} held back ({name})" for name, number in (hub.get("held") or {}).items() if number]
    return ", ".join([*(f"paused by {each['who']}" for each in hub.get("pauses") or ()), *held])


def _all_of(hub: Document) -> RenderableType:
    head = {
        "hub": hub["hub"],
        "network": hub.get("network"),
        "owners": ", ".join(filter(None, (hub.get("owners"), hub.get("contact")))),
        "mode": hub.get("mode"),
        "region": hub.get("location"),
        "cannot be read": hub.get("unread"),
        "spokes": _counts(hub.get("spokes")),
        "peerings": _peerings(hub.get("peerings") or {}),
        "gateway": hub.get("gateway"),
        "its prefixes": _prefixes(hub.get("gatewayPrefixes")),
        "space": "\n".join(map(_block, hub.get("space") or ())),
        "last write": shown_time(hub.get("lastWrite")),
        "alarm": shown_time(hub.get("alarm")),
        "busy until": shown_time(hub.get("busyUntil")),
        "limits": _limits(hub),
        "rules": "\n".join(hub.get("rules") or ()),
    }
    return fields(head)


def _peerings(room: Mapping[str, Any]) -> str:
    if room.get("used") is None:
        return f"at most {room.get('most')}"
    return f"{room['used']} of {room.get('most')} used, {room.get('free')} free"


def _prefixes(room: Mapping[str, Any] | None) -> str:
    return ", ".join(f"{one['used']} of {one['most']} {family}" for family, one in (room or {}).items())


def _block(use: Mapping[str, Any]) -> str:
    return f"{use['block']}: {use['used']:.0%} used, the largest free range is {use.get('largestFree') or 'none'}"
