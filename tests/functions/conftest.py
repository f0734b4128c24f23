"""Four apps: one whose queue only the tests read, one that works through it, two with faults in their configuration."""

from collections.abc import Iterator

import pytest

from tests.functions.app_process import BROKEN, PASTED, App, running_app


# For each file one: a process that has opened its ports for another file's sake leaves events to looks of its own.
@pytest.fixture(scope="module")
def quiet_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    disabled = {"AzureWebJobs.on_request.Disabled": "true", "AzureWebJobs.on_poison.Disabled": "true"}
    with running_app(tmp_path_factory.mktemp("quiet"), **disabled) as app:
        app.take()
        yield app


@pytest.fixture(scope="session")
def working_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    with running_app(tmp_path_factory.mktemp("working")) as app:
        yield app


@pytest.fixture(scope="session")
def broken_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    with running_app(tmp_path_factory.mktemp("broken"), BROKEN, AUTOPEER_KEYS_MAY_OPERATE="false") as app:
        yield app


@pytest.fixture(scope="session")
def misset_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    with running_app(tmp_path_factory.mktemp("misset"), AUTOPEER_LEASE_SECONDS=PASTED) as app:
        yield app
