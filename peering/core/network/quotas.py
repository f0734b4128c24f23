"""What Resource Manager takes from us for one subscription, so that we wait before it has to refuse.

Its token buckets (docs/facts/arm-operations.md, Throttling by ARM), and what the network provider takes besides
(docs/facts/arm-operations.md, Throttling by the network provider). Times are in seconds, of any clock that runs on.
"""

from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum

_MARGIN = 5  # requests that may arrive closer together than they were sent
_KEPT_FOR_DECISIONS = 100  # reads that no poll before its time may use
_NO_WAIT = 0.001  # less is a sum that did not come out even
_WARY = 60.0  # after a refusal, and after its wait


class Use(StrEnum):
    """What a request is counted as."""

    READ = "reads"
    WRITE = "writes"
    DELETE = "deletes"


def use_of(method: str) -> Use:
    return {"GET": Use.READ, "HEAD": Use.READ, "DELETE": Use.DELETE}.get(method, Use.WRITE)


@dataclass(slots=True)
class Bucket:
    """`size` requests at once, and `refill` more per second."""

    size: float
    refill: float
    _full: float = field(default=0.0, init=False)  # when it is full again
    _taken: int = field(default=0, init=False)
    _under_way: int = field(default=0, init=False)
    _told: int = field(default=0, init=False)  # up to which request Azure has told what was left

    def left(self, now: float) -> float:
        return self.size - max(0.0, self._full - now) * self.refill

    def wait(self, now: float, ahead: int = 0) -> float:
        """Until there is one for us, when so many others come first."""
        return max(0.0, self._full + (ahead + 1 - self.size) / self.refill - now)

    def take(self, now: float) -> int:
        """The number of the request, by which to say what its answer tells."""
        self._full = max(self._full, now) + 1 / self.refill
        self._taken += 1
        self._under_way += 1
        return self._taken

    def answered(self) -> None:
        """One of those that were taken is under way no longer."""
        self._under_way -= 1

    def told(self, number: int, left: float, now: float) -> None:
        """Azure's count is the right one: others use the bucket too, and it may be another one than we think.

        Those that are under way may not be counted in it yet.
        """
        if number > self._told:
            self._told = number
            self._leave(left - self._under_way - _MARGIN, now)

    def empty(self, until: float) -> None:
        """Azure says so: it has one more at that time."""
        self._told = self._taken
        self._leave(1, until)

    def _leave(self, left: float, now: float) -> None:
        self._full = now + (self.size - min(left, self.size)) / self.refill


@dataclass(slots=True)
class Window:
    """`most` requests in any `seconds`."""

    most: int
    seconds: float
    _taken: deque[float] = field(default_factory=deque, init=False)

    def wait(self, now: float, ahead: int = 0) -> float:
        """As a bucket's; of those ahead only a first window's worth is looked at."""
        index = len(self._taken) + ahead - self.most
        return max(0.0, self._taken[min(index, len(self._taken) - 1)] + self.seconds - now) if index >= 0 else 0.0

    def take(self, now: float) -> None:
        self._taken.append(now)
        while len(self._taken) > self.most:
            self._taken.popleft()


def _buckets() -> dict[Use, Bucket]:
    sizes = {Use.READ: (250, 25), Use.WRITE: (200, 10), Use.DELETE: (200, 10)}
    return {use: Bucket(size - _MARGIN, refill) for use, (size, refill) in sizes.items()}


@dataclass(slots=True)
class Quota:
    """Of one subscription. What changes a network is counted by the provider too; a tag is Resource Manager's own."""

    _buckets: dict[Use, Bucket] = field(default_factory=_buckets)
    _changes: Window = field(default_factory=lambda: Window(1000 - _MARGIN, 300))
    _closed: dict[Use, float] = field(default_factory=dict)
    _wary: float = 0.0

    def wait(self, use: Use, now: float, ahead: int = 0, *, of_network: bool = False) -> float:
        """Seconds until one more may be sent, when so many others of its kind are sent first."""
        waits = [self._buckets[use].wait(now, ahead), self._closed.get(use, now) - now]
        if of_network and use is not Use.READ:
            waits.append(self._changes.wait(now, ahead))
        return wait if (wait := max(waits)) > _NO_WAIT else 0.0

    def take(self, use: Use, now: float, *, of_network: bool = False) -> int:
        """Count one that is sent now; returns its number."""
        if of_network and use is not Use.READ:
            self._changes.take(now)
        return self._buckets[use].take(now)

    def answered(self, use: Use) -> None:
        """One that was taken has come to its end, whatever it was."""
        self._buckets[use].answered()

    def told(self, use: Use, number: int, left: int, now: float) -> None:
        """What the answer to that request says in `x-ms-ratelimit-remaining-subscription-…`."""
        self._buckets[use].told(number, left, now)

    def refused(self, now: float, wait: float) -> None:
        """A 429 of whatever kind: no poll comes before its time for a while."""
        self._wary = max(self._wary, now + wait + _WARY)

    def spent(self, use: Use, now: float, wait: float) -> None:
        """Resource Manager says that the bucket is empty: nobody sends before the wait is over."""
        self._closed[use] = max(self._closed.get(use, now), now + wait)
        self._buckets[use].empty(self._closed[use])

    def may_hurry(self, now: float) -> bool:
        """Whether there are reads to spare for polls before their time."""
        return now >= self._wary and self._buckets[Use.READ].left(now) > _KEPT_FOR_DECISIONS
