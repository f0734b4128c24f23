"""One Azurite and one host for all tests of this folder; each test has its queues empty."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from azure.core.exceptions import ResourceExistsError

from localazure.azurite.launcher import running
from tests.host.host_process import Host, running_host

QUEUES = ("incoming", "incoming-poison", "crowd", "seen", "ticks")


@pytest.fixture(scope="session")
def storage() -> Iterator[str]:
    with running() as connection_string:
        yield connection_string


@pytest.fixture(scope="session")
def shared_host(storage: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    disabled = {"AzureWebJobs.every_second.Disabled": "true"}
    with running_host(storage, tmp_path_factory.mktemp("host"), **disabled) as host:
        yield host


@pytest.fixture
def host(shared_host: Host) -> Host:
    for name in QUEUES:
        with shared_host.queue(name) as queue:
            try:
                queue.create_queue()
            except ResourceExistsError:
                queue.clear_messages()
    shared_host.log.clear()
    return shared_host


@pytest.fixture
def settings_file(tmp_path: Path) -> Path:
    file = tmp_path / "local.settings.json"
    file.write_text('{"Values": {}}')
    return file
