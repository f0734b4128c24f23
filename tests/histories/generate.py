"""Which histories are played: mostly what happens every day, with each kind of trouble often enough to count."""

from collections.abc import Mapping

import hypothesis.strategies as st

from tests.histories import town
from tests.histories.deeds.surroundings import EDITS
from tests.histories.steps import COMPOUND, DEEDS, MAIL, THEN, Step
from tests.histories.waits import STEPS

LEAST = 20
_MOST = 26
_USUAL = 2
_OFTEN: Mapping[str, int] = {
    **dict.fromkeys(("create", "tag"), 5),
    **dict.fromkeys(("time", "edit half", "grow", "edit catalogue", "tag what people peered"), 4),
    **dict.fromkeys(("give role", "unlock", "gateway down", "unpeer by hand"), 3),
    **dict.fromkeys(("take role", "graph late", "wipe tags", "mistag", "delete"), 1),
}
_MAIL: Mapping[str, int] = {"soon": 12}
_THEN: Mapping[str, int] = {"minutes": 10}

KINDS = tuple(kind for kind in (*DEEDS, *COMPOUND) if kind not in STEPS)
_EDITED_OFTEN: Mapping[str, int] = {"existing": 4, "max_peerings": 2, "regions": 2, "approval": 3, "reserved_space": 2}
_EDITS = [len(EDITS) + at for at, (key, _) in enumerate(EDITS) for _ in range(_EDITED_OFTEN.get(key, 1))]


def _weighted(names: Mapping[str, object] | tuple[str, ...], often: Mapping[str, int]) -> st.SearchStrategy[str]:
    return st.sampled_from([name for name in names for _ in range(often.get(name, _USUAL))])


def _steps(kinds: st.SearchStrategy[str]) -> st.SearchStrategy[Step]:
    return st.builds(
        Step,
        kind=kinds,
        who=st.integers(0, len(town.SPOKES) - 1),
        how=st.integers(0, 59),
        mail=_weighted(MAIL, _MAIL),
        then=_weighted(THEN, _THEN),
    )


def _opening() -> st.SearchStrategy[list[Step]]:
    """An edit of the catalogue, and two networks that are there before anything else happens."""
    edit = st.builds(Step, kind=st.just("edit catalogue"), who=st.integers(0, 1), how=st.sampled_from(_EDITS))
    creates = [st.builds(Step, kind=st.just("create"), who=st.just(who), how=st.integers(0, 59)) for who in (0, 1)]
    return st.tuples(edit, *creates).map(list)


def histories() -> st.SearchStrategy[list[Step]]:
    """At least LEAST steps each. Shrinking leads to steps that only let time pass."""
    rest = st.lists(_steps(_weighted(KINDS, _OFTEN)), min_size=LEAST - 3, max_size=_MOST - 3)
    return st.tuples(_opening(), rest).map(lambda parts: [*parts[0], *parts[1]])
