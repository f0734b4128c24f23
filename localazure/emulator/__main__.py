"""`python -m localazure.emulator`: one emulator as a process of its own."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
import time
from pathlib import Path

from localazure.emulator.counted_rules import InvalidRule
from localazure.emulator.latency import Latency, Mode
from localazure.emulator.networks.snapshot import UnreadableState
from localazure.emulator.scenario import BadScenario, Scenario, seed
from localazure.emulator.server import EmulatorServer, Settings
from localazure.emulator.switches import InvalidSwitch

DEFAULT_TENANT = "11111111-1111-4111-8111-111111111111"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m localazure.emulator", description=__doc__)
    parser.add_argument("--arm-port", type=int, default=0, help="https port of ARM; 0 picks one")
    parser.add_argument("--local-port", type=int, default=0, help="http port of the rest; 0 picks one")
    parser.add_argument("--ca", type=Path, required=True, help="file to write the CA's certificate to (PEM)")
    parser.add_argument("--latency", type=Mode, choices=list(Mode), default=Mode.FAST)
    parser.add_argument("--faults", type=Path, help="file with fault rules (JSON)")
    parser.add_argument("--state", type=Path, help="file to load at start, if it exists, and to save to at the end")
    parser.add_argument("--scenario", type=Path, help="folder with networks.json")
    parser.add_argument("--switch", action="append", default=[], metavar="NAME=VALUE", help="see coverage.md, Switches")
    return parser.parse_args()


async def _run(arguments: argparse.Namespace) -> None:
    scenario = Scenario.read(arguments.scenario) if arguments.scenario else None
    settings = Settings(
        tenant=scenario.tenant if scenario else DEFAULT_TENANT,
        ca_file=arguments.ca,
        arm_port=arguments.arm_port,
        local_port=arguments.local_port,
    )
    server = EmulatorServer(settings, Latency(arguments.latency), time.time)
    _fill(server, arguments, scenario)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    try:
        await server.start()
        sys.stdout.write(server.ready_line() + "\n")
        sys.stdout.flush()
        await stop.wait()
        if arguments.state:
            arguments.state.write_text(json.dumps(server.emulator.save()), encoding="utf-8")
    finally:
        await server.close()


def _fill(server: EmulatorServer, arguments: argparse.Namespace, scenario: Scenario | None) -> None:
    """A saved state wins over the scenario's resources: it grew out of them."""
    emulator = server.emulator
    emulator.estate.switches.change(
        dict(each.split("=", 1) if "=" in each else (each, "") for each in arguments.switch)
    )
    if arguments.faults:
        emulator.load_faults(json.loads(arguments.faults.read_text(encoding="utf-8")))
    if arguments.state and arguments.state.exists():
        emulator.load(json.loads(arguments.state.read_text(encoding="utf-8")))
    elif scenario:
        emulator.estate.subscriptions = scenario.subscriptions
        seed(emulator.estate, scenario.resources)


def main() -> int:
    try:
        asyncio.run(_run(_arguments()))
    except (BadScenario, InvalidRule, InvalidSwitch, UnreadableState, OSError, ValueError) as error:
        sys.stderr.write(f"The emulator cannot start: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
