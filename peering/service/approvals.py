"""What a person does who approves or refuses: his word is written down, and the hub is drained."""

from peering.core.catalogue.policy import HubPolicy
from peering.core.record.approvals import Objection, Say, objection, ruled, ruling_on
from peering.core.record.record import Record
from peering.log import logger
from peering.ports import StaleRecord
from peering.service.context import Context
from peering.service.opening import between_alarms

_log = logger(__name__)

_TRIES = 10  # against others who write the row too; each loss means that somebody else made progress


class Objected(Exception):
    """What a person said cannot count. `row` is what he spoke of, None where there is no such record."""

    def __init__(self, why: Objection, row: Record | None) -> None:
        super().__init__(str(why))
        self.why = why
        self.row = row


async def decide(policy: HubPolicy, key: str, say: Say, context: Context) -> Record:
    """Write down what a person says to the question that a row of the hub has; returns the row, open.

    What he says twice counts once. A row that others write meanwhile is read and judged anew. Raises Objected where it
    cannot count.
    """
    records = context.ports.records
    for _ in range(_TRIES):
        row, now = await records.get(policy.name, key), context.clock()
        why = objection(row, say, policy, now) if row else Objection.NOTHING_WAITS
        if row is None or why:
            raise Objected(why or Objection.NOTHING_WAITS, row)
        if _is_said(row, say):
            return row
        try:
            async with between_alarms(policy.name, context):
                saved = await records.save(ruled(row, say, now))
                await records.note(saved, now)
        except StaleRecord:
            continue
        _log.warning("%s %s %s at hub %s", say.who, "approves" if say.granted else "refuses", row.spoke, policy.name)
        return saved
    raise StaleRecord(f"the row {policy.name}/{key} changed {_TRIES} times while it was being decided on")


def _is_said(row: Record, say: Say) -> bool:
    """Whether the same was said before. Who says no once more may have a better reason."""
    ruling = ruling_on(row)
    return say.granted and ruling is not None and ruling.granted
