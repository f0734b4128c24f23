"""`python -m localazure up` as a whole, over the sample app: from a network to the function, a death, the end."""

import asyncio
import json
import os
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import httpx
import pytest
from aiohttp import web
from azure.core.exceptions import ResourceNotFoundError
from azure.storage.queue import QueueClient, TextBase64DecodePolicy

from localazure.client.ready import Ready
from localazure.up import run
from localazure.up.hosts import Pauses
from localazure.up.options import Options
from localazure.up.run import LocalAzure
from tests.localazure.up.test_process import is_gone

ROOT = Path(__file__).parents[3]
SAMPLE_APP = ROOT / "tests" / "host" / "sample_app"
SPOKE = "/subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/rg-spoke"


def eventually[T](look: Callable[[], T | None], within: float = 20) -> T:
    """What `look` finds; it is asked again until it finds something. For what another process does in its own time."""
    deadline = time.monotonic() + within
    while (found := look()) is None:
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)
    return found


@contextmanager
def running(folder: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[bytes], Ready]]:
    file = folder / "ready.json"
    command = [sys.executable, "-m", "localazure", "up", "--ready-file", str(file), *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as process:
        try:
            eventually(lambda: True if file.exists() or process.poll() is not None else None)
            yield process, Ready.read(file)
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def local_azure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[subprocess.Popen[bytes], Ready, Path]]:
    folder = tmp_path_factory.mktemp("up")
    arguments = ("--app-dir", str(SAMPLE_APP), "--setting", "INCOMING=arriving", "--latency", "none")
    with running(folder, *arguments) as (process, ready):
        yield process, ready, folder / "ready.json"


type Running = tuple[subprocess.Popen[bytes], Ready, Path]


@contextmanager
def arm(ready: Ready) -> Iterator[httpx.Client]:
    """ARM with a token of the client that owns everything."""
    trust = ssl.create_default_context(cafile=ready.ca)
    form = {"grant_type": "client_credentials", "client_id": ready.clientId, "client_secret": "any"}
    scope = {"scope": "https://management.azure.com/.default"}
    version = {"api-version": "2024-07-01"}
    with httpx.Client(base_url=ready.arm, verify=trust, trust_env=False, params=version) as client:
        token = client.post(f"{ready.authority}/{ready.tenant}/oauth2/v2.0/token", data={**form, **scope}).json()
        client.headers["Authorization"] = f"Bearer {token['access_token']}"
        yield client


def take(ready: Ready, queue: str) -> str | None:
    policy = TextBase64DecodePolicy()
    with QueueClient.from_connection_string(ready.storage, queue, message_decode_policy=policy) as client:
        try:
            message = client.receive_message()
        except ResourceNotFoundError:  # the first output makes the queue
            return None
        return str(message.content) if message else None


def test_ready_file_tells_where_everything_is(local_azure: Running) -> None:
    _, ready, _ = local_azure
    assert ready.hubs == ["prod-weu"]
    assert set(ready.pids) == {"up", "azurite", "emulator", "host"}
    assert ready.apps == [ready.app]
    assert httpx.get(f"{ready.app}/api/slow?seconds=0", trust_env=False).text == "done"
    assert httpx.get(f"{ready.app}/api/broken", headers={"x-functions-key": ready.appKey}, trust_env=False).is_error
    with arm(ready) as client:
        hubs = client.get(f"/subscriptions/{ready.subscription}/providers/Microsoft.Network/virtualNetworks").json()
    assert [hub["name"] for hub in hubs["value"]] == ["hub-weu"]


def test_queues_of_the_triggers_exist(local_azure: Running) -> None:
    _, ready, _ = local_azure
    for name in ("arriving", "incoming-poison", "crowd"):
        with QueueClient.from_connection_string(ready.storage, name) as queue:
            assert queue.get_queue_properties().name == name


def test_app_goes_to_storage_through_the_door_and_others_do_not(local_azure: Running) -> None:
    _, ready, _ = local_azure
    assert ready.appStorage != ready.storage

    def calls() -> list[dict[str, str]]:
        log = httpx.get(f"{ready.local}/control/storage/requests", trust_env=False).json()
        return [call for call in log["requests"] if (call["service"], call["method"]) == ("queue", "GET")]

    eventually(lambda: calls() or None)
    take(ready, "no-such-queue")
    assert "no-such-queue" not in {call["name"] for call in calls()}


def test_network_that_is_written_reaches_the_event_functions(local_azure: Running) -> None:
    _, ready, _ = local_azure
    network = f"{SPOKE}/providers/Microsoft.Network/virtualNetworks/spoke"
    with arm(ready) as client:
        assert client.put(SPOKE, json={"location": "westeurope"}).status_code == 201
        body = {"location": "westeurope", "properties": {"addressSpace": {"addressPrefixes": ["10.64.0.0/24"]}}}
        assert client.put(network, json=body).status_code == 201
    event = json.loads(eventually(lambda: take(ready, "seen")))
    assert event["subject"].lower() == network.lower()
    assert event["data"]["operationName"] == "Microsoft.Network/virtualNetworks/write"


def test_host_that_dies_is_started_again_with_the_same_address(local_azure: Running) -> None:
    _, ready, file = local_azure
    old = ready.pids["host"]
    os.kill(old, signal.SIGKILL)
    new = eventually(lambda: pid if (pid := Ready.read(file).pids.get("host")) != old else None)
    assert not is_gone(new, within=0)
    assert httpx.get(f"{ready.app}/api/slow?seconds=0", trust_env=False).text == "done"


@pytest.mark.long
def test_several_instances_are_behind_one_address_and_one_of_them_has_the_timers(tmp_path: Path) -> None:
    """The sample app has a timer that runs every second."""
    arguments = ("--app-dir", str(SAMPLE_APP), "--setting", "INCOMING=arriving", "--instances", "2")
    with running(tmp_path, *arguments) as (_, ready):
        assert {"host", "host-2"} < set(ready.pids)
        assert len({ready.app, *ready.apps}) == 3
        before = ticks(ready, "host")
        eventually(lambda: True if ticks(ready, "host") > before + 2 else None)
        assert ticks(ready, "host-2") == 0
        old = ready.pids["host-2"]
        os.kill(old, signal.SIGKILL)
        assert httpx.get(f"{ready.app}/api/slow?seconds=0", trust_env=False).text == "done"
        file = tmp_path / "ready.json"
        eventually(lambda: pid if (pid := Ready.read(file).pids.get("host-2")) != old else None)
        for app in ready.apps:
            assert httpx.get(f"{app}/api/slow?seconds=0", trust_env=False).text == "done"


def ticks(ready: Ready, instance: str) -> int:
    """How often that host has run the timer. Its log lies where the CA's certificate does."""
    return (Path(ready.ca).parent / f"{instance}.log").read_text("utf-8").count("Executed 'every_second'")


@pytest.mark.long
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_nothing_is_left(tmp_path: Path, number: signal.Signals) -> None:
    arguments = ("--app-dir", str(SAMPLE_APP), "--setting", "INCOMING=arriving")
    with running(tmp_path, *arguments) as (process, ready):
        process.send_signal(number)
        status = process.wait(15)
    assert status == (-signal.SIGKILL if number == signal.SIGKILL else 0)
    assert all(is_gone(pid) for pid in ready.pids.values())
    if number != signal.SIGKILL:
        assert not (tmp_path / "ready.json").exists()


def refused(*arguments: str) -> str:
    """What `up` says when it cannot start."""
    command = [sys.executable, "-m", "localazure", "up", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    return done.stderr


def test_app_that_cannot_be_indexed_is_shown_with_its_log(tmp_path: Path) -> None:
    (tmp_path / "host.json").write_text("{}")
    (tmp_path / "function_app.py").write_text("import no_such_module")
    said = refused("--app-dir", str(tmp_path))
    assert "The host ended at once, with status 1. Its log is" in said
    assert "No module named 'no_such_module'" in said


def test_death_of_the_emulator_ends_everything(tmp_path: Path) -> None:
    arguments = ("--app-dir", str(SAMPLE_APP), "--setting", "INCOMING=arriving")
    with running(tmp_path, *arguments) as (process, ready):
        os.kill(ready.pids["emulator"], signal.SIGKILL)
        assert process.wait(15) == 1
    assert all(is_gone(pid) for pid in ready.pids.values())


def test_unknown_scenario() -> None:
    assert "There is no scenario 'nowhere'" in refused("--scenario", "nowhere")


@asynccontextmanager
async def core_tools() -> AsyncIterator[tuple[int, asyncio.Event]]:
    """As much of `func start` as `up --no-app` meets: the list of functions and the webhook's handshake."""
    validated = asyncio.Event()

    async def functions(_request: web.Request) -> web.Response:
        bindings = [{"type": "eventGridTrigger", "name": "event", "direction": "IN"}]
        return web.json_response([{"name": "on_event", "config": {"bindings": bindings}}])

    async def webhook(request: web.Request) -> web.Response:
        assert request.query["functionName"] == "on_event"
        validated.set()
        (event,) = await request.json()
        return web.json_response({"validationResponse": event["data"]["validationCode"]})

    application = web.Application()
    application.add_routes([web.get("/admin/functions", functions), web.post("/runtime/webhooks/eventgrid", webhook)])
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield runner.addresses[0][1], validated
    finally:
        await runner.cleanup()


async def test_without_an_app_core_tools_are_given_settings_and_events(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with core_tools() as (port, validated):
        monkeypatch.setattr(run, "CORE_TOOLS_PORT", port)
        ready_file = tmp_path / "ready.json"
        running_up = asyncio.create_task(
            LocalAzure(Options(no_app=True, app_dir=tmp_path, ready_file=ready_file)).run()
        )
        async with asyncio.timeout(30):
            await validated.wait()
        ready = Ready.read(ready_file)
        running_up.cancel()
        await asyncio.wait([running_up])
    values = json.loads((tmp_path / "local.settings.json").read_text())["Values"]
    assert values["AUTOPEER_ARM_ENDPOINT"] == ready.arm
    assert (ready.app, ready.appKey) == (f"http://127.0.0.1:{port}", "")
    assert set(ready.pids) == {"up", "azurite", "emulator"}


def test_pauses_grow_with_short_lives_and_start_anew_after_a_long_one() -> None:
    pauses = Pauses()
    assert [pauses.after(1) for _ in range(6)] == [0, 1, 3, 7, 10, 10]
    assert pauses.after(60) == 0
    assert pauses.after(1) == 0
