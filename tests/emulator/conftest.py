"""Says after the tests how much real Azure traffic the emulator was held to."""

from __future__ import annotations

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, value in getattr(report, "user_properties", []):
                if name == "conformance" and getattr(report, "when", "") == "call":
                    terminalreporter.write_line(f"conformance: {value}")
