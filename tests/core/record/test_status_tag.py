"""The answer that fits into a tag."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peering.core.catalogue.policy import Departure
from peering.core.decision.findings import Code, Finding
from peering.core.record.record import Record, State, Tag
from peering.core.record.status_tag import has_something_to_say, is_lost, may_come_back, status_text
from tests.builders import NOON, policy, record

FINDING = Finding(Code.OVERLAPS_HUB, "10.0.0.0/24 overlaps it.", "Use 10.1.0.0/24.")
IN_GRACE = record(State.LEAVING, grace_ends=NOON, not_before=NOON, was=State.CONNECTED, findings=(FINDING,))
LEAVING = "Leaving prod-weu at 2026-11-23T12:00Z: the tag that named the hub is gone, and the peering is then removed"
STATUS = [
    (record(State.CONNECTED, finished=NOON, gateway="gw"), "Connected to prod-weu (gateway) 2026-11-23T12:00Z"),
    (record(State.CONNECTED, finished=NOON, gateway="none"), "Connected to prod-weu (no gateway) 2026-11-23T12:00Z"),
    (
        record(State.CONNECTED, finished=NOON, gateway="gw", findings=(FINDING,)),
        "Connected to prod-weu 2026-11-23T12:00Z OverlapsHub: Use 10.1.0.0/24. 10.0.0.0/24 overlaps it.",
    ),
    (record(State.REMOVED, finished=NOON), "Removed from prod-weu 2026-11-23T12:00Z"),
    (record(State.REMOVED, finished=NOON, notes=("kept",)), "Removed from prod-weu 2026-11-23T12:00Z: kept"),
    (
        record(State.REFUSED, finished=NOON, findings=(FINDING, FINDING, Finding(Code.HUB_FULL, "Full.", "Ask."))),
        "Refused 2026-11-23T12:00Z OverlapsHub, HubFull: Use 10.1.0.0/24. Ask. 10.0.0.0/24 overlaps it.",
    ),
    (
        record(State.PENDING, failing=NOON, findings=(FINDING,)),
        "Waiting 2026-11-23T12:00Z OverlapsHub: Use 10.1.0.0/24. 10.0.0.0/24 overlaps it.",
    ),
    (
        IN_GRACE,
        f"{LEAVING}. Set the tag again before, and nothing changes.",
    ),
]


@pytest.mark.parametrize(("row", "text"), STATUS)
def test_the_answer_on_the_spoke(row: Record, text: str) -> None:
    assert status_text(row) == text


def test_who_leaves_and_keeps_the_pair_is_told_so() -> None:
    assert "the peering is then left to you" in status_text(IN_GRACE, policy(departure=Departure.KEEP))


found = st.builds(Finding, st.sampled_from(Code), st.text(max_size=600), st.text(min_size=1, max_size=150))


@given(st.sampled_from(State), st.lists(found, max_size=12).map(tuple), st.booleans())
def test_the_answer_fits_into_a_tag(state: State, findings: tuple[Finding, ...], finished: bool) -> None:
    row = record(state, findings=findings, finished=NOON if finished else None, hub="h" * 40)
    text = status_text(row)
    assert text.startswith("Waiting" if row.is_open else state)
    assert len(text) <= 256


LONG_CODES = [*Code, "VnetAddressSpaceOverlapsWithAlreadyPeeredVnet", "x" * 100]


@given(st.lists(st.sampled_from(LONG_CODES), min_size=1, max_size=12), st.sampled_from(State))
def test_the_remedy_of_the_first_is_whole_however_much_is_wrong(codes: list[str], state: State) -> None:
    remedy = f"{'Do this. ' * 16}Done."
    findings = tuple(Finding(code, "m" * 500, remedy if not n else f"Another {n}.") for n, code in enumerate(codes))
    row = record(state, findings=findings, finished=NOON, failing=NOON, gateway="none", hub="h" * 40)
    assert len(remedy) == 149
    assert state is State.REMOVED or remedy in status_text(row)


def test_what_never_stood_leaves_nothing_to_say() -> None:
    assert not has_something_to_say(record(State.REMOVED, was=State.REFUSED))
    assert has_something_to_say(record(State.REMOVED, was=State.CONNECTED))
    assert has_something_to_say(record(State.REFUSED, was=None))


def test_a_tag_is_lost_when_it_does_not_say_what_was_written() -> None:
    tag = Tag(name="hub-status", text="Refused", written=NOON)
    assert not is_lost(tag, {"Hub-Status": "Refused"})
    assert is_lost(tag, {"hub": "prod-weu"})
    assert is_lost(tag, {"hub-status": "Connected"})


@pytest.mark.parametrize(("wiped", "seconds"), [(0, 0), (1, 10), (2, 20), (5, 160), (40, 86_400)])
def test_who_wipes_it_each_time_is_given_way_to(wiped: int, seconds: int) -> None:
    tag = Tag(name="hub-status", text="Refused", written=NOON, wiped=wiped)
    assert may_come_back(tag, NOON + timedelta(seconds=seconds))
    assert not seconds or not may_come_back(tag, NOON + timedelta(seconds=seconds - 1))
