"""When a network that reads 404 is believed to be gone: the table of the half that is left, and of the time."""

from datetime import timedelta
from itertools import product

import pytest

from peering.core.decision.batch import CERTAIN, Candidate, Doubt, decide
from peering.core.decision.changes import Side
from peering.core.decision.verdict import Verdict
from peering.core.network.vnets import PeeringState
from tests.builders import SPOKE_ID, catalogue, half, hub, policy

NAME = "autopeer-spoke-a-12345678"
SHORT = CERTAIN - timedelta(seconds=1)
# state of the hub's half, since when it has read 404 -> is it believed?
TABLE: dict[tuple[PeeringState | None, timedelta | None], bool] = {
    (PeeringState.CONNECTED, None): False,
    (PeeringState.CONNECTED, SHORT): False,
    (PeeringState.CONNECTED, CERTAIN): False,  # whatever a read says, a half that is Connected has another
    (PeeringState.DISCONNECTED, None): True,
    (PeeringState.DISCONNECTED, SHORT): True,
    (PeeringState.DISCONNECTED, CERTAIN): True,
    (PeeringState.INITIATED, None): False,
    (PeeringState.INITIATED, SHORT): False,
    (PeeringState.INITIATED, CERTAIN): True,
    (None, None): False,
    (None, SHORT): False,
    (None, CERTAIN): True,
}


@pytest.mark.parametrize(("case", "leaving"), list(product(TABLE, (False, True))))
def test_a_404_is_believed_when_the_partner_says_so_or_when_it_has_stood(
    case: tuple[PeeringState | None, timedelta | None], leaving: bool
) -> None:
    state, since = case
    there = hub(halves=(half(SPOKE_ID, NAME, state=state),) if state else ())
    candidate = Candidate(id=SPOKE_ID, network=None, ours=True, standing=True, leaving=leaving, doubted_for=since)
    (decision,) = decide(there, policy(), catalogue(), [candidate])
    answer = decision.answer
    assert isinstance(answer, Verdict if TABLE[case] else Doubt)
    if isinstance(answer, Verdict):
        assert [change.side for change in answer.plan.changes] == ([Side.HUB] if state else [])
