"""Every exchange of every recording of real Azure traffic, replayed against the running emulator."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from localazure.emulator.latency import Mode
from tests import shared
from tests.emulator.conformance.recordings import read, recordings
from tests.emulator.conformance.replay import Outcome, Replay
from tests.emulator.conformance.scope import FILE, out_of_scope
from tests.emulator.running import SteppedClock, https_client, running


async def replay(path: Path, folder: Path) -> Outcome:
    clock = SteppedClock()
    async with running(folder, Mode.REAL, clock) as server, https_client(folder) as session:
        return await Replay(server, clock, session).run(read(path))


@shared.needs("recordings")
async def test_every_exchange_is_equal_or_listed_with_a_reason(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    outcomes = [await replay(path, tmp_path) for path in recordings()]
    replayed = [name for outcome in outcomes for name in outcome.replayed]
    different = {name: why for outcome in outcomes for name, why in outcome.different.items()}
    listed = out_of_scope()
    record_property(
        "conformance", conformance_line(len(replayed), len(different.keys() & listed.keys()), len(different))
    )
    unexpected = {name: why for name, why in different.items() if name not in listed}
    assert not unexpected, "\n".join(f"{name}: {why}" for name, why in unexpected.items())
    stale = sorted(set(listed) - set(different))
    assert not stale, f"listed in {FILE.name} and equal, or gone from the recordings: {stale}"


def conformance_line(replayed: int, excused: int, different: int) -> str:
    equal = replayed - different
    return f"replayed {replayed} exchanges, {replayed - excused} in scope, {equal} equal, {excused} out of scope"
