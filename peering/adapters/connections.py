"""The way to Azure for all who talk to it: one pool of connections with one TLS context."""

import ssl
from urllib.request import getproxies

from aiohttp import ClientSession, DummyCookieJar, TCPConnector
from azure.core.pipeline.transport import AioHttpTransport

_MOST = 50  # connections at a time: each costs a handshake and some 0.1 MB, and ARM takes 25 reads a second
_KEPT = 60.0  # seconds that an idle one is kept: longer than ARM has a client wait between two polls
KEPT_BY_STORAGE = 4.0
"""The same of storage: Azurite, as any server on Node, hangs up after five, and a write that meets this is lost."""


class Connections(AioHttpTransport):  # type: ignore[misc]  # the SDK has no types for it
    """The SDKs' transport over a session of ours.

    The SDKs' own makes a TLS context for each request where a CA file is given, and connections are kept for each
    context: so none would be used twice. Seconds are `connect`, of the handshake, `silence`, between two bytes, and
    `kept`, for which a connection is idle before it is closed.
    Closing it is for the end of the process: every client that was given it loses it.
    """

    session: ClientSession | None

    def __init__(
        self, ca_file: str | None = None, *, connect: float = 10.0, silence: float = 60.0, kept: float = _KEPT
    ) -> None:
        """`silence` is long because ARM gives up on a provider after a minute."""
        super().__init__(connection_timeout=connect, read_timeout=silence)
        self._kept = kept
        self._trusted = ssl.create_default_context(cafile=ca_file) if ca_file else True

    async def open(self) -> None:
        """Make the session with the first request: it belongs to the event loop, which the constructor may not have."""
        if self.session is None and not self._has_been_opened:
            pool = TCPConnector(ssl=self._trusted, limit=_MOST, keepalive_timeout=self._kept)
            # As the SDK makes its own: no cookies, bodies as they come, and a proxy where the environment names one.
            # Whether it does is asked once: aiohttp would ask for each request, in a thread, and for a `~/.netrc` too.
            self.session = ClientSession(
                connector=pool, cookie_jar=DummyCookieJar(), auto_decompress=False, trust_env=bool(getproxies())
            )
        await super().open()
