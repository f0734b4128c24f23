"""Events of one network coalesce: one look in a few seconds stands for many, and always one after the last of them.

Azure's reads lag (docs/facts/arm-networks.md, Reads lag), so a look that began before an event came, or just after, has
not spent it. An event is finished unseen only in favour of a look that is on the queue already and will be seen at
least `LAG` after the event came. What is `Known` is one process's memory: where it is gone, or another instance is
asked, that costs a read.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from peering.core.intake.requests import Door, Request

LAG = timedelta(seconds=3)
"""A look that begins so long after an event is taken to see what the event was about."""
SOON = timedelta(seconds=4)
"""For how much later a look is sent: `LAG`, and some room for events that come after it was sent."""
WHILE_BUSY = timedelta(seconds=6)
"""The same while one that was sent before is still to come: more room, as each look is a message too."""
OFTEN = timedelta(seconds=6.5)
"""A network that is written all the time is looked at so often; who was not for so long is looked at once."""


class Course(StrEnum):
    """What becomes of a request."""

    NOW = "now"
    LATER = "later"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Known:
    """Of one network: when the last look at it began, and when the last look that was sent for later will be seen."""

    began: datetime | None = None
    due: datetime | None = None

    def is_recent(self, now: datetime) -> bool:
        """Whether a look has only just begun. A time to come is a clock that was set back: it says nothing."""
        return self.began is not None and now - OFTEN < self.began <= now

    def has_begun_since(self, since: datetime, now: datetime) -> bool:
        """Whether a look has begun at that time or later."""
        return self.began is not None and since <= self.began <= now

    def is_coming(self, after: datetime, now: datetime) -> bool:
        """Whether a look is on its way, not before `after`. One that is said to be far off is a clock set back."""
        return self.due is not None and max(after, now) < self.due <= now + WHILE_BUSY


def coalesces(request: Request) -> bool:
    """Whether the request says no more than that something was written: it can stand for others, and they for it.

    One that was tried before may have left a row behind that nothing else wakes: a look that began meanwhile, in
    another process, knows nothing of that.
    """
    says_more = request.gone or request.gateway or request.restore or request.hub or request.half_at or request.attempt
    return request.door is Door.EVENT and not says_more


def course(request: Request, known: Known, now: datetime, *, is_hub: bool) -> Course:
    """Look now; or send a look for later, which stands for it; or leave it to one that is known of.

    The second look at a hub is never left out: if the hub reads 404 it says more than any first one.
    """
    if not coalesces(request) or (request.repeated and (is_hub or request.since is None)):
        return Course.NOW
    if request.since is None:
        return _of_an_event(known, now)
    if known.has_begun_since(request.since, now):
        return Course.LEFT
    return Course.LEFT if known.is_recent(now) and known.is_coming(request.since, now) else Course.NOW


def _of_an_event(known: Known, now: datetime) -> Course:
    """It came now: whenever it happened, that was before.

    What was not read for a while is read at once, unless a look is coming that would be the last one, and too early.
    """
    is_recent = known.is_recent(now)
    if _comes_after(known, now):
        return Course.LEFT if is_recent else Course.NOW
    return Course.LATER if is_recent or known.is_coming(now, now) else Course.NOW


def course_at_the_door(event: Request, known: Known, asked: datetime | None, now: datetime) -> Course:
    """The same before it is on the queue, for one that follows on others: the first of them, `asked` then, is there.

    That one will be looked at as soon as the worker comes to it, whatever look has been sent for later meanwhile.
    """
    follows = known.is_recent(now) or known.is_coming(now, now) or Known(began=asked).is_recent(now)
    if not (coalesces(event) and follows):
        return Course.NOW
    return Course.LEFT if _comes_after(known, now) else Course.LATER


def _comes_after(known: Known, now: datetime) -> bool:
    """Whether a look is on its way that will see what an event is about which comes now."""
    return known.is_coming(now + LAG - timedelta.resolution, now)


def delay(known: Known, now: datetime) -> timedelta:
    """For how much later a look is sent now."""
    return WHILE_BUSY if known.is_coming(now, now) else SOON


def later(request: Request, due: datetime) -> Request:
    """The look that will be seen when it is `due`. It stands for whatever comes until `LAG` before."""
    return replace(request, since=due)


def once_more(request: Request, began: datetime) -> Request:
    """The second look at one event, of which the first `began` too early to be believed."""
    return replace(request, repeated=True, since=began + LAG)


def newer(one: Request | None, other: Request) -> Request:
    """Of two events that a look stands for, the one that its outcome is put down to: the last that happened."""
    return one if one is not None and one.when > other.when else other


def on_behalf_of(look: Request, newest: Request | None) -> Request:
    """The look, in the name of the newest event that it stands for."""
    if newest is None:
        return look
    return replace(look, id=newest.id, who=newest.who, when=newest.when, correlation=newest.correlation)
