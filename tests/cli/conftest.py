"""An app to ask, for each test a new one."""

from collections.abc import Iterator

import pytest

from tests.cli.fake_app import FakeApp, serving


@pytest.fixture
def app() -> Iterator[FakeApp]:
    with serving(FakeApp()) as one:
        yield one
