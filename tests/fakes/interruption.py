"""Something that goes wrong at the n-th call of any port: the process dies there, or the call raises."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from peering.ports import Lease, Ports
from tests.fakes.scheduling import ProcessDied

_OF_SWEEPS = ("hubs", "over", "drop", "forget_history")
_CALLS = {
    "networks": ("read", "read_tags", "apply", "write_tag", "remove_tag"),
    "records": ("find", "get", "save", "note", "waiting", "of_hub", "lost", "forget", "keep_unreadable", *_OF_SWEEPS),
    "requests": ("send",),
    "announcer": ("announce",),
    "pauses": ("all", "marks", "mark", "unmark"),
    "leases": ("peek",),
    "estate": ("page",),
    "sweeps": ("read", "write"),
}


class Interruption:
    """Counts the calls of all ports, and goes off once, at the call with the number `at`.

    A process that dies does nothing more: every later call of the same delivery dies too, until `deliver` begins anew.
    """

    def __init__(self, at: int | None = None, what: BaseException | None = None) -> None:
        self.at = at
        self.what = what
        self.calls: list[str] = []
        self.went_off: list[Callable[[], None]] = []
        self._dead = False

    def deliver(self) -> None:
        """The host starts the next delivery, in a process that lives."""
        self._dead = False

    def pass_through(self, name: str) -> None:
        if self._dead:
            raise ProcessDied
        self.calls.append(name)
        if self.what is None or len(self.calls) != self.at:
            return
        for call in self.went_off:
            call()
        self._dead = isinstance(self.what, ProcessDied)
        raise self.what

    def wrap(self, ports: Ports) -> Ports:
        """The same ports, watched."""
        for port, names in _CALLS.items():
            fake = getattr(ports, port)
            for name in names:
                setattr(fake, name, self._watched(f"{port}.{name}", getattr(fake, name)))
        leases: Any = ports.leases
        leases.take = self._taking(leases.take)
        return ports

    def _watched(self, label: str, call: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def watched(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever the port takes and gives
            self.pass_through(label)
            return await call(*arguments, **named)

        return watched

    def _taking(self, take: Callable[[str], Any]) -> Callable[[str], Any]:
        @asynccontextmanager
        async def taking(name: str) -> AsyncIterator[Lease | None]:
            self.pass_through("leases.take")
            async with take(name) as lease:
                if lease is not None:
                    lease.read = self._watched("lease.read", lease.read)
                    lease.write = self._watched("lease.write", lease.write)
                yield lease

        return taking
