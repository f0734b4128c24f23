"""A request by HTTP: written down before it is sent, so that it can be asked for from the first moment."""

from collections.abc import Callable
from dataclasses import replace

from peering.core.intake.registered import Claim, Registered
from peering.ports import Registry


class KeyUsedAgain(Exception):
    """The key of idempotency was used before, for something else."""


async def ask(
    asked: Registered, registry: Registry, send: Callable[[str], None], claim: Claim | None = None
) -> Registered:
    """Write the request down and send it; with a `claim`, the one that was written down under that key before.

    One that nobody has looked at yet is sent each time: whoever wrote it down may have died before he sent it, and a
    second look costs a read. Raises KeyUsedAgain where the key stands for something else.
    """
    if claim:
        first = await registry.claim(claim)
        if first.digest != claim.digest:
            raise KeyUsedAgain
        asked = replace(asked, id=first.request)
    written = await registry.enter(asked)
    if written.looked is None:
        send(written.as_request().to_json())
    return written
