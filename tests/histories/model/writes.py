"""What the app may write to Azure, judged at each write by what is there at that moment."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from tests.histories.model.estate import REMOTE, SWITCHES, TRANSIT, Estate, Half
from tests.histories.model.story import Story

type Json = Mapping[str, Any]
_PEERINGS = "/virtualnetworkpeerings/"


def against_the_promises(
    story: Story, estate: Estate, method: str, path: str, body: Json | None, now: datetime
) -> Iterator[str]:
    """Sentences on what a write of a half breaks; none for one that may be made."""
    key = path.lower()
    if _PEERINGS not in key or method not in ("PUT", "DELETE"):
        return
    half = estate.half(key)
    if method == "DELETE" and half is not None:
        yield from _removal(story, estate, half, now)
    if method == "PUT" and half is not None and half.key in story.foreign:
        yield from _edit_of_a_foreign_one(story, estate, half, body or {})


def _ends(story: Story, half: Half) -> tuple[str, str]:
    """The hub and the spoke of a half, as ids."""
    if story.rules.hub_of(half.network):
        return half.network, half.remote
    return half.remote, half.network


def _removal(story: Story, estate: Estate, half: Half, now: datetime) -> Iterator[str]:
    if half.key in story.foreign:
        yield f"removed {half.key}, which people made"
    if not half.is_connected:
        return
    hub_id, spoke = _ends(story, half)
    hub, network = story.rules.hub_of(hub_id), estate.networks.get(spoke)
    if hub is None:
        yield f"removed {half.key}, of a hub that is in no catalogue"
    elif network is not None and not story.may_leave(hub, network, now):
        yield f"cut {half.key}, which is Connected, while {spoke} says {story.rules.wish(network)!r}"


def _edit_of_a_foreign_one(story: Story, estate: Estate, half: Half, body: Json) -> Iterator[str]:
    hub_id, spoke = _ends(story, half)
    hub, network = story.rules.hub_of(hub_id), estate.networks.get(spoke)
    if hub is None or network is None:
        yield f"wrote {half.key}, which is none of ours"
        return
    if half.is_of_another_kind:
        yield f"wrote {half.key}, which is of another kind"
    if story.rules.named(story.rules.wish(network)) != hub:
        yield f"wrote {half.key}, though nobody asked for {hub.name}"
    if not hub.adopts and (hub_id, spoke) not in story.ever_stood:
        yield f"wrote {half.key}, though {hub.name} does not adopt"
    properties = body.get("properties") or {}
    taken = [name for name in SWITCHES if half.switches[name] and not properties.get(name)]
    is_taken_over = (hub_id, spoke) in story.ever_stood
    for name in taken:
        # What a gateway that is gone leaves switched on means nothing; what was switched on later is drift.
        if name not in (TRANSIT, REMOTE) and not (is_taken_over and (half.key, name) not in story.stood_on):
            yield f"switched {name} of {half.key} off, which people switched on"
