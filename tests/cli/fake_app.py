"""An app that answers what a test gives it, over real HTTP on loopback, and remembers what it was asked."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

type Body = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    method: str
    path: str
    query: Mapping[str, str]
    body: Body | None
    headers: Mapping[str, str]


@dataclass
class Said:
    """One answer; a string is sent as it is, as HTML."""

    body: Body | str
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


class FakeApp:
    """Answers by method and path below /api; of several the first goes first, and the last is said for ever."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.url = ""
        self.date: datetime | None = None  # what its clock shows; the real time unless it is said
        self._answers: dict[str, list[Said]] = {}

    def says(self, route: str, body: Body | str, status: int = 200, **headers: str) -> None:
        """`route` is such as "GET hubs"."""
        self._answers.setdefault(route, []).append(Said(body, status, headers))

    def answer(self, asked: Asked) -> Said:
        self.asked.append(asked)
        waiting = self._answers.get(f"{asked.method} {asked.path}")
        if not waiting:
            return problem("no-such-route", 404, f"Nothing is known at /api/{asked.path}.")
        return waiting[0] if len(waiting) == 1 else waiting.pop(0)

    def bodies(self, route: str) -> list[Body | None]:
        """What was sent to one route."""
        return [each.body for each in self.asked if f"{each.method} {each.path}" == route]


def problem(kind: str, status: int, detail: str, *errors: tuple[str, str]) -> Said:
    """As the app writes one."""
    listed = {"errors": [{"pointer": where, "detail": what} for where, what in errors]} if errors else {}
    return Said({"type": f"/api/problems/{kind}", "title": "No", "status": status, "detail": detail} | listed, status)


@contextmanager
def serving(app: FakeApp) -> Iterator[FakeApp]:
    """The app on a port of its own; `url` is its address meanwhile."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(app))
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.01))
    thread.start()
    app.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield app
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(app: FakeApp) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            parts = urlsplit(self.path)
            sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            body = json.loads(sent) if sent else None
            path = parts.path.removeprefix("/api/")
            self._say(app.answer(Asked(self.command, path, dict(parse_qsl(parts.query)), body, dict(self.headers))))

        do_GET = do_POST = do_DELETE = _serve  # noqa: N815 - the names that http.server looks for

        def _say(self, said: Said) -> None:
            raw = said.body.encode() if isinstance(said.body, str) else json.dumps(said.body).encode()
            kind = "text/html" if isinstance(said.body, str) else "application/json"
            self.send_response(said.status)
            kind = "application/problem+json" if kind.endswith("json") and said.status >= 400 else kind
            for name, value in {"Content-Type": kind, "Content-Length": str(len(raw)), **said.headers}.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(raw)

        def date_time_string(self, timestamp: float | None = None) -> str:
            return format_datetime(app.date, usegmt=True) if app.date else super().date_time_string(timestamp)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
            """Nothing: the test says what came."""

    return Handler
