"""The settings of latency, and of what goes with it, as the control endpoint and files write them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from localazure.emulator.latency import Conflict, HalfHolds, Latency, Mode, MoveEvents

type Json = dict[str, Any]

LATENCY_MEMBERS = (
    f"any of mode ({', '.join(Mode)}), conflict ({', '.join(Conflict)}), halfHolds ({', '.join(HalfHolds)}), "
    f"staleSeconds, graphDelaySeconds, pageSize and moveEvents ({', '.join(MoveEvents)})"
)


def view_latency(latency: Latency) -> Json:
    return {
        "mode": latency.mode,
        "conflict": latency.conflict,
        "halfHolds": latency.half_holds,
        "staleSeconds": latency.stale_seconds,
        "graphDelaySeconds": latency.graph_delay,
        "pageSize": latency.page,
        "moveEvents": latency.move_events,
    }


def read_latency(wanted: Json, latency: Latency) -> Latency:
    """The settings with what is wanted; those that are not mentioned stay. Raises ValueError."""
    return replace(
        latency,
        mode=Mode(wanted.get("mode", latency.mode)),
        conflict=Conflict(wanted.get("conflict", latency.conflict)),
        half_holds=HalfHolds(wanted.get("halfHolds", latency.half_holds)),
        stale_seconds=_seconds("staleSeconds", wanted.get("staleSeconds", latency.stale_seconds)),
        graph_delay_seconds=read_graph_delay(wanted, latency.graph_delay_seconds),
        page_size=_page_size(wanted.get("pageSize", latency.page_size)),
        move_events=MoveEvents(wanted.get("moveEvents", latency.move_events)),
    )


def _page_size(wanted: object) -> int | None:
    if wanted is None:
        return None
    if isinstance(wanted, bool) or not isinstance(wanted, int) or wanted < 1:
        raise ValueError(f"pageSize: {wanted!r} is no number of rows")
    return wanted


def read_graph_delay(source: object, otherwise: float | None) -> float | None:
    """`graphDelaySeconds` of an object, null for what is usual. Raises ValueError when it is no time."""
    delay = source.get("graphDelaySeconds", otherwise) if isinstance(source, dict) else otherwise
    return None if delay is None else _seconds("graphDelaySeconds", delay)


def _seconds(name: str, wanted: object) -> float:
    if isinstance(wanted, bool) or not isinstance(wanted, int | float) or wanted < 0:
        raise ValueError(f"{name}: {wanted!r} is no number of seconds")
    return float(wanted)
