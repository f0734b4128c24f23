"""What every part of the control endpoint has in common: a list of routes, logs read by number, and how it says no."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar

from aiohttp import web

type Json = dict[str, Any]


class ControlRoutes(ABC):
    """One part of the control endpoint, over one part of the emulator."""

    invalid: ClassVar[str]
    """The code of the answer to a request that cannot be understood."""

    @abstractmethod
    def routes(self) -> list[web.RouteDef]: ...

    def _since(self, request: web.Request, read: Callable[[int], Json]) -> web.Response:
        """What a log holds from `?since=N` on, and the number to ask with next time."""
        text = request.query.get("since", "0")
        try:
            number = int(text)
        except ValueError:
            return self._refused(f"since={text}: a number is expected, the `next` of the answer before.")
        return web.json_response(read(number))

    def _refused(self, message: str) -> web.Response:
        return _error(400, self.invalid, message)

    @staticmethod
    def _not_found(message: str) -> web.Response:
        return _error(404, "ResourceNotFound", message)


def _error(status: int, code: str, message: str) -> web.Response:
    return web.json_response({"error": {"code": code, "message": message}}, status=status)
