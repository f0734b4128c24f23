"""The command as its users start it, at a local Azure: what it prints and leaves, also when it is cut off."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
import time
from argparse import Namespace
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path

import pytest

from localazure.client.ready import Ready
from localazure.conformance.ask_azure import command
from localazure.emulator.identity import OWNER_CLIENT_ID
from localazure.emulator.latency import Latency, Mode
from localazure.emulator.scenario import seed
from localazure.emulator.server import EmulatorServer, Settings
from tests.emulator.running import TENANT
from tests.localazure.conformance.ask_azure.asked import GROUP, NAME, SUBSCRIPTION


@asynccontextmanager
async def emulator(folder: Path, mode: Mode) -> AsyncIterator[EmulatorServer]:
    """With the time of day, and a ready file in the folder."""
    server = EmulatorServer(Settings(TENANT, folder / "ca.pem"), Latency(mode), time.time)
    try:
        await server.start()
        seed(server.emulator.estate, [{"id": GROUP, "body": {"location": "westeurope"}}])
        words = dict.fromkeys(("app", "appKey", "storage", "page", "local"), "x")
        arm, ca = server.arm_url, str(folder / "ca.pem")
        who = {"tenant": TENANT, "subscription": SUBSCRIPTION, "clientId": OWNER_CLIENT_ID}
        ready = Ready(**words, **who, arm=arm, authority=arm, ca=ca, hubs=[], apps=[], pids={})
        (folder / "ready.json").write_text(json.dumps(asdict(ready)), "utf-8")
        yield server
    finally:
        await server.close()


async def started(folder: Path, *more: str) -> Process:
    options = ("--subscription", SUBSCRIPTION, "--group", NAME, "--out", str(folder / "out"))
    line = (sys.executable, "-m", "localazure.conformance", "azure", *options, "--local", str(folder / "ready.json"))
    return await asyncio.create_subprocess_exec(*line, *more, stdin=PIPE, stdout=PIPE, stderr=PIPE)


def test_it_refuses_another_group_before_it_asks_for_a_login(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = Namespace(subscription=SUBSCRIPTION, group="rg-prod", local=None)
    assert command.run(arguments) == 2
    assert "'rg-prod' is not named autopeer-trial-" in capsys.readouterr().err


def test_it_says_when_there_is_no_local_azure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = Namespace(subscription=SUBSCRIPTION, group=NAME, local=tmp_path / "ready.json")
    assert command.run(arguments) == 2
    assert "ready.json is no ready file of a local Azure" in capsys.readouterr().err


def test_it_says_when_azure_cli_gives_no_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    arguments = Namespace(subscription=SUBSCRIPTION, group=NAME, local=None)
    assert command.run(arguments) == 2
    assert "Azure CLI gives no token: Azure CLI not found on path" in capsys.readouterr().err


@pytest.mark.long
async def test_without_a_yes_nothing_is_made(tmp_path: Path) -> None:
    async with emulator(tmp_path, Mode.FAST) as server:
        for answer in (b"no\n", b""):
            process = await started(tmp_path)
            out, err = await process.communicate(answer)
            assert process.returncode == 2
            assert b"costs nothing: networks are free" in out
            assert b"Nothing was made. It begins with the word yes, or with --yes." in err
        assert {each["method"] for each in server.emulator.log.last(1000)} == {"GET"}
        assert server.emulator.estate.networks == {}


@pytest.mark.long
async def test_it_tells_and_keeps_what_it_found(tmp_path: Path) -> None:
    async with emulator(tmp_path, Mode.NONE) as server:
        server.emulator.estate.switches.change({"networkPrefixSize": "taken"})
        process = await started(tmp_path)
        out, err = await process.communicate(b"yes\n")
        assert process.returncode == 1, err
        assert server.emulator.estate.networks == {}
    told = out.decode()
    assert "  other       Address space: A prefix of a network too small" in told
    assert "              assumed: refused\n              seen:    accepted\n" in told
    assert "(the first write had ended before the next one was answered)" in told
    assert "python -m localazure up --switch " in told
    kept = json.loads((tmp_path / "out" / "emulator.json").read_text("utf-8"))
    assert kept["switches"]["networkPrefixSize"] == "taken"
    assert kept["latency"]["graphDelaySeconds"] == 0
    (recording,) = (tmp_path / "out").glob("azure-*.yaml")
    assert SUBSCRIPTION not in recording.read_text("utf-8")


@pytest.mark.long
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_in_the_middle_removes_everything(number: signal.Signals, tmp_path: Path) -> None:
    async with emulator(tmp_path, Mode.FAST) as server:
        networks = server.emulator.estate.networks
        process = await started(tmp_path, "--yes")
        while process.returncode is None and not any(each.peerings for each in networks.values()):
            await asyncio.sleep(0.05)
        process.send_signal(number)
        out, err = await asyncio.wait_for(process.communicate(), 60)
        assert process.returncode == 3, err
        assert b"the trial was cut off before" in out
        assert networks == {}
    assert list((tmp_path / "out").glob("azure-*.yaml"))
