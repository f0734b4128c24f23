"""What the service works with, made once by the wiring and by the tests."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

from peering.core.catalogue.policy import Catalogue
from peering.core.network.failures import Backoff
from peering.ports import Clock, Ports
from peering.service.holdings import Holdings
from peering.service.intents import Intents
from peering.service.looks import Looks


@dataclass(frozen=True, slots=True)
class Memory:
    """What one process remembers from one message to the next. Where it is gone, that costs a call, and nothing else.

    Which hubs it drains, which networks it has looked at or is about to, and who writes his intent.
    """

    holdings: Holdings = field(default_factory=Holdings)
    looks: Looks = field(default_factory=Looks)
    intents: Intents = field(default_factory=Intents)


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The ports, the catalogue, and the few numbers of the service.

    `chance` gives fractions in [0, 1) for jitter, `sleep` waits for seconds. `batch` and `batch_time` bound the hub
    halves written after one look; `patience` bounds how long one invocation drains a hub, and `invocation` is the end
    of it in any case, well inside the host's 30 minutes. `read_time` is how long a network may take to be read: one
    that hangs must not hold up its hub. What is due within a `moment` is waited for
    under the lease, for its alarm would come later. `history` is how long the history is kept.
    """

    ports: Ports
    catalogue: Catalogue
    clock: Clock
    chance: Callable[[], float]
    backoff: Backoff = field(default_factory=Backoff)
    batch: int = 50
    batch_time: timedelta = timedelta(minutes=4)
    patience: timedelta = timedelta(minutes=8)
    invocation: timedelta = timedelta(minutes=25)
    read_time: timedelta = timedelta(seconds=30)
    moment: timedelta = timedelta(seconds=3)
    history: timedelta = timedelta(days=400)
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    memory: Memory = field(default_factory=Memory)
