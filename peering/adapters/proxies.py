"""Whether the environment names a proxy for HTTP."""

from urllib.request import getproxies


def are_named() -> bool:
    """To be asked once, when a client is made.

    aiohttp, told to trust the environment, asks again for each request, in a thread: for a proxy, and for a `~/.netrc`.
    That is half of what a call to storage costs, and nothing in Azure names a proxy.
    """
    return bool(getproxies())
