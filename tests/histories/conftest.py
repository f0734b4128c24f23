"""Prints what the histories have shown at the end of a run."""

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, value in getattr(report, "user_properties", []):
                if name == "histories" and getattr(report, "when", "") == "call":
                    for line in value:
                        terminalreporter.write_line(f"histories: {line}")
