"""Each section of the bench at a tiny size: it runs to its end, and its rows say what they are held against."""

import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from bench import burst, events, failing, growth, hubs, memory, one_at_a_time, one_spoke, verdicts, what_ifs
from bench.__main__ import main
from bench.figure import MISSED, Figure
from bench.sections import SECTIONS, Section

_ROOT = Path(__file__).parents[2]
_TINY: dict[str, Callable[[], Awaitable[list[Figure]]]] = {
    "burst": lambda: burst.measure(spokes=2),
    "hubs": lambda: hubs.measure(hubs=2, spokes=1),
    "one-at-a-time": lambda: one_at_a_time.measure(spokes=1),
    "failing": lambda: failing.measure(spokes=2),
    "one-spoke": lambda: one_spoke.measure(spokes=4),
    "what-ifs": what_ifs.measure,
    "events": lambda: events.measure(many=10, single=3),
    "memory": lambda: memory.measure(spokes=2, events=20),
}
# Whatever the size and whoever is busy.
_ALWAYS = (
    "records that say more than ARM",
    "ARM writes per pair",
    "nothing to do, ARM writes",
    "ARM calls of the event",
)


@pytest.mark.long
@pytest.mark.parametrize("section", _TINY)
async def test_a_section_runs_to_its_end(section: str) -> None:
    figures = await _TINY[section]()
    assert all(figure.value >= 0 or figure.unit == "s" for figure in figures)
    assert any(figure.goal is not None for figure in figures)
    wrong = [figure.row for figure in figures if figure.what.startswith(_ALWAYS) and figure.verdict == MISSED]
    assert wrong == []


@pytest.mark.long
async def test_growth_gives_rows_and_a_drawing() -> None:
    found = await growth.measure((2,), (1,), 1)
    assert len(found.figures) == 2
    assert ET.fromstring(found.svg).tag.endswith("svg")  # noqa: S314 - what has just been drawn


def test_a_verdict_is_measured_in_this_process() -> None:
    assert {figure.unit for figure in verdicts.measure() if figure.goal is not None} == {"ms"}


def test_a_section_that_breaks_off_keeps_no_other_from_being_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> list[Figure]:
        raise RuntimeError("3 of 4 networks are recorded")

    fine = Section(lambda: [Figure(what="x", value=1, goal=2), Figure(what="y", value=3, goal=2)])
    for name in list(SECTIONS):
        monkeypatch.delitem(SECTIONS, name)
    monkeypatch.setitem(SECTIONS, "a", Section(broken))
    monkeypatch.setitem(SECTIONS, "b", fine)
    monkeypatch.setitem(SECTIONS, "c", Section(broken, asked=True))
    monkeypatch.setattr(sys, "argv", ["bench"])
    assert main() == 1
    said = capsys.readouterr().out
    assert "3 of 4 networks" in said
    assert [line for line in said.splitlines() if line.startswith("missed: ")] == [
        "missed: a did not come to its end",
        "missed: b: y",
    ]


@pytest.mark.parametrize("wrong", [["--only", "birst"], ["--write", "--spokes", "5"]])
def test_what_cannot_be_asked_for_is_said(wrong: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench", *wrong], cwd=_ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "burst" in done.stderr or "sizes that the goals are set for" in done.stderr
