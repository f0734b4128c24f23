"""One connection of the app, and the one to Azurite that belongs to it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Coroutine
from dataclasses import dataclass, field
from time import perf_counter
from typing import Protocol

from localazure.emulator.storage import answers
from localazure.emulator.storage.calls import Call
from localazure.emulator.storage.framing import Framer, Part
from localazure.emulator.storage.rules import Rule, Rules


class Owner(Protocol):
    """Whom a connection belongs to: the door."""

    rules: Rules
    behind: dict[str, tuple[str, int]]

    @property
    def stands_still(self) -> bool: ...
    def enter(self, connection: Outside) -> None: ...
    def leave(self, connection: Outside) -> None: ...
    def spawn(self, work: Coroutine[None, None, None]) -> None: ...
    def ended(self, call: Call, status: int, ms: float) -> None: ...


@dataclass(slots=True)
class Exchange:
    """One call and what becomes of its answer: passed on as it comes, or kept until the rule says what to do."""

    call: Call
    rule: Rule | None
    kept: bytearray = field(default_factory=bytearray)
    started: float = field(default_factory=perf_counter)
    status: int = 0
    answered: bool = False

    @property
    def goes_to_azurite(self) -> bool:
        return self.rule is None or not self.rule.keeps_from_azurite

    @property
    def keeps_answer(self) -> bool:
        return self.rule is not None


class Outside(asyncio.Protocol):
    """The app's side."""

    def __init__(self, door: Owner, service: str) -> None:
        self.service = service
        self._door = door
        self._requests = Framer(answers=False)
        self._current: Exchange | None = None
        self._open: deque[Exchange] = deque()
        self._waiting: list[bytes] = []
        self._app: asyncio.Transport | None = None
        self._azurite: asyncio.Transport | None = None
        self._azurite_gone = False

    # The app's side.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - TCP
        self._app = transport
        self._door.enter(self)
        self._door.spawn(self._connect())

    def data_received(self, data: bytes) -> None:
        for part, piece in self._requests.feed(data):
            if part is Part.HEAD:
                self._begin(piece)
            exchange = self._current
            if exchange is not None and not exchange.goes_to_azurite:
                if part is Part.END:
                    self._refuse(exchange)
            elif piece:
                self._send(piece)

    def connection_lost(self, _error: Exception | None) -> None:
        for exchange in self._open:
            self._log(exchange, 0)
        self._open.clear()
        self._app = None
        self._door.leave(self)
        if self._azurite is not None:
            self._azurite.close()

    def stand(self, *, still: bool) -> None:
        """Read nothing from either side, or read on."""
        for transport in (self._app, self._azurite):
            if transport is not None and not transport.is_closing() and transport.is_reading() == still:
                (transport.pause_reading if still else transport.resume_reading)()

    def hang_up(self) -> None:
        for transport in (self._app, self._azurite):
            if transport is not None:
                transport.abort()

    # A call.

    def _begin(self, head: bytes) -> None:
        call = Call.read(self.service, head)
        self._current = Exchange(call, self._door.rules.strike(call))
        self._open.append(self._current)

    def _refuse(self, exchange: Exchange) -> None:
        """The rule's own doing, in place of Azurite's."""
        rule = exchange.rule
        assert rule is not None  # noqa: S101 - or it would have been sent
        if rule.answer is not None:
            exchange.kept += answers.error(self.service, rule.answer)
            exchange.status = int(rule.answer.get("status", 503))
        self._deliver(exchange)

    def _send(self, data: bytes) -> None:
        if self._azurite is None:
            self._waiting.append(data)
        else:
            self._azurite.write(data)

    # Azurite's side.

    async def _connect(self) -> None:
        host, port = self._door.behind[self.service]
        try:
            self._azurite, _ = await asyncio.get_running_loop().create_connection(lambda: Inside(self), host, port)
        except OSError:
            self.azurite_left()
            return
        if self._door.stands_still:
            self.stand(still=True)
        for data in self._waiting:
            self._azurite.write(data)
        self._waiting.clear()
        if self._app is None:
            self._azurite.close()

    def expected(self) -> Exchange | None:
        """Whose answer comes next."""
        return next((each for each in self._open if each.goes_to_azurite and not each.answered), None)

    def answered(self, exchange: Exchange, part: Part, piece: bytes) -> None:
        if part is Part.HEAD:
            exchange.status = int(piece[9:12])
        if exchange.keeps_answer:
            exchange.kept += piece
        elif self._app is not None and piece:
            self._app.write(piece)
        if part is Part.END and exchange.status >= 200:
            exchange.answered = True
            if exchange.keeps_answer:
                self._deliver(exchange)
            else:
                self._finish(exchange, exchange.status)

    def azurite_left(self) -> None:
        """What it has answered and a rule still keeps is delivered first; a call that hangs goes on hanging."""
        self._azurite, self._azurite_gone = None, True
        if self._app is not None and not any(each.rule for each in self._open):
            self._app.close()

    # What a rule makes of an answer.

    def _deliver(self, exchange: Exchange) -> None:
        rule = exchange.rule
        assert rule is not None  # noqa: S101 - answers are kept for rules only
        if rule.delay:
            asyncio.get_running_loop().call_later(rule.delay, self._end, exchange, rule)
        else:
            self._end(exchange, rule)

    def _end(self, exchange: Exchange, rule: Rule) -> None:
        if self._app is None or rule.hang:
            return
        if rule.drop:
            if rule.drop == "during":
                self._app.write(bytes(exchange.kept[: len(exchange.kept) // 2]))
            self._finish(exchange, 0)
            self._app.close() if rule.drop == "during" else self._app.abort()
            return
        self._app.write(bytes(exchange.kept))
        self._finish(exchange, exchange.status)
        if self._azurite_gone:
            self._app.close()

    def _finish(self, exchange: Exchange, status: int) -> None:
        self._open.remove(exchange)
        self._log(exchange, status)

    def _log(self, exchange: Exchange, status: int) -> None:
        self._door.ended(exchange.call, status, (perf_counter() - exchange.started) * 1000)


class Inside(asyncio.Protocol):
    """Azurite's side."""

    def __init__(self, outside: Outside) -> None:
        self._outside = outside
        self._answers = Framer(answers=True)
        self._exchange: Exchange | None = None

    def data_received(self, data: bytes) -> None:
        self._expect()
        for part, piece in self._answers.feed(data):
            if self._exchange is not None:
                self._outside.answered(self._exchange, part, piece)
            if part is Part.END:
                self._exchange = None
                self._expect()

    def connection_lost(self, _error: Exception | None) -> None:
        self._outside.azurite_left()

    def _expect(self) -> None:
        if self._exchange is None and (expected := self._outside.expected()) is not None:
            self._exchange = expected
            self._answers.bodiless = expected.call.method == "HEAD"
