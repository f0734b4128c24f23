"""Who may leave a hub at once because a person says so, and what the row says then."""

import pytest

from peering.core.decision.switches import Word
from peering.core.intake.requests import Door, NamedBy
from peering.core.network.vnets import Vnet
from peering.core.record.leaving_at_once import leaving_at_once, reason_against
from peering.core.record.record import Record, State
from tests.builders import HUB_ID, NOON, OTHER_HUB_ID, catalogue, half, policy, record, spoke

HUBS = catalogue(policy(), policy("neu", OTHER_HUB_ID))
PAIR = half(HUB_ID, "autopeer-hub-weu")
BY_TAG = record(State.CONNECTED, spoke_half="a")
BY_HAND = record(State.CONNECTED, spoke_half="a", named_by=NamedBy.REQUEST)


CASES: list[tuple[str, Record, Vnet | None, str]] = [
    ("a manual request", BY_HAND, spoke(tag=None, halves=(PAIR,)), ""),
    ("its tag is gone", BY_TAG, spoke(tag=None, halves=(PAIR,)), ""),
    ("its network is gone", BY_TAG, None, ""),
    ("its tag wants it", BY_TAG, spoke(halves=(PAIR,)), "remove the tag"),
    ("its tag wants it, in other letters", BY_TAG, spoke(tag=" PROD-weu ", halves=(PAIR,)), "remove the tag"),
    ("a manual request that a tag wants too", BY_HAND, spoke(halves=(PAIR,)), "remove the tag"),
    ("its tag has a typo", BY_TAG, spoke(tag="prod-wue", halves=(PAIR,)), "names no hub"),
    ("its tag is empty", BY_TAG, spoke(tag="", halves=(PAIR,)), "names no hub"),
    ("it is on its way to another hub", BY_TAG, spoke(tag="neu", halves=(PAIR,)), "it goes to hub 'neu'"),
    ("another hub is named, and nothing stands here", record(State.REFUSED), spoke(tag="neu"), ""),
    ("it was refused", record(State.REFUSED), spoke(tag=None), ""),
    ("it was refused, and is tagged", record(State.REFUSED), spoke(), "remove the tag"),
    ("its hub has left the catalogue", record(State.CONNECTED, hub="old"), spoke(tag="old"), "names no hub"),
    ("that hub, by hand", record(State.CONNECTED, hub="old", named_by=NamedBy.REQUEST), spoke(tag=None), "'old'"),
]


@pytest.mark.parametrize(("row", "network", "said"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_what_is_wanted_does_not_leave_so(row: Record, network: Vnet | None, said: str) -> None:
    against = reason_against(row, network, [row], HUBS)
    assert bool(against) is bool(said)
    assert said in (against or "")


@pytest.mark.parametrize("state", [state for state in State if state is not State.REMOVED])
def test_the_row_leaves_at_once_and_names_who_asked(state: State) -> None:
    row = leaving_at_once(record(state, not_before=NOON, grace_ends=NOON, held="brake"), "anna", "id-1", NOON)
    assert (row.state, row.is_due(NOON), row.progress.grace_ends, row.is_held) == (State.LEAVING, True, None, False)
    asked = row.asked
    assert (asked.who, asked.correlation, asked.door, asked.word) == ("anna", "id-1", Door.HTTP, Word.LOOK)
    assert asked.named_by is NamedBy.TAG


@pytest.mark.parametrize("row", [record(State.REMOVED), record("Thinking")])
def test_what_has_left_and_what_a_later_version_wrote_stay(row: Record) -> None:
    assert leaving_at_once(row, "anna", "id-1", NOON) == row
