"""How each part is started, and what it says when it listens."""

import asyncio
import json
import sys
from functools import partial
from pathlib import Path

from localazure.azurite import launcher as azurite
from localazure.up.app_settings import Endpoints, Secrets
from localazure.up.host_path import host_path
from localazure.up.hosts import Instance
from localazure.up.options import Options, Ports, Scenario
from localazure.up.process import Parts


async def start_ground(parts: Parts, options: Options, ports: Ports, scenario: Scenario) -> Endpoints:
    """Azurite and the emulator, side by side."""
    async with asyncio.TaskGroup() as both:
        storage = both.create_task(_start_azurite(parts, ports))
        emulator = both.create_task(_start_emulator(parts, options, ports, scenario))
    told = emulator.result()
    return Endpoints(
        arm=told["arm"],
        local=told["local"],
        ca=told["ca"],
        identity_header=told["identityHeader"],
        storage=storage.result(),
    )


async def start_host(parts: Parts, options: Options, instance: Instance, settings: Path, keys: Secrets) -> str:
    """The Functions host of one instance; its base URL."""
    python = options.interpreter
    command = [python.executable, "-m", "localazure.host", "--app-dir", str(options.app_dir)]
    environment = keys.for_host()
    if python.isolated:
        command.insert(1, "-P")  # or the folder we were started in would come before everything
        environment["PYTHONPATH"] = str(host_path(parts.folder / "host-path"))
    chosen = ["--port", str(instance.port), "--settings", str(settings)]
    chosen += [] if instance.timers else ["--no-timers"]
    told = await parts.start(instance.part, [*command, *chosen], partial(_announcement, "app"), environment)
    return told["app"]


async def _start_azurite(parts: Parts, ports: Ports) -> str:
    """Its connection string. Installs it first if need be."""
    command = await asyncio.to_thread(azurite.command, azurite.Ports(ports.blob, ports.queue, ports.table))
    return await parts.start("azurite", command, azurite.Listening().read)


async def _start_emulator(parts: Parts, options: Options, ports: Ports, scenario: Scenario) -> dict[str, str]:
    command = [sys.executable, "-m", "localazure.emulator", "--ca", str(parts.folder / "ca.pem")]
    command += ["--arm-port", str(ports.arm), "--local-port", str(ports.local)]
    command += ["--latency", options.latency, "--scenario", str(scenario.folder)]
    command += ["--faults", str(options.faults)] if options.faults else []
    command += ["--state", str(options.state)] if options.state else []
    command += [f"--switch={each}" for each in options.switch]
    return await parts.start("emulator", command, partial(_announcement, "arm"))


def _announcement(key: str, line: str) -> dict[str, str] | None:
    """The line of JSON by which our own parts say that they listen. Other lines, an app's own say, have no `key`."""
    try:
        told = json.loads(line)
    except json.JSONDecodeError:
        return None
    return told if isinstance(told, dict) and key in told else None
