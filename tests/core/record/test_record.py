"""How a record goes from state to state, what is news, and the answer that fits into a tag."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peering.core.catalogue.policy import PerHalf
from peering.core.decision.findings import Code, Finding
from peering.core.decision.pair import wanted_pair
from peering.core.decision.verdict import Verdict
from peering.core.intake.requests import Door, NamedBy
from peering.core.network.addresses import parse_prefixes
from peering.core.network.failures import AzureFailure
from peering.core.network.vnets import Flags
from peering.core.record.membership import is_untouched
from peering.core.record.record import Record, State
from peering.core.record.status_tag import status_text
from peering.core.record.transitions import abandoned, connected, failed, intend, postponed, refused, removed
from tests.builders import HUB_ID, NOON, OTHER_HUB_ID, SPOKE_ID, altered, half, hub, policy, record, request, spoke

LATER = NOON + timedelta(minutes=5)
DENIED = AzureFailure(403, "AuthorizationFailed", "The client does not have authorization.")
FINDING = Finding(Code.OVERLAPS_HUB, "10.0.0.0/24 overlaps it.")


def fresh(old: Record | None, **how: Any) -> Record:  # noqa: ANN401 - the fields of Request
    asked = replace(request(when=LATER, correlation="c-2", who="other"), **how)
    return intend(old, asked, spoke("10.9.0.0/24"), "prod-weu", "Prod-WEU", NamedBy.TAG)


def test_the_first_intent() -> None:
    row = fresh(None)
    assert (row.state, row.progress.was, row.etag, row.progress.attempts) == (State.PENDING, None, None, 0)
    assert (row.hub, row.asked.wanted, row.asked.who, row.asked.correlation, row.asked.requested) == (
        "prod-weu",
        "Prod-WEU",
        "other",
        "c-2",
        LATER,
    )
    assert (row.found.prefixes, row.found.location) == (parse_prefixes(["10.9.0.0/24"]), "westeurope")


def test_a_fresh_reason_to_look_starts_counting_anew_and_keeps_what_there_is() -> None:
    old = record(State.FAILED, attempts=8, calls=20, hub_half="h", spoke_half="s", started=NOON, finished=NOON)
    row = fresh(old)
    assert (row.state, row.progress.was, row.progress.attempts, row.progress.calls) == (
        State.PENDING,
        State.FAILED,
        0,
        0,
    )
    assert (row.progress.started, row.progress.finished, row.progress.not_before, row.asked.requested) == (
        None,
        None,
        None,
        LATER,
    )
    assert (row.found.hub_half, row.found.spoke_half, row.etag) == ("h", "s", "1")


def test_a_retry_keeps_the_count_and_the_times() -> None:
    old = record(State.PENDING, attempts=3, started=NOON, not_before=LATER, was=State.CONNECTED)
    row = fresh(old, door=Door.RETRY)
    assert (row.progress.attempts, row.progress.started, row.asked.requested, row.progress.was) == (
        3,
        NOON,
        NOON,
        State.CONNECTED,
    )
    assert (row.state, row.progress.not_before) == (State.PENDING, None)


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


def test_connected() -> None:
    network = spoke()
    verdict = Verdict(pair=wanted_pair(hub(gateway=True), network, policy()))
    row = connected(record(findings=(FINDING,), not_before=NOON), verdict, network, LATER)
    assert (row.state, row.progress.finished, row.progress.not_before, row.found.findings) == (
        State.CONNECTED,
        LATER,
        None,
        (),
    )
    assert row.found.hub_half.startswith(f"{HUB_ID}/virtualNetworkPeerings/autopeer-spoke-a-")
    assert row.found.spoke_half == f"{SPOKE_ID}/virtualNetworkPeerings/autopeer-prod-weu"
    assert (row.found.hub_flags, row.found.spoke_flags) == (Flags(gateway_transit=True), Flags(remote_gateways=True))
    assert row.found.gateway.endswith("gw-hub-weu")
    without = Verdict(pair=wanted_pair(hub(), network, policy()))
    assert connected(record(), without, network, LATER).found.gateway == "none"


@pytest.mark.parametrize(
    ("codes", "state"),
    [
        ([Code.OVERLAPS_HUB], State.REFUSED),
        ([Code.APPROVAL_NEEDED], State.AWAITING_APPROVAL),
        ([Code.APPROVAL_NEEDED, Code.OVERLAPS_HUB], State.REFUSED),
    ],
)
def test_refused(codes: list[Code], state: State) -> None:
    found = tuple(Finding(code, "Because.") for code in codes)
    row = refused(record(), found, LATER)
    assert (row.state, row.found.findings, row.progress.finished) == (state, found, LATER)


def test_postponed_failed_and_abandoned() -> None:
    later = postponed(record(attempts=2), DENIED, LATER)
    assert (later.state, later.progress.attempts, later.progress.not_before) == (State.PENDING, 3, LATER)
    given_up = failed(later, DENIED, LATER)
    assert (given_up.state, given_up.progress.attempts, given_up.progress.not_before) == (State.FAILED, 4, None)
    assert given_up.found.findings == later.found.findings
    assert "Grant the identity of Autopeer" in given_up.found.findings[0].message
    lost = abandoned(record(), "Its log says how.", LATER)
    assert (lost.state, [f.code for f in lost.found.findings]) == (State.ABANDONED, ["Abandoned"])


def test_removed_keeps_what_it_had_but_not_its_halves() -> None:
    row = removed(
        record(State.LEAVING, hub_half="h", spoke_half="s", findings=(FINDING,), location="x"), ("kept",), LATER
    )
    assert (row.state, row.found.hub_half, row.found.spoke_half, row.found.findings) == (State.REMOVED, "", "", ())
    assert (row.found.location, row.found.notes) == ("x", ("kept",))


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


TRANSIT, REMOTE = Flags(gateway_transit=True), Flags(remote_gateways=True)
SETTLED = half(HUB_ID, "autopeer-prod-weu")
UNTOUCHED: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any], bool]] = [
    # changes of the record, the half and the policy -> nothing to do
    ({}, {}, {}, True),
    ({"state": State.PENDING}, {}, {}, False),
    ({"state": State.FAILED}, {}, {}, False),
    ({"spoke_flags": Flags(remote_gateways=True)}, {}, {}, False),
    ({"prefixes": ()}, {}, {}, False),
    ({}, {"state": "Disconnected"}, {}, False),
    ({}, {"sync_level": "RemoteNotInSync"}, {}, False),
    ({}, {"remote": SPOKE_ID}, {}, False),
    ({}, {"flags": Flags(forwarded_traffic=True)}, {}, False),
    ({}, {}, {"forwarded_traffic": PerHalf(hub=False, spoke=True)}, False),
    ({}, {}, {"virtual_network_access": PerHalf(hub=True, spoke=False)}, False),
    # The hub lends a gateway that the spoke does not use: it could now.
    ({"hub_flags": Flags(gateway_transit=True)}, {}, {}, False),
    ({"hub_flags": Flags()}, {}, {}, True),
]


@pytest.mark.parametrize(("of_record", "of_half", "of_policy", "untouched"), UNTOUCHED)
def test_when_one_read_shows_that_nothing_is_to_be_done(
    of_record: dict[str, Any], of_half: dict[str, Any], of_policy: dict[str, Any], untouched: bool
) -> None:
    row = altered(record(State.CONNECTED, spoke_flags=Flags(), prefixes=spoke().prefixes), **of_record)
    network = spoke(halves=(replace(SETTLED, **of_half),))
    assert is_untouched(row, network, policy(**of_policy)) is untouched


@pytest.mark.parametrize("obstacle", [{"gateway": "own"}, {"halves": (SETTLED, half(OTHER_HUB_ID, flags=REMOTE))}])
def test_a_spoke_that_still_cannot_use_the_gateway_is_left_as_it_is(obstacle: dict[str, Any]) -> None:
    row = record(State.CONNECTED, spoke_flags=Flags(), hub_flags=TRANSIT, prefixes=spoke().prefixes)
    assert is_untouched(row, replace(spoke(halves=(SETTLED,)), **obstacle), policy())


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
