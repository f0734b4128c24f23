"""How long Azure's operations take, learned from their ends, so that each is asked about once and in time.

An operation tells nothing of its end: somebody has to ask. A poll too early is wasted, one too late is time in which
the hub stands still. What is tracked is the time by which four of five operations have ended: each end that the first
poll finds moves it down by one part, each first poll that comes too early up by four. So in balance one poll in five is
too early, whatever the times are like. All times are in seconds, since the answer to the write.
"""

from dataclasses import dataclass, field

_EARLY = 0.2  # the share of first polls that may come too early
_LEAST, _MOST = 0.02, 0.5  # how much of itself an estimate moves by: less with each operation seen
_STREAK, _FASTER = 8, 1.3  # so many ends in time in a row are rare in balance: each more is a longer step
# Between the first poll and the second, as a share of the estimate, and at least; doubled from poll to poll.
_STEP, _SHORTEST = 0.02, 0.01


@dataclass(slots=True)
class OperationTime:
    """The estimate for one kind of operation; None before the first has ended."""

    seconds: float | None = None
    seen: int = 0
    streak: int = 0

    def in_time(self, polled: float) -> None:
        """A first poll at that time found the end. It is news only where the estimate is not below that already."""
        if self.seconds is None or self.seconds >= polled:
            gain = self._gain() * _FASTER ** max(0, self.streak - _STREAK)
            self.streak += 1
            self.seconds = polled * (1 - _EARLY * min(_MOST, gain))

    def too_early(self, polled: float, running: float) -> None:
        """A first poll at `polled` came too early, and the operation ran on until `running` at least."""
        if self.seconds is None or self.seconds <= polled:
            self.streak = 0
            self.seconds = max(polled * (1 + (1 - _EARLY) * self._gain()), running)

    def _gain(self) -> float:
        self.seen += 1
        return max(_LEAST, _MOST / self.seen)


@dataclass(slots=True)
class Course:
    """When to ask about one operation. What it comes to goes into `time`, which all of its kind share."""

    time: OperationTime
    _first: float | None = field(init=False)  # when the first poll is due
    _early: int = field(default=0, init=False)  # polls since then that found it under way
    _running: float = field(default=0.0, init=False)
    _hurried: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self._first = self.time.seconds

    def wait(self, elapsed: float, asked: float, *, hurry: bool) -> float:
        """Seconds until the next poll: `asked`, what the last answer says, or less where one may hurry."""
        self._hurried = hurry and self._first is not None
        if not hurry or self._first is None:
            return asked
        step = max(_SHORTEST, _STEP * self._first) * 2.0 ** (self._early - 1) if self._early else 0.0
        return min(asked, max(step, self._first - elapsed))

    def running(self, elapsed: float) -> None:
        """A poll found it under way."""
        self._running = elapsed
        if self._first is not None and elapsed >= self._first - _SHORTEST:  # a clock may be coarse
            self._early += 1

    def ended(self, elapsed: float) -> None:
        """A poll found it ended. What was asked about at Azure's own pace tells nothing of a shorter time."""
        if self._first is None:
            self.time.in_time(elapsed)
        elif self._early:
            self.time.too_early(self._first, self._running if self._early > 1 else 0.0)
        elif self._hurried:
            self.time.in_time(min(self._first, elapsed))
