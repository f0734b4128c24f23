"""Which of many looks may write down what they found: a few at a time, and the hubs in turn."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

_AT_ONCE = 4


class Intents:
    """One for each process.

    Two hundred at once would starve the one that writes to a hub already. And in the order in which they come the last
    hub of many would stand still until all the rows of the others are written, none of which is needed for long.
    """

    def __init__(self) -> None:
        self._room = _AT_ONCE
        self._waiting = OrderedDict[str, deque[asyncio.Future[None]]]()  # by hub, the one whose turn it is first

    @asynccontextmanager
    async def turn(self, hub: str) -> AsyncIterator[None]:
        """`hub` is the one concerned, as far as it can be told."""
        await self._enter(hub)
        try:
            yield
        finally:
            self._leave()

    async def _enter(self, hub: str) -> None:
        if self._room:
            self._room -= 1
            return
        let_in = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(hub, deque()).append(let_in)
        try:
            await let_in
        except asyncio.CancelledError:
            if not let_in.cancelled():  # let in, and cancelled before it knew
                self._leave()
            raise

    def _leave(self) -> None:
        while self._waiting:
            hub, queue = self._waiting.popitem(last=False)
            let_in = queue.popleft()
            if queue:
                self._waiting[hub] = queue
            if not let_in.done():
                let_in.set_result(None)
                return
        self._room += 1
