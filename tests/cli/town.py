"""A small town behind a fake app: two hubs, five networks in as many states, in the app's own words."""

from datetime import timedelta
from typing import Any

from peering.core.decision.findings import Finding
from peering.core.intake.registered import Registered
from peering.core.network.addresses import parse_prefixes
from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import Flags
from peering.core.record.document import record_body, shown_time
from peering.core.record.record import Record, State
from peering.web import requests
from tests.builders import NOON, OTHER_SUBSCRIPTION, gateway_of, record, vnet_id
from tests.cli.fake_app import FakeApp, problem

HUB = vnet_id("hub-weu", "rg-hubs")
SHOP, BILLING, SEARCH, LAB, OLD = (vnet_id(name, f"rg-{name}") for name in ("shop", "billing", "search", "lab", "old"))
ELSEWHERE = vnet_id("shop", "rg-other", OTHER_SUBSCRIPTION)
DIGEST = "0123456789abcdef"
ID = f"{LAB.key}-7f1c"

_ON = Flags(virtual_network_access=True, forwarded_traffic=True)
_OVERLAP = Finding(
    "OverlapsSpoke",
    "10.2.0.0/24 of billing overlaps 10.2.0.0/16 of search, which is peered with hub 'prod-weu'. Free ranges: "
    "10.7.0.0/24, 10.8.0.0/24.",
    "Choose an address space that is free: 10.7.0.0/24, 10.8.0.0/24.",
)
_APPROVAL = Finding("ApprovalNeeded", "Hub 'prod-weu' lets lab in once a person has agreed.", "Ask Network team.")
_BUSY = Finding("AnotherOperationInProgress", "Azure is busy with hub-weu; it is tried again.", "Nothing: it waits.")


def _row(spoke: Any, state: State, *found: Finding, prefix: str, minutes: int, **rest: Any) -> Record:  # noqa: ANN401 - fields
    ended = NOON + timedelta(minutes=minutes)
    return record(
        state, spoke=spoke, findings=tuple(found), prefixes=parse_prefixes([prefix]), location="westeurope",
        requested=ended - timedelta(seconds=4), started=ended - timedelta(seconds=3),
        finished=None if state is State.PENDING else ended, who="ada@contoso.example", **rest,
    )  # fmt: skip


def _halves(spoke: str) -> dict[str, Any]:
    return {
        "hub_half": f"{HUB}/virtualNetworkPeerings/autopeer-{spoke}", "hub_flags": _ON,
        "spoke_half": f"{vnet_id(spoke, f'rg-{spoke}')}/virtualNetworkPeerings/autopeer-prod-weu", "spoke_flags": _ON,
        "gateway": gateway_of(HUB),
    }  # fmt: skip


CONNECTED = _row(SHOP, State.CONNECTED, prefix="10.1.0.0/24", minutes=10, **_halves("shop"))
REFUSED = _row(BILLING, State.REFUSED, _OVERLAP, prefix="10.2.0.0/24", minutes=95)
PENDING = _row(
    SEARCH, State.PENDING, _BUSY, prefix="10.3.0.0/24", minutes=175, not_before=NOON + timedelta(hours=3, minutes=2)
)
AWAITING = _row(LAB, State.AWAITING_APPROVAL, _APPROVAL, prefix="10.4.0.0/24", minutes=30)
REMOVED = _row(OLD, State.REMOVED, prefix="10.5.0.0/24", minutes=1)
ALL = (CONNECTED, REFUSED, PENDING, AWAITING, REMOVED)


def path_of(row: Record) -> str:
    return f"peerings/{row.hub}/{row.spoke.key}"


def with_history(row: Record, *before: Record) -> dict[str, Any]:
    return record_body(row) | {"history": [record_body(each) for each in (row, *before)]}


def accepted(spoke: VnetId) -> dict[str, Any]:
    """What the app answers to who asks for something to be done about a network."""
    body: dict[str, Any] = requests.accepted(Registered(id=ID, spoke=spoke, who="ada@contoso.example", when=NOON)).body
    return body


def after(row: Record, state: State) -> dict[str, Any]:
    """The record some seconds later, in another state."""
    moved = record_body(row) | {"state": str(state), "findings": [], "finished": shown_time(NOON + timedelta(hours=3))}
    return moved | {"history": [moved, record_body(row)]}


def fill(app: FakeApp, *rows: Record) -> FakeApp:
    """The records, as lists and one by one."""
    app.date = NOON + timedelta(hours=3)
    app.says("GET peerings", {"value": [record_body(row) for row in rows or ALL], "next": None})
    for row in rows or ALL:
        earlier = record(State.PENDING, spoke=row.spoke, finished=NOON - timedelta(days=1), who="ada@contoso.example")
        app.says(f"GET {path_of(row)}", with_history(row, earlier))
    return app


def conflict(detail: str) -> Any:  # noqa: ANN401 - the fields of an answer
    said = problem("still-wanted", 409, detail)
    return said.body, said.status
