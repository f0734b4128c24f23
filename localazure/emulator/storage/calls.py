"""A call to storage as a rule and the log see it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from urllib.parse import unquote

type Json = dict[str, Any]

KEPT = 200_000
SERVICES = ("blob", "queue", "table")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """`name` is the table, queue or container it is about; empty for the account's own."""

    service: str
    method: str
    path: str
    query: str
    name: str

    @classmethod
    def read(cls, service: str, head: bytes) -> Call:
        method, target, _ = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ", 2)
        path, _, query = target.partition("?")
        return cls(service=service, method=method, path=path, query=query, name=_name(unquote(path)))


def _name(path: str) -> str:
    """`/account/name(…)`, `/account/name/…`; a table's own call names it in brackets: `/account/Tables('name')`."""
    inside = path.strip("/").partition("/")[2]
    if inside.lower().startswith("tables('"):
        return inside[len("tables('") :].partition("'")[0].lower()
    return inside.partition("/")[0].partition("(")[0].lower()


@dataclass
class CallLog:
    """The calls of the app that have ended, one way or the other; the oldest are forgotten."""

    _calls: deque[Json] = field(default_factory=lambda: deque(maxlen=KEPT))
    _count: int = 0

    def add(self, call: Call, time: str, status: int, ms: float) -> None:
        """`status` is 0 when no answer was given."""
        self._count += 1
        told = {"n": self._count, "time": time, "service": call.service, "method": call.method, "path": call.path}
        self._calls.append({**told, "query": call.query, "name": call.name, "status": status, "ms": round(ms, 3)})

    def since(self, n: int) -> Json:
        """The calls after number `n`, and the number to ask with next time."""
        forgotten = self._count - len(self._calls)
        return {"next": self._count, "requests": list(islice(self._calls, max(0, n - forgotten), None))}
