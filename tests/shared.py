"""Material that lies beside a clone, in `../shared`, and is not part of it: recordings of real traffic, for one.

Who clones this repository has none of it, so a test that needs some says which folder: `@shared.needs("recordings")`.
Without that folder the test is left out, and the end of the run names it (tests/conftest.py). Where AUTOPEER_SHARED is
`required`, as in .ci/run, the test fails instead: there nothing may be left out unseen.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import pytest

SHARED = Path(__file__).parents[2] / "shared"
VARIABLE = "AUTOPEER_SHARED"
_LEFT_OUT = "left out without"


def folder(name: str) -> Path:
    """Where it is, or would be. Files may be listed when tests are collected: a folder that is missing has none."""
    return SHARED / name


def needs(name: str) -> pytest.MarkDecorator:
    """A test, or with `pytestmark` a whole file, that cannot run without `../shared/<name>`."""
    return pytest.mark.shared(name)


def check(item: pytest.Item) -> None:
    """Before a test is set up: leave it out, or fail it, if what it needs is not there."""
    for mark in item.iter_markers("shared"):
        name = str(mark.args[0])
        if any(folder(name).glob("*")):
            continue
        sentence = f"../shared/{name} is not beside this clone"
        if os.environ.get(VARIABLE) == "required":
            pytest.fail(f"{sentence}, and {VARIABLE} says that it is required.", pytrace=False)
        item.user_properties.append((_LEFT_OUT, name))
        pytest.skip(sentence)


def left_out(reports: Iterable[object]) -> list[str]:
    """For each folder that is not there a sentence, and below it the tests it costs, without their parameters."""
    tests: dict[str, list[str]] = {}
    for report in reports:
        if isinstance(report, pytest.TestReport):
            for what, name in report.user_properties:
                if what == _LEFT_OUT and report.when == "setup":
                    tests.setdefault(str(name), []).append(report.nodeid)
    lines = []
    for name, names in sorted(tests.items()):
        lines.append(f"left out: {len(names)} tests, because ../shared/{name} is not beside this clone")
        lines += [f"  {test}" for test in sorted({test.partition("[")[0] for test in names})]
    return lines
