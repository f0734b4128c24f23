"""Everything the service works with, made once by the wiring and by the tests."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from peering.core.failures import Backoff
from peering.core.policy import Catalogue
from peering.ports import Announcer, Clock, Leases, Networks, Records, Requests, Telemetry
from peering.service.unmeasured import Unmeasured


@dataclass(frozen=True, slots=True)
class World:
    """The ports and the few numbers of the service.

    `chance` gives fractions in [0, 1) for jitter. `batch` bounds the hub halves written before the first of their
    spoke halves; `patience` bounds how long one invocation drains a hub (the host ends it after 30 minutes).
    """

    catalogue: Catalogue
    networks: Networks
    records: Records
    leases: Leases
    requests: Requests
    announcer: Announcer
    clock: Clock
    chance: Callable[[], float]
    backoff: Backoff = field(default_factory=Backoff)
    telemetry: Telemetry = field(default_factory=Unmeasured)
    batch: int = 50
    patience: timedelta = timedelta(minutes=8)
