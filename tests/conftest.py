"""What holds for every test: quick ones first, and property tests draw the same examples on every run."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "steady", derandomize=True, max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("steady")

# Folders whose tests start processes, the slowest last: a mistake is seen in seconds, not after two minutes.
_SLOW = ("emulator", "contract", "functions", "host", "localazure", "e2e", "release")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: _rank(item.path))


def _rank(path: Path) -> int:
    folder = path.relative_to(Path(__file__).parent).parts[0]
    return _SLOW.index(folder) + 1 if folder in _SLOW else 0
