"""Histories that once ended otherwise than they must, each made as small as it goes. Deterministic, and named."""

from collections.abc import Sequence

import pytest

from tests.histories.history import play
from tests.histories.steps import Step

FOUND = {
    "a network made anew without its tag leaves no half behind where pairs are kept": [
        Step("edit catalogue", 0, 4),
        Step("create", 1, 2),
        Step("recreate", 1, 12),
    ],
    "what people peered in the place of our pair keeps the switches that they switched on": [
        Step("create", 0, 2),
        Step("delete half", 0, 14, "late"),
        Step("delete half", 0, 34, "lost"),
        Step("peer by hand", 0, 0),
    ],
    "a network that was made anew without its tag, unseen, is not doubted for ever": [
        Step("create", 0, 1),
        Step("create", 1, 0),
        Step("tag what people peered"),
        Step("recreate", 1, 0, "lost"),
    ],
    "a move from a hub that cannot be read makes no two hubs ask each other without a pause": [
        Step("create", 0, 46),
        Step("refuse what people peered", 0, 58),
        Step("grow into what is reserved", 0, 35),
        Step("peer by hand", 1, 54),
        Step("time", 0, 32),
        Step("a day without a role", 0, 20),
        Step("forbid forwarding", 3, 36, "twice", "nothing"),
        Step("refuse what people peered", 3, 26),
        Step("retag", 1, 44),
    ],
    "a record that is over brings no tag of its own back onto the network": [
        Step("edit catalogue", 0, 16),
        Step("create", 0, 49),
        Step("sweep"),
        Step("retag", 0, 48),
        Step("lock for a while"),
    ],
    "nor does one of a pair that stood": [
        Step("edit catalogue", 0, 10),
        Step("create", 0, 1),
        Step("create", 1, 1),
        Step("shrink", 0, 5, "late"),
        Step("sweep"),
        Step("edit catalogue", 0, 28),
        Step("grow over another"),
        Step("lock"),
        Step("retag", 0, 0, "soon", "nothing"),
        Step("unlock"),
        Step("recreate"),
    ],
    "who leaves under a catalogue that is new, and is taken back, leaves with the next sweep after its grace": [
        Step("edit catalogue", 0, 9),
        Step("create", 0, 0),
        Step("create", 1, 1),
        Step("untag", 0, 0),
        Step("edit catalogue", 0, 9),
    ],
    "a network that is deleted while its departure is held back leaves no half behind": [
        Step("edit catalogue", 0, 11),
        Step("create", 0, 0),
        Step("create", 1, 0),
        Step("create", 0, 2),
        Step("delete", 0, 0),
        Step("lock", 0, 0),
        Step("edit catalogue", 0, 0),
        Step("redeploy", 0, 0),
        Step("delete", 0, 0),
    ],
}


@pytest.mark.parametrize("name", FOUND)
async def test_it_ends_as_the_model_says(name: str) -> None:
    await _ends_well(FOUND[name])


async def _ends_well(history: Sequence[Step]) -> None:
    _, faults = await play(history)
    assert faults == []
