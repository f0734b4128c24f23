"""Log lines a person can follow: UTC time, level, the invocation they belong to, logger, message."""

import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from azure_functions_runtime import invocation_id_cv  # type: ignore[import-untyped]  # ships no types

_task_invocation: ContextVar[str] = ContextVar("task_invocation", default="")
_functions: dict[str, str] = {}  # function name by the id of each invocation that runs


@contextmanager
def invocation(function_name: str, invocation_id: str) -> Iterator[None]:
    """Mark all that is logged inside, also from the thread of a sync function, as this invocation's."""
    token = _task_invocation.set(invocation_id)
    _functions[invocation_id] = function_name
    try:
        yield
    finally:
        del _functions[invocation_id]
        _task_invocation.reset(token)


class _Invocation(logging.Filter):
    """Adds `invocation` to each record. In the thread of a sync function only the library's variable is set."""

    def filter(self, record: logging.LogRecord) -> bool:
        identifier: str = invocation_id_cv.get() or _task_invocation.get()
        name = _functions.get(identifier, "")
        record.invocation = f"[{name} {identifier[:8]}] " if identifier else ""
        return True


def configure() -> None:
    """Send everything to stderr at the level of Azure's worker. What is too much of it is the app's to say."""
    formatter = logging.Formatter(
        "%(asctime)s.%(msecs)03dZ %(levelname)-7s %(invocation)s%(name)s: %(message)s", "%H:%M:%S"
    )
    formatter.converter = time.gmtime
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    handler.addFilter(_Invocation())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
