"""An event loop whose clock jumps to the next thing that is due: hours pass in no time, and always the same way."""

import asyncio
from collections.abc import Coroutine
from typing import Any


class WarpedLoop(asyncio.SelectorEventLoop):
    """Where nothing is ready to run, it is as late as what comes next. There must be no I/O to wait for."""

    def __init__(self) -> None:
        super().__init__()
        self._now = 0.0

    def time(self) -> float:
        return self._now

    def _run_once(self) -> None:
        ready, scheduled = self._ready, self._scheduled  # type: ignore[attr-defined] # of BaseEventLoop
        if not ready and scheduled:
            self._now = max(self._now, scheduled[0].when())
        super()._run_once()  # type: ignore[misc] # as above


def run_warped[T](main: Coroutine[Any, Any, T]) -> tuple[T, float]:
    """What it returns, and how many seconds it took by its own clock."""
    with asyncio.Runner(loop_factory=WarpedLoop) as runner:
        result = runner.run(main)
        return result, runner.get_loop().time()
