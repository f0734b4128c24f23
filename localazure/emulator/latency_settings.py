"""The settings of latency, and of what goes with it, as the control endpoint and files write them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from localazure.emulator.latency import Conflict, Latency, Mode, MoveEvents

type Json = dict[str, Any]

LATENCY_MEMBERS = (
    f"mode ({', '.join(Mode)}), conflict ({', '.join(Conflict)}), graphDelaySeconds, pageSize or moveEvents "
    f"({', '.join(MoveEvents)})"
)


def view_latency(latency: Latency) -> Json:
    return {
        "mode": latency.mode,
        "conflict": latency.conflict,
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
    if delay is None:
        return None
    if isinstance(delay, bool) or not isinstance(delay, int | float) or delay < 0:
        raise ValueError(f"graphDelaySeconds: {delay!r} is no number of seconds")
    return float(delay)
