"""What holds for every test: quick ones first, the same examples on every run, and what was left out is named."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests import shared

settings.register_profile(
    "steady", derandomize=True, max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("steady")

# Folders whose tests start processes, the slowest last: a mistake is seen in seconds, not after two minutes.
_SLOW = ("emulator", "contract", "functions", "host", "localazure", "e2e", "release")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: _rank(item.path))


@pytest.hookimpl(tryfirst=True)  # before pytest's own skips: an empty list of parameters must not hide why it is empty
def pytest_runtest_setup(item: pytest.Item) -> None:
    shared.check(item)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for line in shared.left_out(terminalreporter.stats.get("skipped", [])):
        terminalreporter.write_line(line)
    for line in _told(terminalreporter, "conformance", "histories"):
        terminalreporter.write_line(line)


def _told(terminalreporter: pytest.TerminalReporter, *names: str) -> Iterator[str]:
    """What tests have said with `record_property`. Here, because where several processes run them only this is read."""
    reports = [report for reports in terminalreporter.stats.values() for report in reports]
    for report in (each for each in reports if getattr(each, "when", "") == "call"):
        for name, value in report.user_properties:
            if name in names:
                yield from (f"{name}: {line}" for line in ([value] if isinstance(value, str) else value))


def _rank(path: Path) -> int:
    folder = path.relative_to(Path(__file__).parent).parts[0]
    return _SLOW.index(folder) + 1 if folder in _SLOW else 0
