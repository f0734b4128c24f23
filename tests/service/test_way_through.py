"""The way of one message through the rooms, as docs/architecture.md tells it."""

import re
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from types import CodeType

from peering.core.record.record import State
from peering.core.record.transitions import FOLLOWS
from tests.builders import hub, request, spoke
from tests.service.town import Town

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text("utf-8")
LISTED = re.findall(r"^ *((?:service|core)(?:\.\w+)+) {2,}\S", PAGE, re.MULTILINE)
_TOOL = 4  # any number that no debugger, profiler or coverage tool uses


@contextmanager
def calls() -> Iterator[list[str]]:
    """Every function of peering that is called inside the block, in order. A coroutine counts when it begins."""
    seen: list[str] = []

    def started(code: CodeType, _offset: int) -> None:
        file = Path(code.co_filename)
        if file.is_relative_to(ROOT / "peering"):
            room = ".".join(file.relative_to(ROOT / "peering").with_suffix("").parts)
            seen.append(f"{room}.{code.co_qualname}")

    sys.monitoring.use_tool_id(_TOOL, "calls")
    sys.monitoring.register_callback(_TOOL, sys.monitoring.events.PY_START, started)
    sys.monitoring.set_events(_TOOL, sys.monitoring.events.PY_START)
    try:
        yield seen
    finally:
        sys.monitoring.set_events(_TOOL, sys.monitoring.events.NO_EVENTS)
        sys.monitoring.register_callback(_TOOL, sys.monitoring.events.PY_START, None)
        sys.monitoring.free_tool_id(_TOOL)


async def test_the_calls_are_those_of_the_page_in_their_order_and_each_once() -> None:
    town = Town(hub(gateway=True), spoke())
    town.put(request())
    with calls() as seen:
        await town.pump(timedelta())
    assert town.connected()
    assert len(LISTED) > 10
    assert [call for call in seen if call in LISTED] == LISTED


async def test_every_room_of_the_service_is_entered_by_one_door() -> None:
    """One public function of each room is called, once: nobody comes back to a room that he has left."""
    town = Town(hub(), spoke())
    town.put(request())
    with calls() as seen:
        await town.pump(timedelta())
    tools = {"concurrency", "context", "job", "observe", "requeue", "watch"}
    story = [call.split(".")[1:] for call in seen if call.startswith("service.")]
    doors = Counter(room for room, name, *rest in story if not (rest or name.startswith("_")) and room not in tools)
    rooms = {line.split(".")[1] for line in LISTED if line.startswith("service.")} - tools
    assert doors == Counter(rooms)


def test_the_page_has_the_table_of_states() -> None:
    lines = re.findall(r"^\| ([A-Z][A-Za-z, ]+) \| ([A-Za-z, ]+) \|$", PAGE.partition("| from | to |")[2], re.MULTILINE)
    told = {
        State(before): {State(each) for each in after.split(", ")} for row, after in lines for before in row.split(", ")
    }
    assert told == FOLLOWS
