"""Whether what the app leans on answers it: storage and Azure are really asked, by the app's own identity."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from peering.core.catalogue.policy import HubPolicy
from peering.core.network.failures import AzureFailure
from peering.core.network.probes import Probe, failing
from peering.log import logger
from peering.ports import Ports
from peering.service.context import Context

_log = logger(__name__)

LIMIT = 5.0
"""Seconds that each answer may take."""
_NOBODY = "readiness"  # no hub's lease has this name: the answer is that there is no such blob


async def probe(context: Context, limit: float = LIMIT) -> list[Probe]:
    """Ask all at the same time, each within `limit` seconds: tables, queue and leases of the storage, and Azure."""
    ports = context.ports
    asked = {
        "storage tables": lambda: _tables(ports),
        "storage queue": lambda: _queue(ports),
        "storage leases": lambda: _leases(ports),
        "arm": lambda: _arm(ports, next(iter(context.catalogue.hubs.values()))),
    }
    return list(await asyncio.gather(*(_probe(check, ask, limit) for check, ask in asked.items())))


async def _probe(check: str, ask: Callable[[], Awaitable[str]], limit: float) -> Probe:
    begun = time.monotonic()
    try:
        async with asyncio.timeout(limit):
            ok, detail = True, await ask()
    except TimeoutError:
        ok, detail = False, f"no answer within {limit:g} s"
    except AzureFailure as failure:
        _log.warning("%s cannot be used: %s", check, failure)
        ok, detail = False, failing(failure)
    return Probe(check, ok, detail, round((time.monotonic() - begun) * 1000))


async def _tables(ports: Ports) -> str:
    await ports.sweeps.read()
    return "a row can be read"


async def _queue(ports: Ports) -> str:
    return f"about {await ports.requests.count()} messages on it"


async def _leases(ports: Ports) -> str:
    await ports.leases.peek(_NOBODY)
    return "the blobs can be read"


async def _arm(ports: Ports, hub: HubPolicy) -> str:
    found = await ports.networks.read(hub.vnet)
    return f"hub {hub.name!r} can be read" if found else f"it answers, and knows no network of hub {hub.name!r}"
