"""The test that installs a release runs last: whatever is cheaper to find should be found before."""

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.path.name == "test_zip_alone.py")
