"""What a record remembers, and what is news about it."""

from typing import Any

import pytest

from peering.core.intake.requests import Door
from peering.core.network.addresses import parse_prefixes
from peering.core.network.vnets import Flags
from peering.core.record.record import State
from tests.builders import altered, record
from tests.core.record.asking import FINDING, LATER, fresh


@pytest.mark.parametrize(
    ("state", "was", "told"),
    [
        (State.PENDING, State.CONNECTED, State.CONNECTED),
        (State.PENDING, None, None),
        (State.CONNECTED, State.REFUSED, State.CONNECTED),
        (State.LEAVING, State.CONNECTED, State.CONNECTED),  # a tag that came back: nobody was told it was leaving
        (State.REMOVED, State.LEAVING, State.REMOVED),
    ],
)
@pytest.mark.parametrize("door", [Door.EVENT, Door.RETRY])
def test_the_last_outcome_is_remembered(state: State, was: State | None, told: State | None, door: Door) -> None:
    assert fresh(record(state, was=was), door=door).progress.was is told


BEFORE = record(State.PENDING, was=State.CONNECTED, spoke_flags=Flags(), hub_flags=Flags(), gateway="none")
NEWS: list[tuple[dict[str, Any], bool]] = [
    ({"state": State.CONNECTED}, False),
    ({"state": State.CONNECTED, "finished": LATER, "calls": 5, "etag": "2", "correlation": "x"}, False),
    ({"state": State.REFUSED}, True),
    ({"state": State.CONNECTED, "findings": (FINDING,)}, True),
    ({"state": State.CONNECTED, "spoke_flags": Flags(remote_gateways=True)}, True),
    ({"state": State.CONNECTED, "hub_flags": Flags(gateway_transit=True)}, True),
    ({"state": State.CONNECTED, "gateway": "gw"}, True),
    ({"state": State.CONNECTED, "prefixes": parse_prefixes(["10.9.0.0/16"])}, True),
]


@pytest.mark.parametrize(("change", "news"), NEWS)
def test_what_is_news(change: dict[str, Any], news: bool) -> None:
    assert altered(BEFORE, **change).tells_more_than(BEFORE) is news
