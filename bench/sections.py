"""The sections of `make bench`: each is a module that measures one thing and gives its rows."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bench import burst, failing, hubs, one_at_a_time
from bench.figure import Figure

type Measure = Callable[..., list[Figure] | Awaitable[list[Figure]]]


@dataclass(frozen=True)
class Section:
    """`sized` means that it takes another number of spokes; `asked` that it runs only where it is asked for."""

    measure: Measure
    sized: bool = False
    asked: bool = False


SECTIONS: dict[str, Section] = {
    "burst": Section(burst.measure, sized=True),
    "hubs": Section(hubs.measure, sized=True),
    "one-at-a-time": Section(one_at_a_time.measure, sized=True),
    "failing": Section(failing.measure, sized=True),
}
