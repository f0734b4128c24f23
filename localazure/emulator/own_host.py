"""Only who asks for a server on loopback by its own name is answered.

A page of anybody's can have its name lead to 127.0.0.1 (DNS rebinding), and a browser then lets it read and write what
is there. What it cannot change is the name that the browser asks for.
"""

from __future__ import annotations

import re

from aiohttp import web
from aiohttp.typedefs import Handler

_OWN = re.compile(r"(127\.0\.0\.1|localhost)(:\d+)?", re.IGNORECASE)  # any port: one that is forwarded is another


@web.middleware
async def own_host(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer 421, in ARM's form for errors, where `Host` is another than loopback's."""
    host = request.headers.get("Host", "")
    if _OWN.fullmatch(host):
        return await handler(request)
    message = f"This is no server of {host[:100]!r}: ask for 127.0.0.1 or localhost."
    return web.json_response({"error": {"code": "WrongHost", "message": message}}, status=421)
