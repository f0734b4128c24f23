"""Log lines a person can follow: UTC time, level, the invocation they belong to, logger, message."""

import logging
import sys
import time
from contextvars import ContextVar

from azure_functions_runtime import invocation_id_cv  # type: ignore[import-untyped]  # ships no types

running: ContextVar[str] = ContextVar("running", default="")
"""`<function> <first part of the invocation id>` of the invocation this task serves."""


class _Invocation(logging.Filter):
    """Adds `invocation` to each record. A sync function logs from a thread, which knows only the library's variable."""

    def filter(self, record: logging.LogRecord) -> bool:
        thread_id: str = (invocation_id_cv.get() or "")[:8]
        name = running.get() or thread_id
        record.invocation = f"[{name}] " if name else ""
        return True


def configure() -> None:
    """Send everything to stderr. The SDKs log each request at INFO, which drowns the app: they get WARNING."""
    formatter = logging.Formatter(
        "%(asctime)s.%(msecs)03dZ %(levelname)-7s %(invocation)s%(name)s: %(message)s", "%H:%M:%S"
    )
    formatter.converter = time.gmtime
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    handler.addFilter(_Invocation())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.getLogger("azure").setLevel(logging.WARNING)
