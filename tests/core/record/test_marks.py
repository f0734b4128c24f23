"""What is told of pauses and of what the brake holds: each state once, under an id that is the same when told again."""

from dataclasses import replace
from datetime import datetime, timedelta

from peering.core.decision.findings import Code, Finding
from peering.core.decision.pause import Pause
from peering.core.decision.withheld import Limit
from peering.core.network.resource_ids import VnetId
from peering.core.record.held_list import HeldList
from peering.core.record.marks import Mark, Step, held_scope, held_step, pause_steps
from peering.core.record.record import State
from tests.builders import NOON, SPOKE_ID, record, vnet_id

HOUR = timedelta(hours=1)
ONE = Pause(reason="change 4711", who="Ada", since=NOON)
HUB = replace(ONE, hub="prod-weu", until=NOON + HOUR)
HOLD = replace(ONE, spoke=SPOKE_ID)


class Told:
    """Marks as whoever tells keeps them."""

    def __init__(self) -> None:
        self.marks: dict[str, Mark] = {}
        self.events: list[tuple[str, str]] = []

    def tell(self, steps: list[Step], *, arrives: bool = True) -> list[str]:
        for step in steps:
            if step.event:
                self.events.append((step.event.type.removeprefix("Autopeer."), step.event.id))
            after = step.mark if arrives or not step.event else step.lost
            if after and step.is_last:
                del self.marks[step.mark.scope]
            elif after:
                self.marks[after.scope] = after
        return [step.event.type.removeprefix("Autopeer.") for step in steps if step.event]

    def pauses(self, *pauses: Pause, now: datetime = NOON, arrives: bool = True) -> list[str]:
        return self.tell(pause_steps(pauses, self.marks, now), arrives=arrives)

    def held(self, *spokes: VnetId, grown: bool = False, arrives: bool = True) -> list[str]:
        rows = [replace(record(State.LEAVING, held=Limit.BRAKE), spoke=each) for each in spokes]
        step = held_step(HeldList.of("prod-weu", rows), self.marks.get(held_scope("prod-weu")), NOON, grown=grown)
        return self.tell([step] if step else [], arrives=arrives)


def test_a_pause_begins_and_ends_once() -> None:
    told = Told()
    assert told.pauses(ONE) == ["Pause.Began"]
    assert told.pauses(ONE) == []
    (end,) = pause_steps((), {each: mark.ending("Bob", NOON + HOUR) for each, mark in told.marks.items()}, NOON)
    assert end.event
    assert end.event.data == {
        "scope": "everything",
        "hub": None,
        "spoke": None,
        "reason": "change 4711",
        "who": "Ada",
        "since": "2026-11-23T12:00:00Z",
        "until": None,
        "ended": "2026-11-23T13:00:00Z",
        "endedBy": "Bob",
    }
    assert (told.pauses(), told.pauses(), told.marks) == (["Pause.Ended"], [], {})


def test_a_pause_that_runs_out_has_ended_too_by_nobody() -> None:
    told = Told()
    told.pauses(HUB)
    assert told.pauses(HUB, now=NOON + HOUR) == ["Pause.Ended"]
    (begun, over) = pause_steps((HUB,), {}, NOON + 2 * HOUR)  # nobody came by meanwhile
    assert begun.event
    assert over.event
    assert (begun.event.time, over.event.time) == (NOON, NOON + HOUR)
    assert (over.event.data["endedBy"], over.event.data["ended"]) == (None, "2026-11-23T13:00:00Z")
    assert told.pauses(HUB, now=NOON + 2 * HOUR) == []
    assert (told.pauses(now=NOON + 3 * HOUR), told.marks) == ([], {})  # somebody has tidied up


def test_each_scope_is_told_by_itself_and_says_where_it_holds() -> None:
    steps = pause_steps((ONE, HUB, HOLD), {}, NOON)
    found = sorted((step.event.source, step.event.subject) for step in steps if step.event)
    assert found == [
        ("/autopeer", str(SPOKE_ID)),
        ("/autopeer", "everything"),
        ("/autopeer/hubs/prod-weu", "hub prod-weu"),
    ]


def test_a_pause_that_replaces_another_begins_and_the_one_before_is_not_said_to_have_ended() -> None:
    told = Told()
    told.pauses(ONE)
    assert told.pauses(replace(ONE, since=NOON + HOUR, reason="longer")) == ["Pause.Began"]
    assert len({event for _, event in told.events}) == 2


def test_a_pause_of_which_nobody_has_heard_is_told_again_under_its_id() -> None:
    told = Told()
    assert told.pauses(ONE, arrives=False) == ["Pause.Began"]
    assert told.pauses(ONE) == ["Pause.Began"]
    assert told.pauses(arrives=False) == ["Pause.Ended"]
    assert told.pauses() == ["Pause.Ended"]
    ids = [event for _, event in told.events]
    assert (ids[0], ids[2], len(set(ids))) == (ids[1], ids[3], 2)


# What the brake holds.

A, B, C = (vnet_id(name) for name in "abc")


def test_a_list_is_told_once_as_it_grows_and_the_sweep_tells_what_it_came_to() -> None:
    told = Told()
    assert told.held(A) == ["Hub.Held"]
    assert (told.held(A, B), told.held(A, B, C)) == ([], [])
    assert told.held(A, B, C, grown=True) == ["Hub.Held"]
    assert (told.held(A, B, C, grown=True), told.held(), told.held()) == ([], ["Hub.Released"], [])


def test_the_same_list_held_again_is_another_event() -> None:
    told = Told()
    for _ in range(3):
        assert told.held(A) == ["Hub.Held"]
        assert told.held() == ["Hub.Released"]
    assert len({event for _, event in told.events}) == 6


def test_a_list_of_which_nobody_has_heard_is_told_again_under_its_id() -> None:
    told = Told()
    assert told.held(A, arrives=False) == ["Hub.Held"]
    assert told.held(A) == ["Hub.Held"]
    assert told.held(arrives=False) == ["Hub.Released"]
    assert told.held() == ["Hub.Released"]
    ids = [event for _, event in told.events]
    assert (ids[0], ids[2], len(set(ids))) == (ids[1], ids[3], 2)


def test_one_that_has_changed_before_anybody_heard_is_told_as_it_is() -> None:
    told = Told()
    told.held(A, arrives=False)
    assert told.held(A, B) == ["Hub.Held"]
    assert told.marks[held_scope("prod-weu")].facts["count"] == 2


def test_a_list_says_what_a_release_needs_and_who_has_released_it() -> None:
    rows = [replace(record(State.LEAVING, held=Limit.BRAKE), spoke=vnet_id(f"s{n:03}")) for n in range(60)]
    left_on = record(State.CONNECTED, findings=(Finding(Code.LEFT_ON, "on"),))
    held = HeldList.of("prod-weu", [*rows, left_on, record(State.CONNECTED)])
    step = held_step(held, None, NOON, grown=False)
    assert step
    assert step.event
    data = step.event.data
    assert (data["hub"], data["count"], data["digest"], len(data["spokes"])) == ("prod-weu", 61, held.digest, 50)
    assert (data["list"], data["release"]) == ("/api/hubs/prod-weu/held", "/api/hubs/prod-weu/release")
    mark = step.mark.ending("Bob", NOON + HOUR)
    end = held_step(HeldList.of("prod-weu", []), mark, NOON + 2 * HOUR, grown=False)
    assert end
    assert end.event
    assert end.event.data == {**data, "released": "2026-11-23T13:00:00Z", "releasedBy": "Bob"}
    assert (end.event.source, end.event.subject) == ("/autopeer/hubs/prod-weu", "hub prod-weu")
