"""Only who asks for a server on loopback by its own name is answered.

A page of anybody's can have its name lead to 127.0.0.1 (DNS rebinding), and a browser then lets it read and write what
is there. What it cannot change is the name that the browser asks for. Under the right name it could still write,
without reading the answer; but a browser says which page a write comes from.
"""

from __future__ import annotations

import re

from aiohttp import web
from aiohttp.typedefs import Handler

_OWN = re.compile(r"(127\.0\.0\.1|localhost)(:\d+)?", re.IGNORECASE)  # any port: one that is forwarded is another


@web.middleware
async def own_host(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer 421, in ARM's form for errors, where `Host` is another than loopback's, and 403 to a page of others."""
    host, origin = request.headers.get("Host", ""), request.headers.get("Origin")
    if not _OWN.fullmatch(host):
        return _refusal(421, "WrongHost", f"This is no server of {host[:100]!r}: ask for 127.0.0.1 or localhost.")
    if origin is not None and not _OWN.fullmatch(origin.partition("://")[2]):
        return _refusal(403, "WrongOrigin", f"A page of {origin[:100]!r} has no business here.")
    return await handler(request)


def _refusal(status: int, code: str, message: str) -> web.Response:
    return web.json_response({"error": {"code": code, "message": message}}, status=status)
