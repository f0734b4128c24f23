"""One Azurite and one emulator for all tests of this folder, and each port twice: its fake and its real adapter."""

import json
import ssl
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Self

import httpx
import pytest
from azure.core.credentials import AccessToken
from azure.data.tables.aio import TableServiceClient
from azure.storage.blob.aio import ContainerClient

from localazure.azurite.launcher import running
from peering.adapters.arm_clients import Arm
from peering.adapters.connections import Connections
from peering.adapters.leases import BlobLeases
from peering.adapters.networks import ArmNetworks
from peering.adapters.pauses import TablePauses
from peering.adapters.records import TableRecords
from peering.noop import NoTelemetry
from peering.ports import Leases, Pauses, Records
from peering.settings import LEASE_CONTAINER
from tests.contract.scripted_arm import HastyTransport, ScriptedArm, Session
from tests.fakes.storage import FakeLeases, FakePauses, FakeRecords, SteppedClock

ROOT = Path(__file__).parents[2]
ARM = "https://management.azure.com"
BOTH = ("fake", "real")


@pytest.fixture(scope="session")
def storage() -> Iterator[str]:
    """The connection string of an Azurite."""
    with running() as connection_string:
        yield connection_string


@pytest.fixture
def hub() -> str:
    """A hub that no other test has rows of."""
    return f"h-{uuid.uuid4().hex[:12]}"


@dataclass(frozen=True)
class Emulator:
    """Where the emulator listens, and the tokens that it takes."""

    arm: str
    local: str
    ca: str
    identity_header: str

    def token(self, resource: str = ARM) -> str:
        query = {"api-version": "2019-08-01", "resource": resource}
        headers = {"X-IDENTITY-HEADER": self.identity_header}
        answer = httpx.get(f"{self.local}/msi/token", params=query, headers=headers, trust_env=False)
        return str(answer.raise_for_status().json()["access_token"])

    def reached_by(self, credential: "Credential") -> Arm:
        return Arm(credential, self.arm, ARM, Connections(self.ca), NoTelemetry())

    def client(self) -> httpx.Client:
        trusted = ssl.create_default_context(cafile=self.ca)
        headers = {"Authorization": f"Bearer {self.token()}"}
        return httpx.Client(base_url=self.arm, verify=trusted, headers=headers, timeout=20, trust_env=False)


@dataclass(frozen=True)
class Credential:
    """A token that was fetched before."""

    token: str

    async def get_token(self, *_scopes: str, **_options: object) -> AccessToken:
        return AccessToken(self.token, 4_000_000_000)

    async def close(self) -> None:
        """Nothing to close."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Nothing to close."""


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    ca = str(tmp_path_factory.mktemp("emulator") / "ca.pem")
    command = [sys.executable, "-m", "localazure.emulator", "--ca", ca, "--latency", "none"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            ready = json.loads(process.stdout.readline())
            yield Emulator(ready["arm"], ready["local"], ca, ready["identityHeader"])
        finally:
            process.terminate()


def scripted_arm(session: Session) -> Arm:
    return Arm(Credential("token"), ARM, ARM, HastyTransport(session), NoTelemetry(), session.clock)


@pytest.fixture
async def scripted() -> AsyncIterator[ScriptedArm]:
    session = Session()
    adapter = ArmNetworks(scripted_arm(session))
    yield ScriptedArm(adapter, session)
    await adapter.close()


@pytest.fixture(params=BOTH)
async def records(request: pytest.FixtureRequest) -> AsyncIterator[Records]:
    if request.param == "fake":
        yield FakeRecords()
        return
    adapter = TableRecords(TableServiceClient.from_connection_string(request.getfixturevalue("storage")))
    async with AsyncExitStack() as stack:
        stack.push_async_callback(adapter.close)
        yield adapter


@pytest.fixture(params=BOTH)
async def pauses(request: pytest.FixtureRequest) -> AsyncIterator[Pauses]:
    if request.param == "fake":
        yield FakePauses()
        return
    async with TableServiceClient.from_connection_string(request.getfixturevalue("storage")) as service:
        yield TablePauses(service)


@pytest.fixture(params=BOTH)
async def leases(request: pytest.FixtureRequest) -> AsyncIterator[Leases]:
    if request.param == "fake":
        yield FakeLeases(SteppedClock())
        return
    container = ContainerClient.from_connection_string(request.getfixturevalue("storage"), LEASE_CONTAINER)
    adapter = BlobLeases(container, timedelta(seconds=15))
    async with AsyncExitStack() as stack:
        stack.push_async_callback(adapter.close)
        yield adapter
