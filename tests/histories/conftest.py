"""What every test of histories needs."""

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
