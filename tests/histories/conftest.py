"""Prints what the histories have shown at the end of a run."""

import logging
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """What the app logs of five hundred histories is kept by nobody."""
    logger = logging.getLogger("peering")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    yield
    logger.setLevel(before)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, value in getattr(report, "user_properties", []):
                if name == "histories" and getattr(report, "when", "") == "call":
                    for line in value:
                        terminalreporter.write_line(f"histories: {line}")
