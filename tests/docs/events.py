"""Every event that Autopeer sends, made by the code itself, and the examples in docs/events.md.

`python -m tests.docs.events` writes the examples anew.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from peering.core.decision.findings import Code, Finding
from peering.core.decision.pause import Pause
from peering.core.decision.withheld import Limit
from peering.core.network.vnets import Flags
from peering.core.record.announcement import Announcement, of_spoke
from peering.core.record.document import shown_time
from peering.core.record.held_list import HeldList
from peering.core.record.marks import held_step, pause_steps
from peering.core.record.record import OPEN, Record, State
from peering.core.record.telling import with_event
from tests.builders import HUB_ID, NOON, SPOKE_ID, altered, policy, record, spoke, vnet_id
from tests.docs.markdown import ROOT

PAGE = ROOT / "docs" / "events.md"
COMMAND = "python -m tests.docs.events"
_BLOCK = re.compile(r"^```json\n.*?^```$", re.MULTILINE | re.DOTALL)
_LATER = NOON + timedelta(hours=1)
_OWNED = policy(owners="Network team", contact="network@contoso.example")
_PAUSE = Pause(reason="change 4711", who="ada@contoso.example", since=NOON, hub="prod-weu", until=_LATER)


def cloud_event(event: Announcement) -> dict[str, Any]:
    """As it is on the wire."""
    attributes = {"id": event.id, "source": event.source, "specversion": "1.0", "type": event.type}
    return attributes | {"subject": event.subject, "time": shown_time(event.time), "data": dict(event.data)}


def examples() -> Iterator[dict[str, Any]]:
    """Those of the page, one for each kind of data."""
    yield _told(_connected())
    yield _told(_leaving())
    yield from limits()


def limits() -> Iterator[dict[str, Any]]:
    """What is told of the brake and of pauses."""
    rows = [replace(record(State.LEAVING, held=Limit.BRAKE), spoke=vnet_id(name)) for name in ("shop", "crm")]
    held = held_step(HeldList.of("prod-weu", rows), None, NOON, grown=False)
    assert held
    end = held_step(HeldList("prod-weu", ()), held.mark.ending("ada@contoso.example", _LATER), NOON, grown=False)
    assert end
    for step in (held, end, *pause_steps((_PAUSE,), {}, _LATER)):
        assert step.event
        yield cloud_event(step.event)


def everything() -> Iterator[dict[str, Any]]:
    """The examples, every state, and whatever may be absent, absent and there."""
    yield from examples()
    finding = Finding(Code.HUB_FULL, "It is full.", remedy="Ask somebody.")
    for state in State:
        for row in (altered(_connected(), state=state, former=(str(HUB_ID),)), record(state, findings=(finding,))):
            yield _told(row)
    for limit in Limit:
        yield _told(record(State.PENDING, held=limit, not_before=_LATER, findings=(finding,)))
    yield _told(record(State.PENDING, findings=(Finding(Code.OLD_HUB_FIRST, "Its old hub lets go of it first."),)))
    for pause in (replace(_PAUSE, hub=None, until=None), replace(_PAUSE, hub=None, spoke=SPOKE_ID)):
        for step in pause_steps((pause,), {}, _LATER):
            assert step.event
            yield cloud_event(step.event)


def _told(row: Record) -> dict[str, Any]:
    row = row if row.state in OPEN else altered(row, finished=NOON)
    return cloud_event(of_spoke(with_event(row, anew=False), _OWNED, NOON))


def _connected() -> Record:
    return record(
        State.CONNECTED,
        prefixes=spoke().prefixes,
        location="westeurope",
        hub_half=f"{HUB_ID}/virtualNetworkPeerings/autopeer-spoke-a-d7f57072",
        spoke_half=f"{SPOKE_ID}/virtualNetworkPeerings/autopeer-prod-weu",
        hub_flags=Flags(),
        spoke_flags=Flags(),
        gateway="none",
        guid="6f9619ff-8b86-d011-b42d-00cf4fc964ff",
        notes=("hub 'prod-weu' has no gateway: peered without one",),
        calls=4,
        started=NOON,
        finished=NOON,
    )


def _leaving() -> Record:
    return record(
        State.LEAVING,
        prefixes=spoke().prefixes,
        location="westeurope",
        not_before=_LATER,
        grace_ends=_LATER,
        notes=("the tag that named hub 'prod-weu' is gone",),
    )


def page() -> str:
    """The page with its examples as they are now."""
    left = list(examples())

    def block(_: re.Match[str]) -> str:
        return f"```json\n{json.dumps(left.pop(0), indent=2, ensure_ascii=False)}\n```"

    return _BLOCK.sub(block, PAGE.read_text("utf-8"))


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
