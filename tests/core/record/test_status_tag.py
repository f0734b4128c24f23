"""The answer that fits into a tag."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peering.core.decision.findings import Code, Finding
from peering.core.record.record import Record, State
from peering.core.record.status_tag import status_text
from tests.builders import NOON, record

FINDING = Finding(Code.OVERLAPS_HUB, "10.0.0.0/24 overlaps it.")
STATUS = [
    (record(State.CONNECTED, finished=NOON, gateway="gw"), "Connected to prod-weu (gateway) 2026-11-23T12:00Z"),
    (record(State.CONNECTED, finished=NOON, gateway="none"), "Connected to prod-weu (no gateway) 2026-11-23T12:00Z"),
    (record(State.REMOVED, finished=NOON), "Removed 2026-11-23T12:00Z"),
    (
        record(State.REFUSED, finished=NOON, findings=(FINDING, FINDING, Finding(Code.HUB_FULL, "Full."))),
        "Refused 2026-11-23T12:00Z OverlapsHub, HubFull: 10.0.0.0/24 overlaps it.",
    ),
]


@pytest.mark.parametrize(("row", "text"), STATUS)
def test_the_answer_on_the_spoke(row: Record, text: str) -> None:
    assert status_text(row) == text


found = st.builds(Finding, st.sampled_from(Code), st.text(max_size=600))


@given(st.sampled_from(State), st.lists(found, max_size=12).map(tuple), st.booleans())
def test_the_answer_fits_into_a_tag(state: State, findings: tuple[Finding, ...], finished: bool) -> None:
    row = record(state, findings=findings, finished=NOON if finished else None, hub="h" * 40)
    text = status_text(row)
    assert text.startswith(state)
    assert len(text) <= 256
