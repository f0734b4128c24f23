"""Which histories are played: mostly what happens every day, with each kind of trouble often enough to count."""

from collections.abc import Mapping

import hypothesis.strategies as st

from tests.histories import town
from tests.histories.steps import DEEDS, EDITS, MAIL, THEN, Step
from tests.histories.waits import STEPS

LEAST = 20
_MOST = 26
_OFTEN: Mapping[str, int] = {"create": 4, "tag": 3, "time": 3}
_MAIL: Mapping[str, int] = {"soon": 6}
_THEN: Mapping[str, int] = {"minutes": 5}

KINDS = tuple(kind for kind in DEEDS if kind not in STEPS)


def _weighted(names: Mapping[str, object] | tuple[str, ...], often: Mapping[str, int]) -> st.SearchStrategy[str]:
    return st.sampled_from([name for name in names for _ in range(often.get(name, 1))])


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
    edit = st.builds(
        Step, kind=st.just("edit catalogue"), who=st.integers(0, 1), how=st.integers(len(EDITS), 2 * len(EDITS) - 1)
    )
    creates = [st.builds(Step, kind=st.just("create"), who=st.just(who), how=st.integers(0, 59)) for who in (0, 1)]
    return st.tuples(edit, *creates).map(list)


def histories() -> st.SearchStrategy[list[Step]]:
    """At least LEAST steps each. Shrinking leads to steps that only let time pass."""
    rest = st.lists(_steps(_weighted(KINDS, _OFTEN)), min_size=LEAST - 3, max_size=_MOST - 3)
    return st.tuples(_opening(), rest).map(lambda parts: [*parts[0], *parts[1]])
