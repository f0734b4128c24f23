"""What was last told of a limit, pause or brake: kept beside it, so that whoever finds another state tells of it. Pure.

A pause is told by ids of its own, for no two are alike. The list of a hub comes and goes, and its ids follow from one
another, as those of a row do (telling.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from peering.core.decision.pause import Pause
from peering.core.record.announcement import Announcement, source_of
from peering.core.record.document import shown_time
from peering.core.record.event_ids import following
from peering.core.record.held_list import HeldList

_PAUSE, _HELD, _OVER = "pause ", "held ", "over "
_LONGEST = 50  # networks that an event names; the API has all of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What was last told of one scope.

    `told` is a digest of what is on, empty once its end was told. `event` is the id of the last event, `unsent` that
    nobody has taken it. `by` is who is about to end it, and `at` when; `facts` are what was told of it, as JSON.
    """

    scope: str
    told: str = ""
    event: str = ""
    unsent: bool = False
    by: str = ""
    at: datetime | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    def ending(self, who: str, now: datetime) -> "Mark":
        """Written before it is ended, so that whoever tells of it knows who it was."""
        return replace(self, by=who, at=now)


type Marks = Mapping[str, Mark]
"""By their scopes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One event that is due, None where nothing is to be said any more, and the mark that is written once it is told.

    `is_last`: the mark is forgotten instead. `lost` is the mark where nobody has taken the event, None for no change.
    """

    event: Announcement | None
    mark: Mark
    is_last: bool = False
    lost: Mark | None = None


def pause_scope(scope: str) -> str:
    """The scope of the mark of a pause."""
    return _PAUSE + scope


def held_scope(hub: str) -> str:
    """The scope of the mark of what is held at a hub."""
    return _HELD + hub


def pause_steps(pauses: tuple[Pause, ...], marks: Marks, now: datetime) -> list[Step]:
    """What is to be told of pauses that have begun, have run out, or were ended."""
    there = {pause_scope(pause.scope): pause for pause in pauses}
    known = {scope for scope in marks if scope.startswith(_PAUSE)}
    steps = list[Step]()
    for scope in sorted(there.keys() | known):
        mark = marks.get(scope, Mark(scope=scope))
        pause = there.get(scope)
        steps += _of_pause(pause, mark, now) if pause else [_ended(mark, now)]
    return steps


def _of_pause(pause: Pause, mark: Mark, now: datetime) -> list[Step]:
    body = pause_body(pause)
    digest = following("", *map(str, body.values()))
    begun = Mark(scope=mark.scope, told=digest, facts=body)
    steps = list[Step]()
    if mark.told not in (digest, _OVER + digest):
        steps.append(Step(event=_pause_event("Began", begun, pause.since, body), mark=begun))
    if pause.is_over(now) and mark.told != _OVER + digest:
        over = replace(begun, told=_OVER + digest)
        end = body | {"ended": shown_time(pause.until), "endedBy": None}
        steps.append(Step(event=_pause_event("Ended", begun, pause.until or now, end), mark=over))
    return steps


def _ended(mark: Mark, now: datetime) -> Step:
    """It is there no more."""
    if not mark.told or mark.told.startswith(_OVER):
        return Step(event=None, mark=mark, is_last=True)
    when = mark.at or now
    end = {**mark.facts, "ended": shown_time(when), "endedBy": mark.by or None}
    return Step(event=_pause_event("Ended", mark, when, end), mark=mark, is_last=True)


def _pause_event(what: str, mark: Mark, time: datetime, body: Mapping[str, Any]) -> Announcement:
    hub, spoke = body.get("hub"), body.get("spoke")
    return Announcement(
        id=mark.told + following(what, mark.scope, mark.told),
        type=f"Autopeer.Pause.{what}",
        source=source_of(hub),
        subject=spoke or (f"hub {hub}" if hub else "everything"),
        time=time,
        data=dict(body),
    )


def pause_body(pause: Pause) -> dict[str, Any]:
    """A pause as the events show it."""
    return {
        "scope": pause.scope,
        "hub": pause.hub,
        "spoke": str(pause.spoke) if pause.spoke else None,
        "reason": pause.reason,
        "who": pause.who,
        "since": shown_time(pause.since),
        "until": shown_time(pause.until),
    }


def held_step(held: HeldList, mark: Mark | None, now: datetime, *, grown: bool) -> Step | None:
    """What is to be told of the list that is held at a hub: that there is one, another one, or none any more.

    A list that grows as its networks come one by one is told once, and then by the sweep (`grown`).
    """
    mark = mark or Mark(scope=held_scope(held.hub))
    digest = held.digest if held.rows else ""
    if digest == mark.told and not mark.unsent:
        return None
    if digest and mark.told and digest != mark.told and not (grown or mark.unsent):
        return None
    event = mark.event if digest == mark.told else (digest or "0" * 16) + following(mark.event, mark.scope, digest)
    facts = _held_body(held) if digest else dict(mark.facts)
    after = Mark(scope=mark.scope, told=digest, event=event, facts=facts)
    if not digest:
        after = replace(after, by=mark.by, at=mark.at)
    return Step(event=_held_event(held.hub, after, now), mark=after, lost=replace(after, unsent=True))


def _held_event(hub: str, mark: Mark, now: datetime) -> Announcement:
    when = now if mark.told else mark.at or now
    end = {} if mark.told else {"released": shown_time(when), "releasedBy": mark.by or None}
    return Announcement(
        id=mark.event,
        type=f"Autopeer.Hub.{'Held' if mark.told else 'Released'}",
        source=source_of(hub),
        subject=f"hub {hub}",
        time=when,
        data={**mark.facts, **end},
    )


def _held_body(held: HeldList) -> dict[str, Any]:
    return {
        "hub": held.hub,
        "digest": held.digest,
        "count": len(held.rows),
        "spokes": [str(row.spoke) for row in held.rows[:_LONGEST]],
        "list": f"/api/hubs/{held.hub}/held",
        "release": f"/api/hubs/{held.hub}/release",
    }
