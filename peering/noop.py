"""Ports that do nothing: for an app without a topic or without Application Insights, and for tests."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta

from peering.core.decision.pause import Pause
from peering.core.intake.registered import Claim, Registered
from peering.core.record.announcement import Announcement
from peering.core.record.marks import Mark, Marks
from peering.core.record.record import Record
from peering.core.record.sweep_report import SweepReport
from peering.log import logger

_log = logger(__name__)


class NoAnnouncer:
    """Announces nothing: no topic is configured."""

    async def announce(self, event: Announcement) -> None:
        _log.debug("%s of %s is not announced: AUTOPEER_TOPIC_ENDPOINT is not set", event.type, event.subject)

    async def close(self) -> None:
        return


class NoPauses:
    """Nothing is paused, as far as somebody knows who has no storage to ask."""

    async def all(self) -> tuple[Pause, ...]:
        return ()

    async def begin(self, pause: Pause) -> None:
        """Forget it."""

    async def end(self, scope: str) -> bool:  # noqa: ARG002 - the port's signature
        return False

    async def marks(self) -> Marks:
        return {}

    async def mark(self, mark: Mark) -> None:
        """Forget it."""

    async def unmark(self, scope: str) -> None:
        """There is none."""


class NoRegistry:
    """Nothing was asked for by HTTP, as far as somebody knows who has no storage to ask."""

    async def enter(self, asked: Registered) -> Registered:
        return asked

    async def claim(self, claim: Claim) -> Claim:
        return claim

    async def get(self, identity: str) -> Registered | None:  # noqa: ARG002 - the port's signature
        return None

    async def looked_at(self, identity: str, when: datetime) -> None:
        """Forget it."""

    async def forget(self, before: datetime, limit: int) -> int:  # noqa: ARG002 - as above
        return 0


class NoTelemetry:
    """Measures nothing."""

    def outcome(self, record: Record) -> None:
        """Forget it."""

    def arm_answered(self, status: int) -> None:
        """Forget it."""

    def message_waited(self, wait: timedelta) -> None:
        """Forget it."""

    def hub_seen(self, hub: str, headroom: float) -> None:
        """Forget it."""

    def withheld(self, hub: str, limit: str) -> None:
        """Forget it."""

    def paused(self, age: timedelta) -> None:
        """Forget it."""

    counts_pairs = False

    def pairs(self, hub: str, states: Mapping[str, int]) -> None:
        """Forget it."""

    def sweep_began(self, age: timedelta | None) -> None:
        """Forget it."""

    def swept(self, report: SweepReport) -> None:
        """Forget it."""

    @contextmanager
    def step(self, name: str, attributes: dict[str, str]) -> Iterator[None]:  # noqa: ARG002 - the port's signature
        yield
