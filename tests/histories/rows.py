"""The app's records in the model's words."""

from collections.abc import Mapping

from peering.core.network.vnets import Flags
from peering.core.record.record import Record
from tests.fakes.storage import FakeRecords
from tests.histories.model.estate import ACCESS, FORWARDED, REMOTE, TRANSIT
from tests.histories.model.verdicts import Row


def rows_of(records: FakeRecords) -> list[Row]:
    return [_row(record) for record in records.rows.values()]


def _row(record: Record) -> Row:
    found = record.found
    return Row(
        hub=record.hub,
        spoke=record.spoke.lowered,
        state=str(record.state),
        codes=frozenset(str(finding.code) for finding in found.findings),
        halves=(found.hub_half.lower(), found.spoke_half.lower()),
        switches=(_switches(found.hub_flags), _switches(found.spoke_flags)),
        looked=record.progress.finished,
    )


def _switches(flags: Flags | None) -> Mapping[str, bool] | None:
    if flags is None:
        return None
    return {
        ACCESS: flags.virtual_network_access,
        FORWARDED: flags.forwarded_traffic,
        TRANSIT: flags.gateway_transit,
        REMOTE: flags.remote_gateways,
    }
