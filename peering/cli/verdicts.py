"""How the answer of `POST /api/plan` looks: the verdict with its reasons, and what would be written."""

from typing import Any

from rich.console import RenderableType

from peering.cli.app import Document
from peering.cli.records import findings
from peering.cli.tables import blocks, fields, lines, network, shown_time, table

_WRITE = ("order", "action", "side", "name", "why")


def verdict(plan: Document) -> RenderableType:
    """The verdict with its reasons, and what would be written."""
    head = {
        "verdict": plan.get("verdict"),
        "hub": plan.get("hub"),
        "gateway": plan.get("gateway"),
        "approval": (plan.get("approval") or {}).get("rule"),
        "not before": shown_time(plan.get("notBefore")),
        "free instead": ", ".join(plan.get("suggested") or ()),
        "hub's switches": _flags(plan.get("flags"), "hub"),
        "spoke's switches": _flags(plan.get("flags"), "spoke"),
    }
    rows = [[each.get(name) for name in _WRITE] for each in plan.get("writes") or ()]
    writes = table([name.upper() for name in _WRITE], rows, "Nothing would be written.")
    return blocks(fields(head), *findings(plan), *_limits(plan), writes, *_others(plan))


def _limits(plan: Document) -> list[RenderableType]:
    """What would keep the writes from being made just now."""
    told = [f"Just now: {each['message']} {each['remedy']}" for each in plan.get("limits") or ()]
    return [lines(*told)] if told else []


def _others(plan: Document) -> list[RenderableType]:
    """What else would happen because of it: at the hub that it leaves, say."""
    told = [
        f"Also: {each['verdict']} at hub {each.get('hub')}: {network(each['spoke'])}" for each in plan.get("also") or ()
    ]
    return [lines(*told)] if told else []


def _flags(flags: Any, side: str) -> str:  # noqa: ANN401 - whatever JSON has there
    mine = flags.get(side) if isinstance(flags, dict) else None
    return ", ".join(name for name, value in mine.items() if value is True) if isinstance(mine, dict) else ""
