"""The table of states: what may follow what, and that nothing else can."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from peering.core.decision.findings import Code, Finding
from peering.core.decision.pair import wanted_pair
from peering.core.decision.verdict import Verdict
from peering.core.intake.requests import Door
from peering.core.network.addresses import parse_prefixes
from peering.core.network.failures import AzureFailure
from peering.core.network.resource_ids import peering_id
from peering.core.network.vnets import Flags
from peering.core.record.letting_go import let_go
from peering.core.record.outcomes import abandoned, carried_over, connected, failed, refused, removed, stays
from peering.core.record.record import Record, State
from peering.core.record.transitions import FOLLOWS, NEXT_LOOK, ImpossibleTransition, leave, made_anew, reopen
from peering.core.record.waits import accepted, doubted, postponed
from tests.builders import HUB_ID, NOON, OTHER_HUB_ID, SPOKE_ID, altered, hub, policy, record, spoke
from tests.core.record.asking import DENIED, FINDING, LATER, fresh

PAIR = Verdict(pair=wanted_pair(hub(), spoke(), policy()))
FULL = Finding(Code.HUB_FULL, "Full.")
STEPS: dict[State, Callable[[Record], Record]] = {
    State.PENDING: reopen,
    State.LEAVING: lambda row: leave(row, None),
    State.CONNECTED: lambda row: connected(row, PAIR, spoke(), NOON),
    State.REFUSED: lambda row: refused(row, (FULL,), NOON),
    State.AWAITING_APPROVAL: lambda row: refused(row, (Finding(Code.APPROVAL_NEEDED, "Ask."),), NOON),
    State.FAILED: lambda row: failed(row, AzureFailure(500, "X", "x"), NOON),
    State.ABANDONED: lambda row: abandoned(row, "because", NOON),
    State.REMOVED: lambda row: removed(row, (), NOON),
}


def test_every_state_has_its_line_in_the_table_and_a_step_that_leads_to_it() -> None:
    assert set(FOLLOWS) == set(STEPS) == set(State)


@pytest.mark.parametrize(("before", "after"), list(product(State, STEPS)))
def test_a_step_is_taken_where_the_table_has_it_and_nowhere_else(before: State, after: State) -> None:
    def step(row: Record) -> Record:
        return STEPS[after](row)

    if after in FOLLOWS[before]:
        assert step(record(before)).state is after
    else:
        with pytest.raises(ImpossibleTransition, match=f"is {before}; {after} cannot follow"):
            step(record(before))


@pytest.mark.parametrize("after", STEPS)
def test_a_state_of_a_later_version_is_left_by_nobody(after: State) -> None:
    with pytest.raises(ImpossibleTransition, match="Quarantined"):
        STEPS[after](record("Quarantined"))


def test_every_state_can_be_reached_from_a_first_request() -> None:
    reached, frontier = set[State](), {State.PENDING}
    while frontier:
        reached |= frontier
        frontier = {after for before in frontier for after in FOLLOWS[before]} - reached
    assert reached == set(State)


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
    assert (row.state, row.progress.not_before) == (State.PENDING, LATER)


def test_a_fresh_reason_lifts_the_wait_but_not_every_second() -> None:
    looked = LATER - timedelta(seconds=4)
    waiting = record(State.PENDING, attempts=3, started=looked, not_before=LATER + timedelta(hours=1))
    assert fresh(waiting).progress.not_before == looked + timedelta(seconds=10)
    long_ago = altered(waiting, started=NOON)
    assert fresh(long_ago).progress.not_before is None
    soon = altered(waiting, not_before=LATER + timedelta(seconds=2))
    assert fresh(soon).progress.not_before == soon.progress.not_before  # nor does it lengthen it


def test_the_third_reason_within_ten_seconds_waits_as_the_second_does() -> None:
    looked = LATER - timedelta(seconds=4)
    second = fresh(record(State.PENDING, started=looked, not_before=LATER + timedelta(hours=1)))
    third = fresh(second, when=LATER + timedelta(seconds=1))
    assert third.progress.not_before == looked + timedelta(seconds=10)
    assert fresh(third, when=LATER + timedelta(seconds=6)).progress.not_before is None


DOUBT = Finding(Code.SPOKE_NOT_FOUND, "It is not there.")


def test_what_stood_stays_as_it_was_while_reads_contradict_it() -> None:
    row = doubted(record(State.PENDING, was=State.CONNECTED), DOUBT, LATER)
    assert (row.state, row.found.findings, row.progress.doubted) == (State.CONNECTED, (DOUBT,), LATER)
    assert row.progress.not_before == LATER + timedelta(seconds=10)
    leaving = doubted(record(State.LEAVING, was=State.CONNECTED), DOUBT, LATER)
    new = doubted(record(State.PENDING), DOUBT, LATER)
    assert (leaving.state, new.state) == (State.LEAVING, State.PENDING)


def test_doubts_are_looked_into_with_growing_pauses_up_to_a_day() -> None:
    row, pauses, now = record(State.PENDING, attempts=20), list[timedelta](), LATER
    for _ in range(20):
        row = doubted(row, None, now)
        assert row.progress.not_before is not None
        pauses.append(row.progress.not_before - now)
        now = row.progress.not_before
    assert pauses[:4] == [timedelta(seconds=each) for each in (10, 20, 40, 80)]
    assert pauses[-1] == timedelta(days=1)
    assert (row.progress.doubted, row.progress.attempts) == (
        LATER,
        20,
    )  # a doubt is no failure, nor the other way round


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
    assert row.progress.not_before == LATER + NEXT_LOOK


def test_postponed_failed_and_abandoned() -> None:
    later = postponed(record(attempts=2), DENIED, LATER, NOON)
    assert later.progress.failing == NOON
    assert (later.state, later.progress.attempts, later.progress.not_before) == (State.PENDING, 3, LATER)
    given_up = failed(later, DENIED, LATER)
    assert (given_up.state, given_up.progress.attempts, given_up.progress.not_before) == (
        State.FAILED,
        4,
        LATER + NEXT_LOOK,
    )
    assert [finding.code for finding in later.found.findings] == ["AuthorizationFailed"]
    assert later.found.findings[0].message.endswith("It is tried again by itself.")
    assert "tried again by itself" not in given_up.found.findings[0].message
    assert "looks again once a day" in given_up.found.findings[0].message
    assert "Grant the identity of Autopeer" in given_up.found.findings[0].message
    lost = abandoned(record(), "Its log says how.", LATER)
    assert (lost.state, [f.code for f in lost.found.findings]) == (State.ABANDONED, ["Abandoned"])


def test_removed_keeps_what_it_had_but_not_its_halves() -> None:
    row = removed(
        record(State.LEAVING, hub_half="h", spoke_half="s", findings=(FINDING,), location="x"), ("kept",), LATER
    )
    assert (row.state, row.found.hub_half, row.found.spoke_half, row.found.findings) == (State.REMOVED, "", "", ())
    assert (row.found.location, row.found.notes) == ("x", ("kept",))


def test_a_pair_that_stands_with_a_finding_is_looked_at_again() -> None:
    odd = stays(record(), (FULL,), (), NOON)
    assert (odd.state, odd.progress.not_before) == (State.CONNECTED, NOON + NEXT_LOOK)
    assert connected(record(), PAIR, spoke(), NOON).progress.not_before is None


def test_a_new_pair_remembers_what_its_hub_had_on_a_former_network() -> None:
    old = peering_id(OTHER_HUB_ID, "autopeer-x")
    row = connected(record(hub_half=old, spoke_half="s"), PAIR, spoke(), NOON)
    assert (row.found.former, row.lets_go, row.progress.not_before) == ((old,), True, NOON)
    done = let_go(row, old, "done", NOON)
    assert (done.found.former, done.lets_go, done.progress.not_before) == ((), False, None)
    again = connected(altered(row, state=State.PENDING), PAIR, spoke(), NOON)
    assert again.found.former == (old,)


def test_a_move_that_was_accepted_is_looked_at_with_growing_pauses_until_it_is_decided() -> None:
    first = accepted(record(), FULL, NOON)
    assert (first.state, first.progress.accepted) == (State.PENDING, NOON)
    later = NOON + timedelta(minutes=5)
    second = accepted(first, FULL, later)
    pauses = [each.progress.not_before for each in (first, second)]
    assert pauses[0] is not None
    assert pauses[1] is not None
    assert pauses[1] - later > pauses[0] - NOON
    assert connected(second, PAIR, spoke(), later).progress.accepted is None


def test_of_a_network_that_was_made_anew_nothing_is_kept() -> None:
    old = record(State.CONNECTED, guid="one", spoke_half="s", doubted=NOON, deaths=3, told="x")
    anew = made_anew(old, spoke(guid="two"))
    assert (anew.found.spoke_half, anew.progress.doubted, anew.progress.deaths, anew.is_standing) == (
        "",
        None,
        0,
        False,
    )
    for same in (spoke(guid="one"), spoke(guid="")):
        assert made_anew(old, same) is old
    over = replace(old, state=State.REMOVED)
    assert made_anew(over, spoke(guid="two")) == over


def test_who_was_sent_away_before_he_had_a_pair_is_looked_at_as_one_that_has() -> None:
    """Written by somebody who did not know of the pair, while it was being made (case F22)."""
    outcome = connected(record(), PAIR, spoke(), NOON)
    merged = carried_over(outcome, record(State.LEAVING))
    assert (merged.state, merged.is_standing, merged.found) == (State.PENDING, True, outcome.found)
    knew = carried_over(outcome, record(State.LEAVING, spoke_half="s"))
    assert knew.state is State.LEAVING


def test_what_the_brake_and_the_contest_count_is_not_forgotten_when_a_row_is_written_by_another() -> None:
    """Only whoever holds the hub's lease counts it, so that his is the newer word."""
    outcome = connected(record(taken=NOON, undone=(NOON,), undone_by="terraform"), PAIR, spoke(), NOON)
    merged = carried_over(outcome, record(State.PENDING))
    assert (merged.progress.taken, merged.progress.undone, merged.progress.undone_by) == (NOON, (NOON,), "terraform")
