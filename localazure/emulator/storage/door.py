"""The door itself: a listener for each service, the rules, the log, and the time that Azurite seems to stand still."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Coroutine

from localazure.emulator.storage.calls import SERVICES, Call, CallLog
from localazure.emulator.storage.connection import Outside
from localazure.emulator.storage.rules import Rules

_ENDPOINT = re.compile(r"\b(Blob|Queue|Table)Endpoint=http://([^/:;]+):(\d+)", re.IGNORECASE)


class UnusableStorage(ValueError):
    """A connection string without the three endpoints on http; the message says so."""


class Door:
    """`now` gives the time as text, for the log."""

    def __init__(self, now: Callable[[], str]) -> None:
        self.rules = Rules()
        self.log = CallLog()
        self.behind: dict[str, tuple[str, int]] = {}
        self.connection_string = ""
        self._now = now
        self._servers: dict[str, asyncio.Server] = {}
        self._connections: set[Outside] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._resume: asyncio.TimerHandle | None = None

    async def put_behind(self, connection_string: str) -> str:
        """Stand in front of a storage. Returns the connection string that leads through the door.

        Raises:
            UnusableStorage: there are not the three services over http.
        """
        found = {kind.lower(): (host, int(port)) for kind, host, port in _ENDPOINT.findall(connection_string)}
        if set(found) != set(SERVICES):
            raise UnusableStorage("A connection string with BlobEndpoint, QueueEndpoint and TableEndpoint is expected.")
        self.behind = found
        for service in SERVICES:
            if service not in self._servers:
                self._servers[service] = await self._listen(service)
        self.connection_string = _ENDPOINT.sub(self._through, connection_string)
        return self.connection_string

    async def _listen(self, service: str) -> asyncio.Server:
        return await asyncio.get_running_loop().create_server(lambda: Outside(self, service), "127.0.0.1", 0)

    def _through(self, endpoint: re.Match[str]) -> str:
        port = self._servers[endpoint[1].lower()].sockets[0].getsockname()[1]
        return f"{endpoint[1]}Endpoint=http://127.0.0.1:{port}"

    # Standing still.

    @property
    def stands_still(self) -> bool:
        return self._resume is not None

    @property
    def still_seconds(self) -> float:
        return self._resume.when() - asyncio.get_running_loop().time() if self._resume is not None else 0.0

    def stand_still(self, seconds: float) -> None:
        """Nothing passes in either direction until then; 0 ends it at once."""
        if self._resume is not None:
            self._resume.cancel()
        self._resume = asyncio.get_running_loop().call_later(seconds, self._go_on)
        for connection in self._connections:
            connection.stand(still=True)

    def _go_on(self) -> None:
        self._resume = None
        for connection in list(self._connections):
            connection.stand(still=False)

    # What connections tell.

    def enter(self, connection: Outside) -> None:
        self._connections.add(connection)
        if self.stands_still:
            connection.stand(still=True)

    def leave(self, connection: Outside) -> None:
        self._connections.discard(connection)

    def ended(self, call: Call, status: int, ms: float) -> None:
        self.log.add(call, self._now(), status, ms)

    def spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        if self._resume is not None:
            self._resume.cancel()
        for server in self._servers.values():
            server.close()
        for connection in list(self._connections):
            connection.hang_up()
