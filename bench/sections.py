"""The sections of `make bench`: each is a module that measures one thing and gives its rows."""

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bench import (
    burst,
    events,
    failing,
    growth,
    hubs,
    imports,
    memory,
    one_at_a_time,
    one_spoke,
    rivals,
    sweeps,
    verdicts,
    what_ifs,
)
from bench.curves import Drawn
from bench.figure import Figure

type Rows = list[Figure] | Drawn
type Measure = Callable[..., Rows | Awaitable[Rows]]


@dataclass(frozen=True)
class Section:
    """`sized` means that it takes another number of spokes; `asked` that it runs only where it is asked for."""

    measure: Measure
    sized: bool = False
    asked: bool = False


SECTIONS: dict[str, Section] = {
    "imports": Section(imports.measure),
    "verdicts": Section(verdicts.measure),
    "what-ifs": Section(what_ifs.measure),
    "sweeps": Section(sweeps.measure),
    "one-spoke": Section(one_spoke.measure, sized=True),
    "events": Section(events.measure),
    "memory": Section(memory.measure, sized=True),
    "burst": Section(burst.measure, sized=True),
    "hubs": Section(hubs.measure, sized=True),
    "one-at-a-time": Section(one_at_a_time.measure, sized=True),
    "failing": Section(failing.measure, sized=True),
    "growth": Section(growth.measure),
    "rivals": Section(rivals.measure, asked=True),
}


async def measured(section: Section, spokes: int | None) -> Drawn:
    """Its rows, and its drawing where it has one."""
    made = section.measure(spokes=spokes) if section.sized and spokes else section.measure()
    rows = await made if inspect.isawaitable(made) else made
    return rows if isinstance(rows, Drawn) else Drawn(rows, "")
