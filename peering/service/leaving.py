"""A person has a spoke leave a hub at once: asked after a fresh look at it, carried out by whoever drains the hub."""

from peering.core.intake.registered import Registered
from peering.core.network.failures import AzureFailure
from peering.core.record.leaving_at_once import leaving_at_once, reason_against
from peering.core.record.record import Record, State
from peering.log import logger
from peering.ports import StaleRecord
from peering.service.context import Context
from peering.service.observe import observe
from peering.service.opening import between_alarms

_log = logger(__name__)

_TRIES = 5  # against others who write the row too


class NoSuchRow(Exception):
    """The hub has no record of the spoke."""


class StillWanted(Exception):
    """The spoke cannot leave so; the text says why, and what to do."""


class CannotBeRead(Exception):
    """Azure does not show the spoke; the text has its words."""


async def leave_at_once(hub: str, key: str, who: str, identity: str, context: Context) -> Registered:
    """Have the spoke leave; returns the request that it is, which can be followed like any other.

    Raises NoSuchRow, StillWanted, and CannotBeRead where what its tag wants is not known.
    """
    for _ in range(_TRIES):
        row = await context.ports.records.get(hub, key)
        if row is None or not row.is_understood:
            raise NoSuchRow
        await _refuse_what_is_wanted(row, context)
        now = context.clock()
        asked = Registered(id=identity, spoke=row.spoke, hub=hub, who=who, when=now, looked=now)
        try:
            await _save(row, leaving_at_once(row, who, identity, now), context)
        except StaleRecord:
            continue
        _log.warning("%s has %s leave hub %s at once", who, row.spoke, hub)
        return await context.ports.registry.enter(asked)
    raise StaleRecord(f"the row of {key} under hub {hub} changed {_TRIES} times while it was being written")


async def _refuse_what_is_wanted(row: Record, context: Context) -> None:
    if row.state is State.REMOVED:
        return
    seen, _ = await observe(row.spoke, context)
    if isinstance(seen, AzureFailure):
        raise CannotBeRead(f"{row.spoke} cannot be read: {seen}")
    rows = await context.ports.records.find(row.spoke)
    if against := reason_against(row, seen, rows, context.catalogue):
        raise StillWanted(against)


async def _save(row: Record, after: Record, context: Context) -> None:
    if after != row:
        async with between_alarms(row.hub, context):
            await context.ports.records.save(after)
